"""Run the sender: take a message, go up to the point of no return, write the mark, pass it, write the answer."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from prevenance.actions.base import Channel, Message, Outcome, Outlet, Prepared
from prevenance.actions.gate import AddressOf, Stop, judge
from prevenance.actions.outbox import (
    OUTBOX,
    Hold,
    claim,
    expire,
    left_behind,
    mark,
    put_back,
    queued,
    settle,
    take_over,
)
from prevenance.actions.report import DeliveryLine, DeliveryReport, line, message_of, report
from prevenance.actions.sending import hold_back_a_copy, read_state
from prevenance.kit.clock import Clock
from prevenance.privacy import Permit
from prevenance.storage import Ledger

_HELD = Stop("queued", "sending_held")
_LOST = Stop("queued", "another sender has it")


@dataclass(frozen=True)
class _Taken:
    row: RowMapping
    hold: Hold
    permit: Permit
    message: Message


class Sender:
    """Sends messages one by one; a step that fails leaves a state from which the next run goes on."""

    def __init__(
        self,
        ledger: Ledger,
        channels: Mapping[str, Channel],
        *,
        clock: Clock,
        owner: str,
        address_of: AddressOf | None = None,
    ) -> None:
        self._ledger = ledger
        self._channels = dict(channels)
        self._clock = clock
        self._owner = owner
        self._address_of = address_of
        self._outlets: dict[str, Outlet] = {}
        self._way_out = ExitStack()
        self._lines: list[DeliveryLine] = []

    def run(self, most: int) -> DeliveryReport:
        """Clean up after senders that died, then send until nothing is due, `most` are done, or sending is held."""
        hold_back_a_copy(self._ledger, clock=self._clock)
        self._recover()
        with self._way_out:
            for _ in range(most):
                taken = self._take()
                if taken is None:
                    break
                if isinstance(taken, _Taken):
                    self._send(taken)
        with self._ledger.read() as tx:
            return report(tx, self._lines, is_held=read_state(tx).is_held)

    def _recover(self) -> None:
        now = self._clock.now()
        with self._ledger.read() as tx:
            behind = left_behind(tx, at=now)
        for row in behind:
            with self._ledger.begin() as tx:
                status = take_over(tx, row, at=now)
            self._lines.append(line(row, status, "the sender stopped in between"))
        with self._ledger.begin() as tx:
            self._lines += [line(row, "expired", "expired") for row in expire(tx, at=now)]

    def _take(self) -> _Taken | Stop | None:
        """Take the next message in hand, if the gate lets it through; None where there is nothing to take."""
        with self._ledger.begin() as tx:
            now = self._clock.now()
            if read_state(tx).is_held:
                return None
            statement = queued(now, self._channels).with_for_update(skip_locked=True)
            row = tx.execute(statement).mappings().one_or_none()
            if row is None:
                return None
            self._open(row["channel"])
            hold = claim(tx, row, self._owner, at=now)
            answer = self._judge(tx, row)
            if isinstance(answer, Permit):
                return _Taken(row, hold, answer, message_of(tx, row))
            self._let_go(tx, row, hold, answer)
            return answer

    def _send(self, taken: _Taken) -> None:
        row, hold = taken.row, taken.hold
        prepared = self._outlets[row["channel"]].prepare(taken.message, taken.permit)
        outcome = prepared if isinstance(prepared, Outcome) else self._pass_the_point(prepared, row, hold)
        if outcome is None:
            return
        with self._ledger.begin() as tx:
            status = settle(tx, hold, outcome, at=self._clock.now())
        self._lines.append(line(row, status, outcome.text))
        if outcome.is_channel_down:
            self._channels.pop(row["channel"], None)  # no use in knocking for each message; the next run tries again

    def _pass_the_point(self, prepared: Prepared, row: RowMapping, hold: Hold) -> Outcome | None:
        """Write the mark and pass the point; None where all is said already."""
        try:
            with self._ledger.begin() as tx:
                answer = self._mark(tx, row, hold)
                if isinstance(answer, Permit):
                    inside = prepared.commit(tx, answer)
                    if inside is not None:
                        self._lines.append(line(row, settle(tx, hold, inside, at=self._clock.now()), ""))
        except BaseException:
            prepared.abandon()  # without the mark on disk nothing may arrive
            raise
        if isinstance(answer, Stop):
            prepared.abandon()
            return None
        return prepared.finish() if inside is None else None

    def _mark(self, tx: Connection, row: RowMapping, hold: Hold) -> Permit | Stop:
        """Ask everything once more and write the mark, in one transaction."""
        now = self._clock.now()
        ours = (OUTBOX.c.send_key == hold.send_key, OUTBOX.c.fence == hold.fence, OUTBOX.c.status == "attempting")
        present = tx.execute(select(OUTBOX).where(*ours).with_for_update()).mappings().one_or_none()
        if present is None:
            self._lines.append(line(row, "moved", _LOST.reason))
            return _LOST
        answer = _HELD if read_state(tx).is_held else self._judge(tx, present)
        if isinstance(answer, Stop):
            self._let_go(tx, row, hold, answer)
            return answer
        return answer if mark(tx, hold, at=now) else _LOST

    def _judge(self, tx: Connection, row: RowMapping) -> Permit | Stop:
        is_disturbing = self._channels[row["channel"]].needs_decent_hours
        return judge(
            tx, row, at=self._clock.now(), address_of=self._address_of, needs_decent_hours=is_disturbing
        )  # fmt: skip

    def _let_go(self, tx: Connection, row: RowMapping, hold: Hold, stop: Stop) -> None:
        put_back(tx, hold, stop.status, stop.reason, at=self._clock.now(), until=stop.until)
        self._lines.append(line(row, stop.status, stop.reason))

    def _open(self, channel: str) -> None:
        if channel not in self._outlets:
            self._outlets[channel] = self._way_out.enter_context(self._channels[channel].open())
