"""Show what began to fire since this morning, as messages came in."""

from starlette.requests import Request
from starlette.responses import Response

from prevenance.web.access import READERS, allow, page_router
from prevenance.web.face import face_of
from prevenance.web.page import Page, Place
from prevenance.web.rendering import render_page

router = page_router()
page = Page(name="live", router=router, place=Place(position=4, path="/live", icon="spark", key="l"))


@router.get("/live")
@allow(*READERS)
def live(request: Request) -> Response:
    """List the customers on whom a signal began to fire today, latest first."""
    return render_page(request, "live.html", {"lines": face_of(request).services.live_hits()})
