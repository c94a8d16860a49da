"""Decide who may open a route: each route declares its roles, and one that declares nothing cannot even be made."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from prevenance.kit.problems import ConfigurationError
from prevenance.records.screens import ROLES, Role
from prevenance.web.face import Face, face_of
from prevenance.web.problems import PageError
from prevenance.web.visits import Visit, hash_of

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
Handler = Callable[[Request], Coroutine[Any, Any, Response]]  # The framework's own alias for what answers a request.

EVERYONE: frozenset[Role] = frozenset(ROLES)
READERS: tuple[Role, ...] = ROLES
DECIDERS: tuple[Role, ...] = ("agent", "manager", "admin")
_SAFE = {"GET", "HEAD", "OPTIONS"}


def allow(*roles: Role) -> Callable[[Endpoint], Endpoint]:
    """Declare which roles may open a route."""
    unknown = set(roles) - EVERYONE
    if unknown or not roles:
        message = (
            f"allow() takes roles out of {sorted(EVERYONE)}; it got {sorted(roles)}. For public routes say public()."
        )
        raise ConfigurationError(message)
    return _declare(frozenset(roles))


def public() -> Callable[[Endpoint], Endpoint]:
    """Declare that anyone may open a route, signed in or not."""
    return _declare(None)


def by_link() -> Callable[[Endpoint], Endpoint]:
    """Declare that the secret in the address alone says who asks: no cookie, no form token, any origin (RFC 8058)."""

    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.is_by_link = True  # type: ignore[attr-defined]  # as below
        return public()(endpoint)

    return mark


def _declare(roles: frozenset[Role] | None) -> Callable[[Endpoint], Endpoint]:
    def mark(endpoint: Endpoint) -> Endpoint:
        endpoint.allowed_roles = roles  # type: ignore[attr-defined]  # a mark on a function has no static home
        return endpoint

    return mark


class GuardedRoute(APIRoute):
    """Answers a request only after asking where it comes from and who sent it."""

    def __init__(self, path: str, endpoint: Callable[..., object], **options: Any) -> None:  # passed through unread
        if not hasattr(endpoint, "allowed_roles"):
            message = f"Route {path} declares no role. Put @allow(...) or @public() right under its @router line."
            raise ConfigurationError(message, path=path)
        self.allowed_roles: frozenset[Role] | None = endpoint.allowed_roles
        self.is_by_link = hasattr(endpoint, "is_by_link")
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Handler:
        """Return the framework's handler behind our gate."""
        handle = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            if self.is_by_link:
                return await handle(request)
            visit = await _recognise(request)
            request.state.visit = visit
            if request.method not in _SAFE:
                await _check_origin_of_form(request, visit)
            _check_role(request, visit, self.allowed_roles)
            response = await handle(request)
            if visit.is_new and "text/html" in response.headers.get("content-type", ""):
                face_of(request).cookies.write(response, visit.token)
            return response

        return guarded


def page_router() -> APIRouter:
    """Return a router whose routes must declare their roles."""
    return APIRouter(route_class=GuardedRoute, default_response_class=Response)


def check_all_declared(routers: list[APIRouter]) -> list[GuardedRoute]:
    """Return every route of the pages, refusing to start when one went round the gate.

    Raises:
        ConfigurationError: a page made its router without `page_router()`.
    """
    routes = [route for router in routers for route in router.routes]
    for route in routes:
        if not isinstance(route, GuardedRoute):
            message = f"Route {getattr(route, 'path', route)} goes round the gate. Make its router with page_router()."
            raise ConfigurationError(message)
    return [route for route in routes if isinstance(route, GuardedRoute)]


async def _recognise(request: Request) -> Visit:
    face = face_of(request)
    token = face.cookies.read(request)
    if token is None:
        return Visit(face.new_token(), member=None, is_new=True)
    return Visit(token, member=await run_in_threadpool(face.services.session, hash_of(token)))


async def _check_origin_of_form(request: Request, visit: Visit) -> None:
    if not _comes_from_us(request, face_of(request)):
        raise PageError(403, "foreign_origin")
    if request.headers.get("Content-Type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        raise PageError(415, "form_expected")
    form = await request.form(max_files=0, max_fields=50)
    if not visit.has_form_token(str(form.get("form_token", ""))):
        raise PageError(403, "stale_form")


def _comes_from_us(request: Request, face: Face) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        referrer = urlsplit(request.headers.get("Referer", ""))
        origin = f"{referrer.scheme}://{referrer.netloc}"
    return origin in face.settings.origins


def _check_role(request: Request, visit: Visit, roles: frozenset[Role] | None) -> None:
    if roles is None:
        return
    if visit.member is None:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = asked if request.method in _SAFE else "/today"
        raise PageError(401, "session_needed", login_next="/login?" + urlencode({"next": back}))
    if visit.member.role not in roles:
        raise PageError(403, "forbidden")
