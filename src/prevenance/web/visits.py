"""Recognise who is asking: one random token in one cookie, from which the form token is derived.

Someone who is not signed in has a token too, which nobody stored: it only ties the login form to this browser. Signing
in makes a new one. The store keeps SHA-256 of tokens, so that a stolen database opens no door.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from prevenance.records.screens import Member

NewToken = Callable[[], str]


def new_token() -> str:
    """Return 256 bits of chance as text."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """Return what is stored of a token.

    Example:
        >>> hash_of("abc")[:12]
        'ba7816bf8f01'
    """
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Visit:
    """Says who is asking (`member`, or nobody yet) and which token the browser holds."""

    token: str
    member: Member | None
    is_new: bool = False

    @property
    def form_token(self) -> str:
        """Return what each form must send back, derived from the token a foreign page cannot read."""
        return hmac.new(self.token.encode(), b"form", hashlib.sha256).hexdigest()

    def has_form_token(self, sent: str) -> bool:
        """Return whether a form came from our own page."""
        return hmac.compare_digest(self.form_token.encode(), sent.encode())


@dataclass(frozen=True)
class CookieJar:
    """Puts the token into its cookie, and takes it out."""

    is_secure: bool

    @property
    def name(self) -> str:
        """Return the cookie's name; `__Host-` makes browsers insist on HTTPS, this host and the whole path."""
        return "__Host-prevenance" if self.is_secure else "prevenance"

    def read(self, request: Request) -> str | None:
        """Return the token that the browser sent, if it can be one of ours."""
        token = request.cookies.get(self.name, "")
        return token if 40 <= len(token) <= 64 and token.isascii() else None

    def write(self, response: Response, token: str) -> None:
        """Give the browser its token, out of reach of scripts and of foreign sites."""
        response.set_cookie(self.name, token, path="/", secure=self.is_secure, httponly=True, samesite="lax")

    def clear(self, response: Response) -> None:
        """Take the token away."""
        response.delete_cookie(self.name, path="/", secure=self.is_secure, httponly=True, samesite="lax")
