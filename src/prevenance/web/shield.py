"""Stand before everything: know the host, bound the body, name the request, harden the answer, catch the unexpected."""

import logging
import secrets
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prevenance.web.face import WebSettings
from prevenance.web.problems import PageError, answer

log = logging.getLogger("prevenance.web")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_HARDENING = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_LARGEST_FORM = 64 * 1024
_PROBES = {"/livez", "/readyz"}


def _random_id() -> str:
    return secrets.token_hex(8)


class Shield:
    """Wraps the application in what no page may forget."""

    def __init__(self, app: ASGIApp, *, settings: WebSettings, new_request_id: Callable[[], str] = _random_id) -> None:
        self.app = app
        self.settings = settings
        self.new_request_id = new_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["request_id"] = self.new_request_id()
        hardened = self._hardened(scope, send)
        refusal = self._refusal(scope)
        if refusal is not None:
            await answer(Request(scope), refusal)(scope, receive, hardened)
            return
        try:
            await self.app(scope, receive, hardened)
        except Exception:
            log.exception("request %s %s failed", scope["state"]["request_id"], scope["path"])
            await self._say_unexpected(scope)(scope, receive, hardened)

    def _refusal(self, scope: Scope) -> PageError | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if scope["path"] not in _PROBES and (len(hosts) != 1 or hosts[0].lower() not in self.settings.hosts):
            return PageError(400, "unknown_host")
        if scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            return None
        length = headers.get("content-length", "")
        if not length.isdigit():
            return PageError(411, "bad_request")
        return PageError(413, "too_large") if int(length) > _LARGEST_FORM else None

    def _hardened(self, scope: Scope, send: Send) -> Send:
        async def send_hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HARDENING.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Request-Id"] = scope["state"]["request_id"]
                if self.settings.is_secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
            await send(message)

        return send_hardened

    def _say_unexpected(self, scope: Scope) -> Response:
        return answer(Request(scope), PageError(500, "unexpected"))
