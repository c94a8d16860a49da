"""Show what the last runs did, stage by stage, and which predictions may be used."""

from starlette.requests import Request
from starlette.responses import Response

from prevenance.records.screens import Role
from prevenance.web.access import allow, page_router
from prevenance.web.face import face_of
from prevenance.web.page import Page, Place
from prevenance.web.rendering import render_page

router = page_router()
WORKERS: tuple[Role, ...] = ("agent", "manager", "analyst", "dpo", "admin")
page = Page(name="runs", router=router, place=Place(position=3, path="/runs", icon="runs", key="p", roles=WORKERS))


@router.get("/runs")
@allow(*WORKERS)
def runs(request: Request) -> Response:
    """Show the latest run entirely and the ones before it in a line each."""
    return render_page(request, "runs.html", {"runs": face_of(request).services.runs(limit=20)})
