"""Slow down guessing at the login without locking anyone out for good.

Three budgets: per account and address; per account over all addresses that never signed in to it before (so an
attacker elsewhere cannot lock out the owner at her desk); per address over all accounts. Kept in memory: one process,
one budget.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from prevenance.kit.clock import Clock


@dataclass(frozen=True)
class Budget:
    """Allows so many tries within a span."""

    n_tries: int
    span: timedelta


PAIR = Budget(10, timedelta(hours=1))
ACCOUNT = Budget(20, timedelta(hours=1))
ADDRESS = Budget(100, timedelta(hours=1))
_MOST_KEYS = 50_000


@dataclass
class LoginThrottle:
    """Counts tries at the login, and says how long to wait.

    Example:
        >>> from datetime import UTC
        >>> from prevenance.kit.clock import FixedClock
        >>> throttle = LoginThrottle(FixedClock(datetime(2026, 11, 2, 8, tzinfo=UTC)))
        >>> [throttle.seconds_to_wait("ada@acme.example", "192.0.2.7") for _ in range(11)][-2:]
        [0, 3600]
    """

    clock: Clock
    _tries: dict[tuple[str, ...], deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _known: set[tuple[str, str]] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def seconds_to_wait(self, account: str, address: str) -> int:
        """Count one try and return 0, or return how many seconds to wait and count nothing."""
        account = account.strip().casefold()
        budgets = {("pair", account, address): PAIR, ("address", address): ADDRESS}
        if (account, address) not in self._known:
            budgets[("account", account)] = ACCOUNT
        with self._lock:
            waits = [self._wait(key, budget) for key, budget in budgets.items()]
            if not any(waits):
                self._count(list(budgets))
        return max(waits)

    def remember(self, account: str, address: str) -> None:
        """Note that this account signed in from this address: its own mistakes there are forgiven."""
        account = account.strip().casefold()
        with self._lock:
            self._known.add((account, address))
            self._tries.pop(("pair", account, address), None)

    def _wait(self, key: tuple[str, ...], budget: Budget) -> int:
        now = self.clock.now()
        tries = self._tries.get(key, deque())
        while tries and tries[0] <= now - budget.span:
            tries.popleft()
        if len(tries) < budget.n_tries:
            return 0
        return max(1, int((tries[0] + budget.span - now).total_seconds()))

    def _count(self, keys: list[tuple[str, ...]]) -> None:
        if len(self._tries) > _MOST_KEYS:  # A flood of invented names must not fill the memory.
            self._tries.clear()
        for key in keys:
            self._tries[key].append(self.clock.now())
