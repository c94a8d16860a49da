"""Open the door for tracking clients: their addresses, their ways to name a key, and answers that they understand.

A plain ASGI application beside the pages: no cookies, no sessions; what it lets in can only be written. Clients retry
408, 410, 429 and 5xx and drop other refusals, so what may succeed later is 429 or 503 with `Retry-After`, never 410;
every refusal carries `code` and `message`, without which RudderStack's Python client retries for ever.
"""

import asyncio
import base64
import binascii
import json
import logging
import zlib
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, Protocol
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from prevenance.intake import RefusedError

log = logging.getLogger("prevenance.web")

_KINDS = ("track", "identify", "page", "screen", "group", "alias", "batch")
CALLS: Mapping[str, str] = {
    **{f"/v1/{kind}": kind for kind in _KINDS},
    **{f"{prefix}/{kind[0]}": kind for kind in _KINDS for prefix in ("", "/v1") if kind not in {"alias", "batch"}},
    **{f"{prefix}/{letter}": kind for letter, kind in (("a", "alias"), ("b", "batch")) for prefix in ("", "/v1")},
    "/beacon/v1/batch": "batch",
}
"""The kind of call behind each address: the servers' clients spell it out, the browser's use one letter."""

_SETTINGS = "/v1/projects/"
_SOURCE_CONFIG = "/sourceConfig"
_PATIENCE_SECONDS = 20.0
_ASKED_HEADERS = "Authorization, Content-Type, Content-Encoding, X-Retry-Count, AnonymousId"
_DONE = b'{"success":true}'


class Taking(Protocol):
    """Is what the door asks of the intake."""

    largest_body: int

    @property
    def keys(self) -> Any:
        """Return what recognises keys: `recognise(secret)` and `serves(origin)`."""
        ...

    def take(self, kind: str, body: bytes, *, secrets: tuple[str, ...], origin: str | None = None) -> Future[None]:
        """Keep what a call brings."""
        ...

    def note_refusal(self) -> None:
        """Count a request that was turned away whole."""
        ...


def is_for_tracking(path: str) -> bool:
    """Return whether an address belongs to the tracking clients.

    Example:
        >>> is_for_tracking("/v1/track"), is_for_tracking("/b"), is_for_tracking("/today")
        (True, True, False)
    """
    return path in CALLS or path.startswith((_SETTINGS, _SOURCE_CONFIG))


