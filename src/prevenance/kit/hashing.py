"""Make ids and shares that are the same on every machine and in every run."""

import hashlib
import json

_SEPARATOR = "\x1f"  # the ASCII unit separator: no name, address or id contains it


def _digest(parts: tuple[str, ...]) -> bytes:
    return hashlib.sha256(_SEPARATOR.join(parts).encode()).digest()


def stable_id(*parts: str) -> str:
    """Return 16 hexadecimal digits that stand for these parts.

    Example:
        >>> stable_id("crm", "clients", "1042") == stable_id("crm", "clients", "1042")
        True
    """
    return _digest(parts).hex()[:16]


def stable_integer(*parts: str) -> int:
    """Return a positive integer below 2**53 that stands for these parts (safe in JSON and JavaScript).

    Example:
        >>> 0 < stable_integer("crm:clients:1042") < 2**53
        True
    """
    return int.from_bytes(_digest(parts)[:8], "big") >> 11


def share(*parts: str) -> float:
    """Return a number in [0, 1) that looks drawn by chance but is fixed by these parts.

    Hold-outs use it: the same customer, play and seed always fall on the same side.

    Example:
        >>> 0 <= share("play", "customer", "seed") < 1
        True
    """
    return stable_integer(*parts) / 2**53


def fingerprint(content: object) -> str:
    """Return 16 hexadecimal digits that change when the content does (JSON-able content, key order ignored).

    Example:
        >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
        True
    """
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
