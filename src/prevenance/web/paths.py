"""Keep redirects at home."""

from urllib.parse import urlsplit


def local_path(path: str, default: str = "/today") -> str:
    """Return a path of this site, or the default for anything that a browser could read as another site.

    Example:
        >>> local_path("/customers/7?lane=money"), local_path("//evil.example"), local_path("https://evil.example")
        ('/customers/7?lane=money', '/today', '/today')
    """
    is_printable = path.isprintable() and "\\" not in path
    if not is_printable or not path.startswith("/") or path.startswith("//"):
        return default
    parts = urlsplit(path)
    return default if parts.scheme or parts.netloc or parts.path in {"/login", "/logout"} else path
