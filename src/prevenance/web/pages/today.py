"""Show this morning's list: who, why, what to do, how sure, and may we."""

from typing import Annotated

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from prevenance.records.ids import DecisionId
from prevenance.records.screens import KINDS, Kind
from prevenance.web.access import READERS, allow, page_router
from prevenance.web.choices import decision_choices
from prevenance.web.face import face_of
from prevenance.web.page import Page, Place
from prevenance.web.rendering import render_page

router = page_router()
page = Page(name="today", router=router, place=Place(position=1, path="/today", icon="today", key="t"))


@router.get("/today")
@allow(*READERS)
def today(
    request: Request, kind: Kind | None = None, done: Annotated[str | None, Query(max_length=80)] = None
) -> Response:
    """Show the list of one kind or of all; `done` is the proposal just decided, shown with its undo."""
    face = face_of(request)
    facts = {
        "today": face.services.today(kind),
        "kind": kind,
        "kinds": KINDS,
        "done": face.services.proposal(DecisionId(done)) if done else None,
        "refusal": None,
        **decision_choices(face),
    }
    return render_page(request, "today.html", facts)
