"""Show the reports that the road writes: the audit of a run, the card of a model.

They are whole HTML pages of their own. Their one `<style>` block is allowed by its hash and they may run nothing, so
that whatever text a source put into them stays text.
"""

import base64
import hashlib
import re
from typing import Annotated

from fastapi import Path
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from prevenance.web.access import READERS, allow, page_router
from prevenance.web.face import face_of
from prevenance.web.page import Page
from prevenance.web.problems import PageError
from prevenance.web.rendering import language_of

router = page_router()
page = Page(name="reports", router=router)

Name = Annotated[str, Path(max_length=80, pattern=r"^[A-Za-z0-9_.:-]+$")]
_LOCKED = "form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox"
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


@router.get("/runs/{run_id}/audit")
@allow("agent", "manager", "analyst", "dpo", "admin")
def audit_report(request: Request, run_id: Name) -> Response:
    """Show the audit of a run."""
    return _report(face_of(request).services.audit_report(run_id, language_of(request)))


@router.get("/models/{target}")
@allow(*READERS)
def model_card(request: Request, target: Name) -> Response:
    """Show the card of the model behind a prediction."""
    return _report(face_of(request).services.model_card(target, language_of(request)))


def _report(html: str | None) -> Response:
    if html is None:
        raise PageError(404, "not_found")
    policy = f"default-src 'none'; img-src data:; style-src {_hashes(html)}; {_LOCKED}"
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def _hashes(html: str) -> str:
    digests = [hashlib.sha256(style.encode()).digest() for style in _STYLE.findall(html)]
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests) or "'none'"
