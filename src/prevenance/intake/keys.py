"""Know the write keys: each lets one source write, and nothing else; only their hashes are kept."""

import hashlib
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from prevenance.kit.problems import ConfigurationError
from prevenance.storage import Ledger, ledger_tables

_KEYS = ledger_tables.intake_keys
_SOURCE = re.compile(r"[a-z][a-z0-9_]{0,59}")  # as in a mapping
_FRESH_SECONDS = 2.0  # how long a new or revoked key may go unnoticed


@dataclass(frozen=True)
class WriteKey:
    """Describes a key without telling it.

    Attributes:
        key_id: how people name it.
        source: whose messages it brings; the folder of its batches has the same name.
        origins: the web sites whose pages may use it, `*` for all; none for a server's key.
    """

    key_id: str
    source: str
    origins: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None

    def lets_in(self, origin: str | None) -> bool:
        """Return whether a page of this origin may use it; a server's program names no origin."""
        return origin is None or "*" in self.origins or origin in self.origins


class WriteKeys:
    """Makes, lists, revokes and recognises keys."""

    def __init__(self, ledger: Ledger, *, make_secret: Callable[[int], str] = secrets.token_hex) -> None:
        self._ledger = ledger
        self._make_secret = make_secret
        self._known: dict[str, WriteKey] = {}
        self._read_at = float("-inf")
        self._lock = threading.Lock()

    def add(self, source: str, origins: tuple[str, ...] = (), *, actor: str) -> tuple[WriteKey, str]:
        """Make a key for a source and return it with its secret, which is told this once.

        Raises:
            ConfigurationError: the source's name cannot be a folder's, or an origin is none.
        """
        if not _SOURCE.fullmatch(source):
            message = f"{source!r} cannot name a source. Use small letters, digits and _, such as web_shop."
            raise ConfigurationError(message, source=source)
        strange = [one for one in origins if one != "*" and not one.startswith(("https://", "http://"))]
        if strange:
            message = f"{', '.join(strange)} is no origin. Write scheme and host, such as https://shop.example, or *."
            raise ConfigurationError(message, origins=strange)
        secret = f"wk_{self._make_secret(16)}"
        key = WriteKey(self._make_secret(4), source, origins, self._ledger.clock.now(), None)
        row = {"key_id": key.key_id, "source": source, "origins": list(origins), "created_at": key.created_at}
        with self._ledger.begin() as tx:
            tx.execute(insert(_KEYS).values(**row, key_hash=_hash(secret)))
            self._ledger.record(tx, actor, "intake_key_added", f"intake_key:{key.key_id}", {"source": source})
        return key, secret

    def revoke(self, key_id: str, *, actor: str) -> None:
        """Let a key write no more.

        Raises:
            ConfigurationError: there is no such key in use.
        """
        in_use = (_KEYS.c.key_id == key_id) & _KEYS.c.revoked_at.is_(None)
        with self._ledger.begin() as tx:
            changed = tx.execute(update(_KEYS).where(in_use).values(revoked_at=self._ledger.clock.now()))
            if changed.rowcount != 1:
                message = f"No key {key_id!r} is in use. List them with: prevenance intake keys list"
                raise ConfigurationError(message, key_id=key_id)
            self._ledger.record(tx, actor, "intake_key_revoked", f"intake_key:{key_id}", {})

    def all(self) -> tuple[WriteKey, ...]:
        """Return every key, in the order of their making."""
        return tuple(sorted(self._read().values(), key=lambda key: key.created_at))

    def recognise(self, secret: str) -> WriteKey | None:
        """Return the key with this secret, when it is in use."""
        with self._lock:
            if time.monotonic() - self._read_at > _FRESH_SECONDS:
                self._known = self._read()
                self._read_at = time.monotonic()
            found = self._known.get(_hash(secret))
        return found if found is not None and found.revoked_at is None else None

    def serves(self, origin: str) -> bool:
        """Return whether any key in use lets this origin in: a browser asks before it names its key."""
        self.recognise("")
        return any(key.revoked_at is None and key.lets_in(origin) for key in self._known.values())

    def _read(self) -> dict[str, WriteKey]:
        with self._ledger.read() as tx:
            rows = tx.execute(select(_KEYS)).mappings().all()
        return {
            row["key_hash"]: WriteKey(
                row["key_id"], row["source"], tuple(row["origins"]), row["created_at"], row["revoked_at"]
            )
            for row in rows
        }


def _hash(secret: str) -> str:
    # The secret has 128 bits of chance: a plain hash cannot be searched backwards.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