class TrackingDoor:
    """Answers tracking clients, and hands every other request on to the pages."""

    def __init__(self, app: ASGIApp, *, intake: Taking) -> None:
        self._app = app
        self._intake = intake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not is_for_tracking(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get(b"origin")
        status, content, extra = await self._answered(scope, headers, origin, receive)
        start = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode()), *extra]
        await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": content if scope["method"] != "HEAD" else b""})

    async def _answered(
        self, scope: Scope, headers: Mapping[bytes, str], origin: str | None, receive: Receive
    ) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        shared = _crossing(origin) if origin and self._serves(origin) else []
        try:
            return *await self._worked(scope, headers, origin, receive), shared
        except RefusedError as refused:
            again = [] if refused.retry_after is None else [(b"retry-after", str(refused.retry_after).encode())]
            return refused.status, _said(refused.code, refused.message), [*shared, *again]
        except Exception:  # the disk is full, the server is down: nothing was kept, and the client should know
            log.exception("the intake could not keep a call")
            message = "What you sent could not be kept just now. Send it again."
            return 503, _said("unavailable", message), [*shared, (b"retry-after", b"5")]

    async def _worked(
        self, scope: Scope, headers: Mapping[bytes, str], origin: str | None, receive: Receive
    ) -> tuple[int, bytes]:
        if scope["method"] == "OPTIONS":
            return 204, b""
        kind = CALLS.get(scope["path"])
        allowed = {"GET", "HEAD"} if kind is None else {"POST"}
        if scope["method"] not in allowed:
            raise RefusedError(405, "wrong_method", f"This address takes {', '.join(sorted(allowed))} only.")
        if kind is None:
            return 200, self._settings(scope, headers)
        body = await self._body(headers, receive)
        done = self._intake.take(kind, body, secrets=_secrets(scope, headers), origin=origin)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            await asyncio.wrap_future(done)
        return 200, _DONE

    def _serves(self, origin: str) -> bool:
        return bool(self._intake.keys.serves(origin))

    async def _body(self, headers: Mapping[bytes, str], receive: Receive) -> bytes:
        """Return the body, unpacked; neither the packed nor the unpacked may be larger than a body may be."""
        largest = self._intake.largest_body
        pieces, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise self._refused("hung_up", "The connection ended before the body did.")
            piece = message.get("body", b"")
            size += len(piece)
            if size <= largest:
                pieces.append(piece)
            more = message.get("more_body", False)  # the rest is read, and dropped, so that the client hears our answer
        if size > largest:
            raise self._refused("too_large", f"A body has at most {largest} bytes.")
        packing = headers.get(b"content-encoding", "identity").strip().lower()
        if packing in {"identity", ""}:
            return b"".join(pieces)
        if packing != "gzip":
            raise self._refused("unknown_encoding", "Send the body as it is, or packed with gzip.")
        return self._unpacked(b"".join(pieces))

    def _unpacked(self, body: bytes) -> bytes:
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            found = unpacking.decompress(body, self._intake.largest_body + 1)
        except zlib.error as problem:
            raise self._refused("bad_gzip", "The body says that it is gzip, and is not.") from problem
        if len(found) > self._intake.largest_body:
            raise self._refused("too_large", f"A body has at most {self._intake.largest_body} bytes, unpacked.")
        if not unpacking.eof:
            raise self._refused("bad_gzip", "The gzip body ends too early.")
        return found

    def _refused(self, code: str, message: str) -> RefusedError:
        self._intake.note_refusal()
        return RefusedError(400, code, message)

    def _settings(self, scope: Scope, headers: Mapping[bytes, str]) -> bytes:
        """Return what a browser's client reads before it begins: the key is known, nothing else to load."""
        if scope["path"].startswith(_SETTINGS):
            secret = scope["path"].removeprefix(_SETTINGS).removesuffix("/settings")
        else:
            secret = next(iter([*_asked(scope, "writeKey"), *_basic(headers)]), "")
        key = self._intake.keys.recognise(secret)
        if key is None:
            raise RefusedError(401, "unknown_key", "This write key is not known here, or no longer in use.")
        if scope["path"].startswith(_SETTINGS):
            return json.dumps({"integrations": {"Segment.io": {"apiKey": secret}}}).encode()
        quiet = {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}}
        source = {"id": key.key_id, "name": key.source, "writeKey": secret, "enabled": True, "config": quiet}
        return json.dumps({"source": {**source, "workspaceId": "own", "destinations": [], "connections": []}}).encode()


def _secrets(scope: Scope, headers: Mapping[bytes, str]) -> tuple[str, ...]:
    asked = _asked(scope, "writeKey") if scope["path"].startswith("/beacon/") else []
    return (*_basic(headers), *asked)


def _basic(headers: Mapping[bytes, str]) -> list[str]:
    """Return the key in `Authorization: Basic`, with or without the colon after it."""
    scheme, _, value = headers.get(b"authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return []
    try:
        found = base64.b64decode(value.strip() + "=" * (-len(value.strip()) % 4), validate=True)
    except (binascii.Error, ValueError):
        return []
    return [found.decode("utf-8", "replace").partition(":")[0]]


def _asked(scope: Scope, name: str) -> list[str]:
    return parse_qs(scope.get("query_string", b"").decode("latin-1")).get(name, [])


def _crossing(origin: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-headers", _ASKED_HEADERS.encode()),
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-max-age", b"600"),
        (b"vary", b"Origin"),
    ]


def _said(code: str, message: str) -> bytes:
    return json.dumps({"type": "about:blank", "title": message, "code": code, "message": message}).encode()
