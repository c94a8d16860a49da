"""Hold what every request needs: the services behind the pages, and how this installation meets the world."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from jinja2 import Environment
from starlette.requests import Request

from prevenance.kit.clock import Clock
from prevenance.kit.problems import ConfigurationError
from prevenance.web.services import Services
from prevenance.web.throttle import LoginThrottle
from prevenance.web.visits import CookieJar, NewToken

_LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}


@dataclass(frozen=True)
class WebSettings:
    """Says under which address people reach this installation.

    Attributes:
        public_url: scheme, host and port as people type them; cookies, hosts and origins follow from it.
        allowed_hosts: further `host[:port]` that may be asked for, for example behind a second name.

    Example:
        >>> sorted(WebSettings("http://127.0.0.1:8000").hosts)
        ['127.0.0.1:8000', '[::1]:8000', 'localhost:8000']
    """

    public_url: str
    allowed_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        parts = urlsplit(self.public_url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
            message = (
                f"public_url {self.public_url!r} must be http(s)://host[:port], for example https://care.example.com"
            )
            raise ConfigurationError(message, public_url=self.public_url)

    @property
    def is_secure(self) -> bool:
        """Return whether people come by HTTPS."""
        return urlsplit(self.public_url).scheme == "https"

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Return every `Host` that may be asked for; on one's own machine all three names of it."""
        named = [urlsplit(self.public_url).netloc, *self.allowed_hosts]
        return frozenset(name for netloc in named for name in _names_of(netloc.lower()))

    @cached_property
    def origins(self) -> frozenset[str]:
        """Return every origin whose forms we take."""
        scheme = urlsplit(self.public_url).scheme
        return frozenset(f"{scheme}://{host}" for host in self.hosts)


def _names_of(netloc: str) -> set[str]:
    host, colon, port = netloc.rpartition(":")
    if not (colon and port.isdigit()):
        host, colon, port = netloc, "", ""
    return {f"{name}{colon}{port}" for name in _LOOPBACK} if host in _LOOPBACK else {netloc}


@dataclass(frozen=True)
class Face:
    """Holds what a page may use."""

    services: Services
    settings: WebSettings
    clock: Clock
    templates: Environment
    throttle: LoginThrottle
    cookies: CookieJar
    new_token: NewToken


def face_of(request: Request) -> Face:
    """Return what the application was made with."""
    face = request.app.state.face
    assert isinstance(face, Face)
    return face
