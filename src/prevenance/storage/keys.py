"""Keep the ledger's key: addresses, send keys and the audit trail are hashed with it; the rows alone tell nothing."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from prevenance.kit.problems import ConfigurationError

_SHORTEST = 32


def keyed_hash(key: bytes, *parts: str) -> str:
    """Return 64 hexadecimal digits that only a holder of the key can make for these parts.

    Example:
        >>> keyed_hash(b"k" * 32, "email", "ada@example.com") == keyed_hash(b"q" * 32, "email", "ada@example.com")
        False
    """
    lengths = b"".join(len(part.encode()).to_bytes(4, "big") for part in parts)  # ("ab", "c") is not ("a", "bc")
    return hmac.new(key, lengths + "".join(parts).encode(), hashlib.sha256).hexdigest()


def checked(key: bytes) -> bytes:
    """Return a key that is long enough to be one.

    Raises:
        ConfigurationError: it is shorter than 32 bytes.
    """
    if len(key) < _SHORTEST:
        raise ConfigurationError(
            f"The ledger's key has {len(key)} bytes. Give it at least {_SHORTEST}, drawn by chance."
        )
    return key


def from_file(path: Path) -> bytes:
    """Return the key kept in a file that only its owner may read; make one the first time."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return checked(bytes.fromhex(path.read_text(encoding="ascii")))
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_hex(_SHORTEST).encode())
        file.flush()
        os.fsync(file.fileno())
    return from_file(path)
