"""Ask whether two records are one customer: side by side, with what agrees; a person's word can be taken back."""

from typing import Annotated

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from prevenance.web.access import DECIDERS, READERS, allow, page_router
from prevenance.web.face import face_of
from prevenance.web.page import Page, Place
from prevenance.web.problems import PageError
from prevenance.web.rendering import render_page, visit_of

PAIRS_SHOWN = 20

router = page_router()
page = Page(name="matches", router=router, place=Place(position=5, path="/matches", icon="customers", key="m"))

Subject = Annotated[str, Form(max_length=300)]


@router.get("/matches")
@allow(*READERS)
def matches(request: Request) -> Response:
    """List the pairs that wait, likeliest first."""
    return render_page(request, "matches.html", {"matches": face_of(request).services.matches(limit=PAIRS_SHOWN)})


@router.post("/matches/answer")
@allow(*DECIDERS)
def answer(
    request: Request,
    left: Subject,
    right: Subject,
    is_same: Annotated[bool, Form()],
    reason: Annotated[str, Form(max_length=500)],
) -> Response:
    """Keep the answer, and show what still waits."""
    member = visit_of(request).member
    assert member is not None, "the route is for members"
    services = face_of(request).services
    waiting = services.matches(limit=PAIRS_SHOWN).pairs
    # Only what was asked may be answered: a form made by hand must not join anybody.
    if not reason.strip() or not any((one.left.subject, one.right.subject) == (left, right) for one in waiting):
        raise PageError(422, "bad_form")
    services.answer_match(left, right, member.user_id, is_same=is_same, reason=reason.strip())
    return RedirectResponse("/matches", status_code=303)
