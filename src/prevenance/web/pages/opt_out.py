"""Let a recipient stop our messages: one click, no login; looking changes nothing (RFC 8058, GDPR art. 7 and 21)."""

from typing import Annotated, Literal

from fastapi import Form
from starlette.requests import Request
from starlette.responses import Response

from prevenance.web.access import by_link, page_router
from prevenance.web.face import face_of
from prevenance.web.page import Page
from prevenance.web.problems import PageError
from prevenance.web.rendering import render_public

router = page_router()
page = Page(name="opt_out", router=router)


@router.get("/u/{token}")
@by_link()
def show(request: Request, token: str) -> Response:
    """Say what the link can stop; mail scanners open links too, so opening one stops nothing."""
    return _page(request, token, is_done=False)


@router.post("/u/{token}")
@by_link()
def stop(
    request: Request,
    token: str,
    scope: Annotated[Literal["message", "all"], Form()] = "message",
    shown: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Stop it at once; a mail program's own button gets an empty answer, a person the page that says what changed."""
    if not face_of(request).services.stop_messages(token, scope):
        raise _unknown()
    return _page(request, token, is_done=True) if shown else Response(status_code=200)


def _page(request: Request, token: str, *, is_done: bool) -> Response:
    recipient = face_of(request).services.recipient(token)
    if recipient is None:
        raise _unknown()
    facts = {"recipient": recipient, "is_done": is_done, "here": request.url.path}
    return render_public(request, "opt_out.html", facts, language=recipient.language)


def _unknown() -> PageError:
    return PageError(404, "unknown_link", is_for_outsiders=True)
