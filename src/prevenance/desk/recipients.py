"""Answer the people at the other end: what a message's opt-out link speaks for, and what it asks."""

from typing import Literal

from prevenance.kit.clock import Clock
from prevenance.privacy import Wishes
from prevenance.records.screens import Recipient
from prevenance.storage import Ledger

Scope = Literal["message", "all"]


class Recipients:
    """Reads and records the wishes of people who hold nothing but a link."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def of_link(self, token: str) -> Recipient | None:
        """Return for whom a link speaks; None when it is none of ours."""
        with self._ledger.read() as tx:
            found = Wishes(tx, at=self._clock.now(), actor="recipient").of_link(token)
        if found is None:
            return None
        return Recipient(
            address=found.address,
            language="fr" if found.language == "fr" else "en",
            is_offer=found.purpose == "marketing",
            has_stopped_offers=bool(found.stopped & {"marketing", "all"}),
            has_stopped_all="all" in found.stopped,
        )

    def stop(self, token: str, scope: Scope) -> bool:
        """Stop this kind of message, or all of them, at once; False when the link is none of ours."""
        with self._ledger.begin() as tx:
            wishes = Wishes(tx, at=self._clock.now(), actor="recipient")
            return wishes.withdraw_by_link(token, purpose="all" if scope == "all" else None)
