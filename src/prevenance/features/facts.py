"""Find the place of each fact in the calendar, and what stood open at each cutoff."""

import ibis
import ibis.expr.types as ir

from prevenance.features.base import Moment, Window
from prevenance.features.segments import MANY_LABELS, Calendar

_OBJECT = ("customer_id", "object_id")
_COLUMNS = (
    "customer_id", "event_id", "row_hash", "kind", "occurred_at", "known_at", "superseded_at",
    "object_id", "label", "amount", "quantity", "limit_quantity", "due_at",
)  # fmt: skip


class LocatedFacts:
    """Hands out facts with the cutoffs at which they count: occurred before, known before, not yet superseded."""

    def __init__(self, moment: Moment, grid: ir.Table, calendar: Calendar) -> None:
        self._moment = moment
        self._calendar = calendar
        self.grid = grid.join(calendar.slots, "cutoff")

    @property
    def customers(self) -> ir.Table:
        """Return the customers."""
        return self._moment.customers

    @property
    def people(self) -> ir.Table:
        """Return the people who belong to the customers."""
        return self._moment.people

    def of(self, *kinds: str) -> ir.Table:
        """Return the revisions of some kinds that count at some cutoff, with their gaps.

        `known_on` is empty for a fact known before the first cutoff after it happened: nearly all are.
        """
        rows = self._moment.revisions
        return self._located(rows.filter(rows.kind.isin(kinds)))

    def of_all_but(self, *kinds: str) -> ir.Table:
        """Return what `of` returns, of all kinds but some."""
        rows = self._moment.revisions
        return self._located(rows.filter(rows.kind.notin(kinds)))

    def held(self, gaps: ir.Table, window: Window) -> ir.Table:
        """Return each coarse gap once for every cutoff whose window holds it."""
        rows = gaps.rename(gap="coarse_gap").join(self._calendar.gaps(near=False), "gap")
        return _visible(rows.filter(rows[window.column]))

    def _located(self, rows: ir.Table) -> ir.Table:
        # Only what views use: each further column would be named again at every level of the query.
        rows = rows.select(*_COLUMNS, day=rows.occurred_at.date()).join(self._calendar.days, "day")
        rows = rows.filter(rows.superseded_at.isnull() | (rows.superseded_at >= rows.next_cutoff))
        known_on = (rows.known_at < rows.next_cutoff).ifelse(ibis.null("date"), rows.known_at.date())
        return rows.mutate(known_on=known_on, superseded_on=rows.superseded_at.date())

    def labelled(self, *kinds: str) -> ir.Table:
        """Return the revisions of some kinds with one bit for their label, so that distinct labels can be counted.

        Labels are numbered in the order in which they became known: a later label never renumbers an earlier one.
        Those after the 62nd have no bit and are not counted.
        """
        rows = self._moment.revisions
        first = rows.filter(rows.kind.isin(kinds)).group_by("label").agg(first=rows.known_at.min())
        rank = ibis.row_number().over(ibis.window(order_by=[first["first"], first.label]))
        bits = first.select("label", rank=rank).join(_bits(), "rank").select(bit_label="label", label_bit="label_bit")
        located = self.of(*kinds)
        return located.left_join(bits, located.label == bits.bit_label)

    def ranked(self, *kinds: str) -> ir.Table:
        """Return the rows of `of` with their place in the customer's life, so that the newest can be told."""
        rows = self.of(*kinds)
        order = ibis.window(group_by="customer_id", order_by=["occurred_at", "event_id", "row_hash"])
        return rows.mutate(event_rank=ibis.row_number().over(order))

    def spread(self, rows: ir.Table, days: int) -> ir.Table:
        """Return each row of `of` once for every cutoff at which it counts, at most so many days after it happened."""
        places = rows.drop("slot", "gap", "coarse_gap", "day_bit", "day_number", "next_cutoff")
        return _visible(places.join(self._calendar.ages(days), "day"))

    def ever(self, rows: ir.Table) -> ir.Table:
        """Return each row of `of` once for every cutoff at which it counts, however long ago it happened."""
        places = rows.drop("gap", "coarse_gap", "day_bit", "next_cutoff").rename(first_slot="slot")
        return _visible(places.join(self._calendar.later_slots, "first_slot"))

    def running(self, rows: ir.Table, name: str) -> ir.Table:
        """Return the running sum of `value` by customer and cutoff, each row counting once `from_on` is past."""
        seen_on = ibis.greatest(rows.day, rows.known_at.date(), rows.from_on)
        rows = rows.select("customer_id", "value", "superseded_on", seen_on=seen_on)
        rows = rows.join(self._calendar.days.select(seen_on="day", first_slot="slot"), "seen_on")
        parts = rows.group_by("customer_id", "first_slot", "superseded_on").agg(value=rows.value.sum())
        held = parts.join(self._calendar.later_slots, "first_slot")
        held = held.filter(held.superseded_on.isnull() | (held.superseded_on >= held.cutoff_on))
        return held.group_by("customer_id", "slot").agg(**{name: held.value.sum()})

    def open_objects(self, rows: ir.Table) -> ir.Table:
        """Return the objects whose newest visible row opens them, by cutoff.

        Takes the rows of `of` with a boolean `opens`. Most objects are opened and closed between two cutoffs: they are
        left out first, by what can never change (a closing after the last opening, never superseded), and only the
        others are looked at cutoff by cutoff.
        """
        seen_on = ibis.greatest(rows.day, rows.known_at.date())
        rows = rows.select(*_OBJECT, "opens", "occurred_at", "superseded_on", seen_on=seen_on)
        lives = self._lives(rows)
        pairs = lives.join(self._calendar.later_slots, "first_slot")
        pairs = pairs.filter(pairs.closed_on.isnull() | (pairs.cutoff_on <= pairs.closed_on))
        held = rows.join(pairs.select(*_OBJECT, "slot", "cutoff_on"), list(_OBJECT))
        held = held.filter(
            (held.seen_on < held.cutoff_on) & (held.superseded_on.isnull() | (held.superseded_on >= held.cutoff_on))
        )
        state = held.group_by(*_OBJECT, "slot").agg(
            opened_at=held.occurred_at.max(where=held.opens), closed_at=held.occurred_at.max(where=~held.opens)
        )
        return state.filter(
            state.opened_at.notnull() & (state.closed_at.isnull() | (state.opened_at > state.closed_at))
        )

    def _lives(self, rows: ir.Table) -> ir.Table:
        """Return, for each object open at some cutoff, the first slot at which it may be and the day it closed."""
        opened = rows.group_by(*_OBJECT).agg(
            last_opened_at=rows.occurred_at.max(where=rows.opens), first_on=rows.seen_on.min(where=rows.opens)
        )
        known = rows.join(opened, list(_OBJECT))
        closes = ~known.opens & (known.occurred_at >= known.last_opened_at) & known.superseded_on.isnull()
        lives = known.group_by(*_OBJECT, "first_on").agg(closed_on=known.seen_on.min(where=closes))
        lives = lives.filter(lives.closed_on.isnull() | (lives.first_on < lives.closed_on))
        days = self._calendar.days.select("day", first_slot="slot")
        return lives.join(days, lives.first_on == days.day).select(*_OBJECT, "first_slot", "closed_on")

    def days_until(self, rows: ir.Table, on: str) -> ir.Table:
        """Return each row once for every cutoff of its customer, with the days until its date returns."""
        day_of_year = (rows[on].month() * 100 + rows[on].day()).cast("int64")
        dated = rows.filter(rows[on].notnull()).mutate(day_of_year=day_of_year)
        at = dated.join(self.grid.select("customer_id", "slot", "cutoff_on"), "customer_id")
        # One key rather than two: engines that know nothing of the sizes else begin with every day of every slot.
        at = at.mutate(return_key=at.slot.cast("int64") * 10_000 + at.day_of_year)
        return at.join(self._calendar.returns, "return_key")


def _visible(rows: ir.Table) -> ir.Table:
    known = rows.known_on.isnull() | (rows.known_on < rows.cutoff_on)
    return rows.filter(known & (rows.superseded_on.isnull() | (rows.superseded_on >= rows.cutoff_on)))


def _bits() -> ir.Table:
    return ibis.memtable({"rank": list(range(MANY_LABELS)), "label_bit": [1 << rank for rank in range(MANY_LABELS)]})
