"""Find the place of each fact in the calendar, and what stood open at each cutoff."""

from collections.abc import Iterable, Sequence

import ibis
import ibis.expr.types as ir

from prevenance.features.base import FIRST_DAY, Moment, Window
from prevenance.features.segments import LAST_DAY, MANY_LABELS, Calendar
from prevenance.features.windows import visible

_OBJECT = ("customer_id", "object_id")
_COLUMNS = (
    "customer_id", "kind", "occurred_at", "known_at", "superseded_at",
    "object_id", "label", "amount", "quantity", "limit_quantity", "due_at",
)  # fmt: skip
_PLACES = ("day", "day_number", "gap", "coarse_gap", "day_bit", "slot")
_KEPT = (*(name for name in _COLUMNS if name != "superseded_at"), *_PLACES)
_SPREAD = ("customer_id", "day", "label", "known_on", "superseded_on")
_ORDER = ["occurred_at", "known_at", "kind", "label", "quantity", "limit_quantity", "amount", "due_at"]


class LocatedFacts:
    """Hands out facts with the cutoffs at which they count: occurred before, known before, not yet superseded."""

    def __init__(self, moment: Moment, grid: ir.Table, calendar: Calendar) -> None:
        self._moment = moment
        self._asked = grid
        self.calendar = calendar
        self._kept = _KEPT
        self.grid = grid.join(calendar.slots, "cutoff")

    def cut_at(self, windows: Iterable[Window]) -> "LocatedFacts":
        """Return the same facts in a calendar cut at the edges of these windows."""
        return LocatedFacts(self._moment, self._asked, Calendar.of(self.calendar.cutoffs, windows))

    @property
    def customers(self) -> ir.Table:
        """Return the customers."""
        return self._moment.customers

    @property
    def people(self) -> ir.Table:
        """Return the people who belong to the customers."""
        return self._moment.people

    def only(self, columns: Iterable[str]) -> "LocatedFacts":
        """Return the same facts with these columns only: each would be named again at every level of a query."""
        narrow = LocatedFacts(self._moment, self._asked, self.calendar)
        narrow._kept = tuple(name for name in _KEPT if name in set(columns))
        return narrow

    def of(self, *kinds: str) -> ir.Table:
        """Return the revisions of some kinds that count at some cutoff, with their gaps.

        `known_on` is the first day of all for a fact known before the first cutoff after it happened, `superseded_on`
        the last day of all for one still in force: nearly every fact has both.
        """
        rows = self._moment.revisions
        return self._located(rows.filter(_is_one_of(rows.kind, kinds)))

    def of_all_but(self, *kinds: str) -> ir.Table:
        """Return what `of` returns, of all kinds but some."""
        rows = self._moment.revisions
        return self._located(rows.filter(rows.kind.notin(kinds)))

    def held(self, gaps: ir.Table, window: Window) -> ir.Table:
        """Return each coarse gap once for every cutoff whose window holds it."""
        rows = gaps.rename(gap="coarse_gap").join(self.calendar.gaps(near=False), "gap")
        return visible(rows.filter(rows[window.column]))

    def _located(self, rows: ir.Table) -> ir.Table:
        needed = [name for name in _COLUMNS if name in {*self._kept, "known_at", "superseded_at"}]
        rows = rows.select(*needed, day=rows.occurred_at.date()).join(self.calendar.days, "day")
        known_on = (rows.known_at < rows.next_cutoff).ifelse(ibis.date(FIRST_DAY), rows.known_at.date())
        superseded_on = rows.superseded_at.date().fill_null(ibis.date(LAST_DAY))
        # Selected, not dropped: Ibis names a selection that is used twice, and engines then run it once.
        return rows.select(*self._kept, known_on=known_on, superseded_on=superseded_on)

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
        """Return the rows of `of` with their place in the customer's life, so that the newest can be told.

        Facts of one instant are ordered by what they say: those that say the same may stand in any order.
        """
        rows = self.of(*kinds)
        return rows.mutate(event_rank=ibis.row_number().over(ibis.window(group_by="customer_id", order_by=_ORDER)))

    def spread(self, rows: ir.Table, days: int) -> ir.Table:
        """Return each row of `of` once for every cutoff at which it counts, at most so many days after it happened."""
        places = rows.select(*_SPREAD)
        return visible(places.join(self.calendar.ages(days), "day"))

    def ever(self, rows: ir.Table) -> ir.Table:
        """Return each row of `of` once for every cutoff at which it counts, however long ago it happened."""
        places = rows.drop("gap", "coarse_gap", "day_bit").rename(first_slot="slot")
        return visible(places.join(self.calendar.later_slots, "first_slot"))

    def running(self, rows: ir.Table, name: str) -> ir.Table:
        """Return the running sum of `value` by customer and cutoff, each row counting once `from_on` is past."""
        seen_on = ibis.greatest(rows.day, rows.known_at.date(), rows.from_on)
        rows = rows.select("customer_id", "value", "superseded_on", seen_on=seen_on)
        rows = rows.join(self.calendar.days.select(seen_on="day", first_slot="slot"), "seen_on")
        parts = rows.group_by("customer_id", "first_slot", "superseded_on").agg(value=rows.value.sum())
        held = parts.join(self.calendar.later_slots, "first_slot")
        held = held.filter(held.superseded_on >= held.cutoff_on)
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
        pairs = lives.join(self.calendar.later_slots, "first_slot")
        pairs = pairs.filter(pairs.closed_on.isnull() | (pairs.cutoff_on <= pairs.closed_on))
        held = rows.join(pairs.select(*_OBJECT, "slot", "cutoff_on"), list(_OBJECT))
        held = held.filter((held.seen_on < held.cutoff_on) & (held.superseded_on >= held.cutoff_on))
        state = held.group_by(*_OBJECT, "slot").agg(
            opened_at=held.occurred_at.max(where=held.opens), closed_at=held.occurred_at.max(where=~held.opens)
        )
        return state.filter(
            state.opened_at.notnull() & (state.closed_at.isnull() | (state.opened_at > state.closed_at))
        )

    def _lives(self, rows: ir.Table) -> ir.Table:
        """Return, for each object open at some cutoff, the first slot at which it may be and the day it closed."""
        closes = ~rows.opens & (rows.superseded_on == ibis.date(LAST_DAY))
        lives = rows.group_by(*_OBJECT).agg(
            first_on=rows.seen_on.min(where=rows.opens),
            opened_at=rows.occurred_at.max(where=rows.opens),
            closed_at=rows.occurred_at.max(where=closes),
            all_seen_on=rows.seen_on.max(where=closes),
        )
        closed_on = (lives.closed_at >= lives.opened_at).ifelse(lives.all_seen_on, ibis.null("date"))
        lives = lives.select(*_OBJECT, "first_on", closed_on=closed_on)
        days = self.calendar.days.select("day", "next_cutoff", first_slot="slot")
        lives = lives.join(days, lives.first_on == days.day)
        lives = lives.filter(lives.closed_on.isnull() | (lives.closed_on >= lives.next_cutoff.date()))
        return lives.select(*_OBJECT, "first_slot", "closed_on")

    def days_until(self, rows: ir.Table, on: str) -> ir.Table:
        """Return each row once for every cutoff of its customer, with the days until its date returns."""
        day_of_year = (rows[on].month() * 100 + rows[on].day()).cast("int64")
        dated = rows.filter(rows[on].notnull()).mutate(day_of_year=day_of_year)
        at = dated.join(self.grid.select("customer_id", "slot", "cutoff_on"), "customer_id")
        # One key rather than two: engines that know nothing of the sizes else begin with every day of every slot.
        at = at.mutate(return_key=at.slot.cast("int64") * 10_000 + at.day_of_year)
        return at.join(self.calendar.returns, "return_key")


def _is_one_of(kind: ir.StringValue, kinds: Sequence[str]) -> ir.BooleanValue:
    return kind == kinds[0] if len(kinds) == 1 else kind.isin(kinds)


def _bits() -> ir.Table:
    return ibis.memtable({"rank": list(range(MANY_LABELS)), "label_bit": [1 << rank for rank in range(MANY_LABELS)]})
