"""Turn a template and its facts into a page, in the language of whoever reads it."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from prevenance.kit.words import Language
from prevenance.records.screens import Company
from prevenance.web.face import face_of
from prevenance.web.formatting import Speech
from prevenance.web.visits import Visit

WEB = Path(__file__).parent
LANGUAGE_COOKIE = "prevenance_language"


def make_templates() -> Environment:
    """Return the templates: everything escaped, an unknown name an error rather than a blank."""
    environment = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = asset
    return environment


@cache
def asset(name: str) -> str:
    """Return the address of a static file, changing when the file does, so that browsers may keep it for ever."""
    content = (WEB / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def visit_of(request: Request) -> Visit:
    """Return who is asking; set by the gate before any page runs."""
    visit = request.state.visit
    assert isinstance(visit, Visit)
    return visit


def language_of(request: Request) -> Language:
    """Return the reader's language: the member's choice, the browser's choice here, the browser's own, else English."""
    visit = getattr(request.state, "visit", None)
    if visit is not None and visit.member is not None and visit.member.preferences.language:
        return "fr" if visit.member.preferences.language == "fr" else "en"
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in {"fr", "en"}:
        return "fr" if chosen == "fr" else "en"
    return _first_spoken(request.headers.get("Accept-Language", ""))


def _first_spoken(accepted: str) -> Language:
    for part in accepted.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in {"fr", "en"}:
            return "fr" if code == "fr" else "en"
    return "en"


def speech_of(request: Request, company: Company) -> Speech:
    """Return the voice that speaks to this reader."""
    return Speech(language_of(request), company.zone)


def render(request: Request, template: str, facts: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """Return a page outside of the shell: it asks nothing of the services, so that it can tell of their failure."""
    return _respond(request, template, Company(name=""), status, facts)


def render_page(request: Request, template: str, facts: Mapping[str, object], *, status: int = 200) -> HTMLResponse:
    """Return a page (or a piece of one) for a visit, with navigation and the company's name around it."""
    face = face_of(request)
    visit = visit_of(request)
    around = {"visit": visit, "member": visit.member, "form_token": visit.form_token, "here": request.url.path}
    return _respond(request, template, face.services.company(), status, {**around, **facts})


def render_public(request: Request, template: str, facts: Mapping[str, object], *, language: Language) -> HTMLResponse:
    """Return a page for someone from outside, in the language that he is written to in."""
    company = face_of(request).services.company()
    return _respond(request, template, company, 200, facts, Speech(language, company.zone))


def _respond(
    request: Request,
    template: str,
    company: Company,
    status: int,
    facts: Mapping[str, object],
    speech: Speech | None = None,
) -> HTMLResponse:
    speech = speech or speech_of(request, company)
    page = face_of(request).templates.get_template(template)
    html = page.render({**speech.verbs(), "language": speech.language, "company": company, **facts})
    return HTMLResponse(html, status_code=status, headers={"Content-Language": speech.language})
