"""Deliver what is queued: a dry run that touches nothing, or for real, at most once and never in silence."""

from collections.abc import Mapping

from prevenance.actions.base import Channel
from prevenance.actions.gate import AddressOf, judge
from prevenance.actions.outbox import own_name, queued
from prevenance.actions.report import DeliveryLine, DeliveryReport, line, message_of, report
from prevenance.actions.sender import Sender
from prevenance.actions.sending import read_state
from prevenance.kit.clock import Clock
from prevenance.privacy import Permit
from prevenance.storage import Ledger

_MOST_AT_ONCE = 10_000


def deliver(
    ledger: Ledger,
    channels: Mapping[str, Channel],
    *,
    clock: Clock,
    for_real: bool = False,
    limit: int | None = None,
    owner: str | None = None,
    address_of: AddressOf | None = None,
) -> DeliveryReport:
    """Deliver the messages that are due, or show what would be delivered.

    Args:
        ledger: holds the outbox.
        channels: the ways out that may be used.
        clock: tells the moment at which each message is judged.
        for_real: without it nothing is sent and nothing is written.
        limit: how many messages to take at most.
        owner: names this sender; made from the process unless given.
        address_of: returns the present address of a person, from identity; another than the approved one is refused.

    Example:
        >>> import tempfile
        >>> from prevenance.actions.base import load_channels
        >>> from prevenance.kit.clock import SystemClock
        >>> from prevenance.storage import open_ledger
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ledger = open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock())
        ...     deliver(ledger, load_channels(), clock=SystemClock()).previewed
        0
    """
    most = _MOST_AT_ONCE if limit is None else limit
    if not for_real:
        return _preview(ledger, channels, clock, most, address_of)
    sender = Sender(ledger, channels, clock=clock, owner=owner or own_name(), address_of=address_of)
    return sender.run(most)


def _preview(
    ledger: Ledger, channels: Mapping[str, Channel], clock: Clock, most: int, address_of: AddressOf | None
) -> DeliveryReport:
    now = clock.now()
    lines: list[DeliveryLine] = []
    with ledger.read() as tx:
        for row in tx.execute(queued(now, channels, limit=most)).mappings().all():
            channel = channels[row["channel"]]
            answer = judge(tx, row, at=now, address_of=address_of, needs_decent_hours=channel.needs_decent_hours)
            if isinstance(answer, Permit):
                lines.append(line(row, "previewed", "", channel.preview(message_of(tx, row))))
            else:
                lines.append(line(row, answer.status, answer.reason))
        return report(tx, lines, is_held=read_state(tx).is_held)
