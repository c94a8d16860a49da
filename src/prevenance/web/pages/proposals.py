"""Show one proposal entirely, and take the person's decision: approve, reject, snooze, undo.

Each decision is a plain form that posts and goes back to the list; asked for by htmx, it answers with the row as it
is now and with the counts around it.
"""

from datetime import date
from typing import Annotated

from fastapi import Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from prevenance.records.ids import DecisionId, UserId
from prevenance.records.screens import KINDS, Proposal, Rejection, RejectReason, Snooze
from prevenance.web.access import DECIDERS, READERS, allow, page_router
from prevenance.web.choices import decision_choices, is_possible_snooze
from prevenance.web.face import face_of
from prevenance.web.page import Page
from prevenance.web.problems import PageError
from prevenance.web.rendering import render_page, visit_of
from prevenance.web.services import Answer

router = page_router()
page = Page(name="proposals", router=router)

Id = Annotated[str, Path(max_length=80)]
Note = Annotated[str, Form(max_length=1000)]


@router.get("/proposals/{decision_id}")
@allow(*READERS)
def review(request: Request, decision_id: Id) -> Response:
    """Show everything about one proposal: reasons, the exact message, the legal ground."""
    return _page(request, _existing(request, decision_id))


@router.post("/proposals/{decision_id}/approve")
@allow(*DECIDERS)
def approve(request: Request, decision_id: Id, content_hash: Annotated[str, Form(max_length=128)] = "") -> Response:
    """Approve what was seen."""
    answer = face_of(request).services.approve(DecisionId(decision_id), _actor(request), content_hash=content_hash)
    return _after(request, decision_id, answer)


@router.post("/proposals/{decision_id}/reject")
@allow(*DECIDERS)
def reject(request: Request, decision_id: Id, reason: Annotated[RejectReason, Form()], note: Note = "") -> Response:
    """Reject with a reason."""
    rejection = Rejection(reason, note.strip())
    return _after(
        request, decision_id, face_of(request).services.reject(DecisionId(decision_id), _actor(request), rejection)
    )


@router.post("/proposals/{decision_id}/snooze")
@allow(*DECIDERS)
def snooze(request: Request, decision_id: Id, until: Annotated[date, Form()], note: Note = "") -> Response:
    """Let it rest until a day."""
    face = face_of(request)
    if not is_possible_snooze(until, face.clock.now()):
        raise PageError(422, "bad_form")
    rest = Snooze(until, note.strip())
    return _after(request, decision_id, face.services.snooze(DecisionId(decision_id), _actor(request), rest))


@router.post("/proposals/{decision_id}/undo")
@allow(*DECIDERS)
def undo(request: Request, decision_id: Id) -> Response:
    """Put it back on the list."""
    return _after(request, decision_id, face_of(request).services.undo(DecisionId(decision_id), _actor(request)))


def _existing(request: Request, decision_id: str) -> Proposal:
    found = face_of(request).services.proposal(DecisionId(decision_id))
    if found is None:
        raise PageError(404, "not_found")
    return found


def _actor(request: Request) -> UserId:
    member = visit_of(request).member
    assert member is not None
    return member.user_id


def _after(request: Request, decision_id: str, answer: Answer) -> Response:
    proposal = answer if isinstance(answer, Proposal) else _existing(request, decision_id)
    refusal = None if isinstance(answer, Proposal) else answer
    if request.headers.get("HX-Request") == "true":
        return _piece(request, proposal, refusal)
    if refusal is not None:
        return _page(request, proposal, refusal=refusal, status=409)
    return RedirectResponse(f"/today?done={decision_id}", status_code=303)


def _piece(request: Request, proposal: Proposal, refusal: object) -> Response:
    face = face_of(request)
    facts = {"proposal": proposal, "refusal": refusal, "today": face.services.today(None), "kind": None, "kinds": KINDS}
    return render_page(request, "parts/decided.html", {**facts, **decision_choices(face)})


def _page(request: Request, proposal: Proposal, *, refusal: object = None, status: int = 200) -> Response:
    facts = {"proposal": proposal, "refusal": refusal, **decision_choices(face_of(request))}
    return render_page(request, "proposal.html", facts, status=status)
