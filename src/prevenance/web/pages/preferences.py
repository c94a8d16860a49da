"""Take what a person prefers on the screens: the language, and whether single letters are shortcuts (WCAG 2.1.4)."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from prevenance.web.access import READERS, allow, page_router, public
from prevenance.web.face import face_of
from prevenance.web.page import Page
from prevenance.web.paths import local_path
from prevenance.web.rendering import LANGUAGE_COOKIE, visit_of

router = page_router()
page = Page(name="preferences", router=router)


@router.post("/preferences/language")
@public()
def choose_language(
    request: Request,
    language: Annotated[Literal["fr", "en"], Form()],
    back: Annotated[str, Form(max_length=2048)] = "/today",
) -> Response:
    """Speak another language from now on, here and wherever this person signs in."""
    face, member = face_of(request), visit_of(request).member
    if member is not None:
        face.services.remember_preferences(member.user_id, replace(member.preferences, language=language))
    to = "/login" if member is None else local_path(back)
    response = RedirectResponse(to, status_code=303)
    lasting = int(timedelta(days=365).total_seconds())
    response.set_cookie(
        LANGUAGE_COOKIE, language, max_age=lasting, secure=face.settings.is_secure, httponly=True, samesite="lax"
    )
    return response


@router.post("/preferences/keys")
@allow(*READERS)
def choose_keys(
    request: Request,
    keys: Annotated[Literal["on", "off"], Form()],
    back: Annotated[str, Form(max_length=2048)] = "/today",
) -> Response:
    """Switch the single-letter shortcuts on or off."""
    member = visit_of(request).member
    assert member is not None
    chosen = replace(member.preferences, has_single_keys=keys == "on")
    face_of(request).services.remember_preferences(member.user_id, chosen)
    return RedirectResponse(local_path(back), status_code=303)
