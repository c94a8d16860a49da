"""Put the face together: services in, an application that answers HTTP out."""

import logging
from datetime import timedelta

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from prevenance.kit.catalogue import load
from prevenance.kit.clock import Clock, SystemClock
from prevenance.kit.problems import PrevenanceError
from prevenance.web.access import check_all_declared
from prevenance.web.face import Face, WebSettings
from prevenance.web.page import Page, navigation
from prevenance.web.problems import PageError, answer, from_product, from_status
from prevenance.web.rendering import WEB, make_templates
from prevenance.web.services import Services
from prevenance.web.shield import Shield
from prevenance.web.throttle import LoginThrottle
from prevenance.web.tracking import Taking, TrackingDoor
from prevenance.web.visits import CookieJar, NewToken, new_token

log = logging.getLogger("prevenance.web")

_YEAR = int(timedelta(days=365).total_seconds())


def create_web(
    services: Services,
    *,
    public_url: str = "http://127.0.0.1:8700",
    allowed_hosts: tuple[str, ...] = (),
    clock: Clock | None = None,
    make_token: NewToken = new_token,
    intake: Taking | None = None,
) -> FastAPI:
    """Make the web application of an installation.

    Args:
        services: what the pages ask of the product.
        public_url: scheme, host and port as people type them; cookies, hosts and origins follow from it.
        allowed_hosts: further `host[:port]` that may be asked for, for example behind a second name.
        clock: tells the time to the login's throttle and to the snooze dates.
        make_token: makes session tokens; tests may hand in a seeded one.
        intake: what tracking clients write to; without it their addresses do not exist.

    Raises:
        ConfigurationError: a route declares no role, or the address cannot be one.
    """
    settings = WebSettings(public_url, allowed_hosts)
    clock = clock or SystemClock()
    app = FastAPI(title="Prévenance", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.face = Face(
        services=services,
        settings=settings,
        clock=clock,
        templates=make_templates(),
        throttle=LoginThrottle(clock),
        cookies=CookieJar(settings.is_secure),
        new_token=make_token,
    )
    pages = load("prevenance.web.pages", Page)
    app.state.routes = check_all_declared([page.router for page in pages.values()])
    app.state.face.templates.globals["navigation"] = navigation(pages)
    for page in pages.values():
        app.include_router(page.router)
    app.mount("/static", _LastingFiles(directory=WEB / "static"), name="static")
    _tell_problems(app)
    app.add_middleware(Shield, settings=settings)
    if intake is not None:
        app.add_middleware(TrackingDoor, intake=intake)
    return app


def _tell_problems(app: FastAPI) -> None:
    @app.exception_handler(PageError)
    def page_problem(request: Request, error: PageError) -> Response:
        return answer(request, error)

    @app.exception_handler(HTTPException)
    def status_problem(request: Request, error: HTTPException) -> Response:
        return answer(request, from_status(error.status_code))

    @app.exception_handler(RequestValidationError)
    def form_problem(request: Request, error: RequestValidationError) -> Response:
        log.info("%s: %d fields were not as expected", request.url.path, len(error.errors()))
        return answer(request, PageError(422, "bad_form"))

    @app.exception_handler(PrevenanceError)
    def product_problem(request: Request, error: PrevenanceError) -> Response:
        return answer(request, from_product(error))


class _LastingFiles(StaticFiles):
    """Serves static files for browsers to keep: their address changes when they do."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file with leave to keep it."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
        return response
