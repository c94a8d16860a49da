"""Know the members of the team: who may sign in, in which role, and whose session this is."""

from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Row

from prevenance.kit.clock import Clock
from prevenance.kit.hashing import stable_id
from prevenance.kit.problems import ConfigurationError
from prevenance.records.ids import UserId
from prevenance.records.screens import ROLES, Member, Preferences, Role
from prevenance.storage import Ledger, ledger_tables

IDLE = timedelta(hours=12)
ABSOLUTE = timedelta(days=7)
SHORTEST_PASSWORD = 12

_users = ledger_tables.users
_sessions = ledger_tables.sessions
_hasher = PasswordHasher()
# Checked when the address is unknown, so that the answer takes as long as for a wrong password.
_NOBODY = _hasher.hash("nobody has this password")


class Members:
    """Signs members in and out. Passwords are kept by Argon2id, sessions as hashes of their tokens."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def add(self, email: str, name: str, role: Role, password: str) -> Member:
        """Add a member, or give an existing one a new name, role and password; all his sessions end.

        Raises:
            ConfigurationError: the role is unknown or the password too short.
        """
        if role not in ROLES:
            message = f"There is no role {role!r}. Choose one of: {', '.join(ROLES)}."
            raise ConfigurationError(message, role=role)
        if len(password) < SHORTEST_PASSWORD:
            message = f"The password has {len(password)} characters; it needs at least {SHORTEST_PASSWORD}."
            raise ConfigurationError(message)
        address = _normalised(email)
        user_id = UserId(stable_id("user", address))
        values = {"name": name, "role": role, "password_hash": _hasher.hash(password), "is_disabled": False}
        with self._ledger.begin() as tx:
            if tx.execute(select(_users.c.user_id).where(_users.c.user_id == user_id)).first() is None:
                tx.execute(
                    insert(_users).values(
                        user_id=user_id,
                        email=address,
                        language="",
                        has_single_keys=True,
                        created_at=self._clock.now(),
                        **values,
                    )
                )
            else:
                tx.execute(update(_users).where(_users.c.user_id == user_id).values(**values))
                tx.execute(delete(_sessions).where(_sessions.c.user_id == user_id))
            self._ledger.record(tx, "command line", "member_set", f"user:{user_id}", {"role": role})
        return Member(user_id, name, address, role)

    def authenticate(self, email: str, password: str) -> Member | None:
        """Return the active member with these credentials; an unknown address takes as long as a wrong password."""
        with self._ledger.read() as tx:
            row = tx.execute(select(_users).where(_users.c.email == _normalised(email))).first()
        try:
            _hasher.verify(row.password_hash if row is not None else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
        return None if row is None or row.is_disabled else _member(row)

    def open_session(self, user_id: UserId, token_hash: str) -> None:
        """Store a new session by the hash of its token."""
        now = self._clock.now()
        with self._ledger.begin() as tx:
            tx.execute(delete(_sessions).where(_sessions.c.expires_at < now))
            tx.execute(
                insert(_sessions).values(
                    session_hash=token_hash,
                    user_id=user_id,
                    csrf="",
                    created_at=now,
                    seen_at=now,
                    expires_at=now + ABSOLUTE,
                )
            )

    def session(self, token_hash: str) -> Member | None:
        """Return whose live session this is and mark it used."""
        now = self._clock.now()
        found = (
            select(_sessions.c.seen_at, _users)
            .join(_users)
            .where(
                _sessions.c.session_hash == token_hash, _sessions.c.expires_at > now, _users.c.is_disabled.is_(False)
            )
        )
        with self._ledger.read() as tx:
            row = tx.execute(found).first()
        if row is None or row.seen_at < now - IDLE:
            return None
        self._mark_seen(token_hash, row.seen_at, now)
        return _member(row)

    def close_session(self, token_hash: str) -> None:
        """End a session; an unknown one is no error."""
        with self._ledger.begin() as tx:
            tx.execute(delete(_sessions).where(_sessions.c.session_hash == token_hash))

    def remember_preferences(self, user_id: UserId, preferences: Preferences) -> None:
        """Keep a member's language and whether single-letter keys are on."""
        values = {"language": preferences.language or "", "has_single_keys": preferences.has_single_keys}
        with self._ledger.begin() as tx:
            tx.execute(update(_users).where(_users.c.user_id == user_id).values(**values))

    def name_of(self, user_id: str) -> str:
        """Return a member's name, or the id itself when there is no such member (a command line, say)."""
        with self._ledger.read() as tx:
            name = tx.execute(select(_users.c.name).where(_users.c.user_id == user_id)).scalar()
        return str(name) if name else user_id

    def _mark_seen(self, token_hash: str, seen_at: datetime, now: datetime) -> None:
        # Once a minute is enough to know idleness; each page must not cost a write.
        if now - seen_at < timedelta(minutes=1):
            return
        with self._ledger.begin() as tx:
            tx.execute(update(_sessions).where(_sessions.c.session_hash == token_hash).values(seen_at=now))


def _normalised(email: str) -> str:
    return email.strip().casefold()


def _member(row: Row[tuple[object, ...]]) -> Member:
    language = row.language if row.language in {"fr", "en"} else None
    preferences = Preferences(language=language, has_single_keys=row.has_single_keys)
    return Member(UserId(row.user_id), row.name, row.email, row.role, preferences)
