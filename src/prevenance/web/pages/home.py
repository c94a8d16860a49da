"""Lead from the bare address to Today."""

from starlette.responses import RedirectResponse, Response

from prevenance.web.access import READERS, allow, page_router
from prevenance.web.page import Page

router = page_router()
page = Page(name="home", router=router)


@router.get("/")
@allow(*READERS)
def home() -> Response:
    """Go to Today."""
    return RedirectResponse("/today", status_code=303)
