"""Say what went wrong, with the request id: a friendly page for a browser, problem+json (RFC 9457) for a program."""

import logging
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from prevenance.kit.problems import PolicyError, PrevenanceError
from prevenance.kit.words import Words
from prevenance.web.rendering import language_of, render
from prevenance.web.saying import say

log = logging.getLogger("prevenance.web")


class PageError(Exception):
    """Stops a page with a status, a code for programs and a sentence for people.

    Attributes:
        code: name of the sentence in `texts/errors.py`, and the `code` of the problem.
        login_next: where to come back to, when what is missing is a session.
        is_for_outsiders: whether it is told to someone who has no place in the product to go back to.
    """

    def __init__(
        self,
        status: int,
        code: str,
        *,
        message: Words | None = None,
        login_next: str | None = None,
        retry: int = 0,
        is_for_outsiders: bool = False,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.login_next = login_next
        self.retry = retry
        self.is_for_outsiders = is_for_outsiders


_CODE_OF_STATUS = {400: "bad_request", 401: "session_needed", 403: "forbidden", 404: "not_found", 405: "not_allowed"}


def from_status(status: int) -> PageError:
    """Return the problem that a bare status of the framework means; people get our sentence, not its English."""
    return PageError(status, _CODE_OF_STATUS.get(status, "bad_request" if status < 500 else "unexpected"))


def from_product(error: PrevenanceError) -> PageError:
    """Return the problem of an error of the product, which is logged; a policy's no is a conflict, not a failure."""
    log.error("%s: %s %s", type(error).__name__, error.message, error.facts)
    return PageError(409, "refused") if isinstance(error, PolicyError) else PageError(500, "unexpected")


def answer(request: Request, problem: PageError) -> Response:
    """Return the response that tells a problem, in the form and the language of whoever asked."""
    enhanced = request.headers.get("HX-Request") == "true"
    if problem.login_next is not None and not enhanced and not wants_json(request):
        return RedirectResponse(problem.login_next, status_code=303)
    response = _as_json(request, problem) if enhanced or wants_json(request) else _as_page(request, problem)
    if problem.retry:
        response.headers["Retry-After"] = str(problem.retry)
    if problem.login_next is not None and enhanced:
        response.headers["HX-Redirect"] = problem.login_next
    return response


def wants_json(request: Request) -> bool:
    """Return whether a program is asking rather than a browser."""
    accepted = request.headers.get("Accept", "")
    return "json" in accepted and "text/html" not in accepted


def _sentence(request: Request, problem: PageError) -> str:
    language = language_of(request)
    return problem.message.say(language) if problem.message else say(f"errors.{problem.code}", language)


def _as_json(request: Request, problem: PageError) -> Response:
    message = _sentence(request, problem)
    content = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": message,
        "instance": request.url.path,
        "code": problem.code,
        "message": message,
        "errors": [],
        "request_id": request_id(request),
    }
    return JSONResponse(content, status_code=problem.status, media_type="application/problem+json")


def _as_page(request: Request, problem: PageError) -> Response:
    facts = {
        "status": problem.status,
        "message": _sentence(request, problem),
        "request_id": request_id(request),
        "has_way_back": not problem.is_for_outsiders,
    }
    return render(request, "problem.html", facts, status=problem.status)


def request_id(request: Request) -> str:
    """Return the id of this request, which the log, the page and the header share."""
    return str(request.scope.get("state", {}).get("request_id", "-"))
