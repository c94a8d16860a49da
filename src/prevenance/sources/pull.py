"""Pull what the sources sent into the lake: read, judge, build, compare, write - set by set, never row by row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from prevenance.kit import catalogue
from prevenance.kit.clock import naive_utc
from prevenance.kit.problems import BrokenPromiseError
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.kit.words import Words, number
from prevenance.records.tables import CONSENT_RECORDS, FACTS, IDENTIFIERS, PARTIES, QUARANTINE, LakeTable
from prevenance.sources.base import CURSOR, PLACE, Connector
from prevenance.sources.building import consents_expr, facts_expr, identifiers_expr, parties_expr
from prevenance.sources.comparing import CHANGED, NEW, SAME, Comparison, compare, newest_expr
from prevenance.sources.cursors import Place, Sitting, known_cursors, places_of, save_cursors, sitting_of
from prevenance.sources.drift import Drift, drifts_of, stop_on
from prevenance.sources.gone import Gone, take_back_deleted, take_back_missing
from prevenance.sources.judging import (
    PROBLEM,
    RECORD,
    deleted_expr,
    judged_expr,
    latest_expr,
    left_aside_expr,
    quarantine_expr,
    sound_expr,
)
from prevenance.sources.mapping import Lookup, SourceMapping
from prevenance.sources.plan import Plan
from prevenance.sources.reading import grouped_expr, looked_up_expr, own_rows_expr, read_ids, read_lookups, read_rows
from prevenance.sources.repairing import FIXED, corrected_expr, mark_repaired, marks
from prevenance.sources.shapes import Shape, known_shape, merged, save_shape, shape_of
from prevenance.storage import Lake


@dataclass(frozen=True)
class StreamReport:
    """Accounts for every row of a stream: `rows_in = inserted + updated + unchanged + quarantined`.

    A row counts once, however many events it makes: *inserted* when all it tells is new, *updated* when its record was
    known and something of it changed, *unchanged* when the lake stays as it was. Unchanged are also second copies of a
    record (`n_duplicates`), rows that rightly tell nothing (`n_left_aside`), and the rows of places that were not read
    again because nothing changed there. Where the mapping groups rows, a row is a group.
    """

    source: str
    stream: str
    rows_in: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    quarantined: int = 0
    n_duplicates: int = 0
    n_left_aside: int = 0
    n_outside: int = 0
    """Rows of the same places that belong to no part of this stream (`only`); not among `rows_in`."""
    without_ground: tuple[str, ...] = ()
    """Columns that the mapping names without purpose and legal basis: they were not loaded."""
    unmapped: tuple[str, ...] = ()
    """Columns that the source offers and the mapping does not know: they were not loaded."""
    n_places_read: int = 0
    n_places_skipped: int = 0
    drift: tuple[Drift, ...] = ()
    """How the columns changed since the last reading, where that did not stop the stream."""
    n_gone: int = 0
    """Records that the source no longer has; what they told ends with this load."""
    n_held_back: int = 0
    """Records that are missing from a reading that is empty or too small to be believed: they stay."""

    def as_counts(self) -> dict[str, int]:
        """Return where the rows went, as plain values."""
        return {
            "rows_in": self.rows_in,
            "inserted": self.inserted,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "quarantined": self.quarantined,
            "set_aside": self.n_duplicates + self.n_left_aside + self.n_outside,
            "gone": self.n_gone,
            "held_back": self.n_held_back,
        }

    def as_detail(self) -> dict[str, object]:
        """Return all there is to tell of this reading, as plain values."""
        remarks = [{"fr": remark.say("fr"), "en": remark.say("en")} for remark in self.remarks]
        return {"source": self.source, "stream": self.stream, **self.as_counts(), "remarks": remarks}

    @property
    def remarks(self) -> tuple[Words, ...]:
        """Return what a person should know of this reading beside its counts."""
        told = [drift.words for drift in self.drift]
        for n, said in ((self.n_gone, _GONE), (self.n_held_back, _HELD_BACK)):
            if n:
                told.append(Words(fr=said.say("fr", n=number(n, "fr")), en=said.say("en", n=number(n, "en"))))
        return tuple(told)


_GONE = Words(
    fr="{n} fiche(s) n’existent plus dans la source : ce qu’elles disaient prend fin.",
    en="{n} record(s) are gone from the source: what they told ends now.",
)
_HELD_BACK = Words(
    fr="{n} fiche(s) manquent d’un coup : la lecture semble incomplète, rien n’est retiré. Vérifiez la source ; "
    "si c’est juste, relevez `most_missing` dans le flux.",
    en="{n} record(s) are missing at once: the reading looks incomplete, nothing is taken back. Check the source; "
    "if it is right, raise `most_missing` in the stream.",
)


def pull(
    lake: Lake,
    mappings: Sequence[SourceMapping],
    *,
    data_folder: Path,
    as_of: datetime,
    progress: Progress | None = None,
    extensions: Path | None = None,
    hear_rejected: Callable[[pa.Table], None] | None = None,
) -> tuple[StreamReport, ...]:
    r"""Load what is new in every stream of these sources.

    Loading twice changes nothing; an interrupted load is completed by loading again; a record that is missing from an
    extract is kept unless the mapping says that it is gone; a record that now says something else supersedes what it
    said, from `as_of` on.

    Args:
        lake: where the rows go.
        mappings: the sources, from `load_mappings`.
        data_folder: the folder that locations start from.
        as_of: the instant of this load.
        progress: hears how it goes.
        extensions: the project's own folder, whose `connectors/` count too.
        hear_rejected: is given the rejected rows of each stream, those that are in quarantine already too.

    Raises:
        SourceError: a place is missing or cannot be read; streams before it are loaded and stay so.

    Example:
        >>> import tempfile
        >>> from datetime import UTC
        >>> from prevenance.storage import open_lake
        >>> field = {"id": "contract", "client": "contract", "day": {"ground": "contract", "parse": "date_dmy"}}
        >>> shop = SourceMapping.model_validate({
        ...     "source": "shop", "grounds": {"contract": {"purpose": "service", "basis": "contract"}},
        ...     "streams": {"orders": {
        ...         "connector": "csv_file", "location": "orders.csv", "record_id": "id", "subject": "shop:{client}",
        ...         "fields": field, "events": [{"kind": "order_placed", "occurred_at": "day", "object_id": "id"}]}}})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     _ = (Path(folder) / "orders.csv").write_text("id;client;day\nC1;7;11/03/2024\nC2;7;31/02/2024\n")
        ...     lake = open_lake(Path(folder) / "lake")
        ...     [report] = pull(lake, [shop], data_folder=Path(folder), as_of=datetime(2024, 4, 1, tzinfo=UTC))
        >>> report.rows_in, report.inserted, report.quarantined
        (2, 1, 1)
    """
    heard = progress or SilentProgress()
    own = extensions / "connectors" if extensions is not None else None
    connectors = catalogue.load("prevenance.sources.connectors", Connector, extra=own)  # type: ignore[type-abstract]  # entries are instances of subclasses
    corrections = marks(lake)
    plans = [
        Plan(mapping, name, corrections.get((mapping.source, name), ""))
        for mapping in mappings
        for name in mapping.streams
    ]
    heard.step("sources", total=len(plans))
    reports = []
    for plan in plans:
        report = _pull_stream(_Load(lake, plan, connectors, data_folder, as_of, hear_rejected))
        reports.append(report)
        heard.say(f"{plan.source.source}.{plan.name}: {report.rows_in} rows, {report.inserted} new")
        for remark in report.remarks:
            heard.say(f"{plan.source.source}.{plan.name}: {remark.en}")
        heard.advance()
    return tuple(reports)


@dataclass(frozen=True)
class _Load:
    """Holds what every step of loading one stream needs."""

    lake: Lake
    plan: Plan
    connectors: Mapping[str, Connector]
    data_folder: Path
    as_of: datetime
    hear_rejected: Callable[[pa.Table], None] | None = None

    @property
    def connector(self) -> Connector:
        """Return what reads the stream's places."""
        return self.connectors[self.plan.stream.connector]

    def places(self, location: str) -> tuple[Place, ...]:
        """Return the places of a location."""
        return places_of(location, self.data_folder)


def _pull_stream(load: _Load) -> StreamReport:
    plan, stream = load.plan, load.plan.stream
    places = load.places(stream.location)
    lookups = {name: load.places(lookup.location) for name, lookup in _lookups(plan).items()}
    known = known_cursors(load.lake, plan)
    sitting = sitting_of(plan, places, [place for found in lookups.values() for place in found], known)
    n_skipped = sum(known[place.label].n_rows for place in sitting.skipped)
    n_bad_skipped = sum(known[place.label].n_quarantined for place in sitting.skipped)
    report = StreamReport(plan.source.source, plan.name, without_ground=plan.without_ground)
    if sitting.to_read:
        report = _read_and_write(load, sitting, lookups)
    return replace(
        report,
        rows_in=report.rows_in + n_skipped,
        unchanged=report.unchanged + n_skipped - n_bad_skipped,
        quarantined=report.quarantined + n_bad_skipped,
        n_places_read=len(sitting.to_read),
        n_places_skipped=len(sitting.skipped),
    )


def _lookups(plan: Plan) -> dict[str, Lookup]:
    return {name: plan.source.lookups[name] for name in plan.stream.look_up.values()}


def _read_and_write(load: _Load, sitting: Sitting, lookups: Mapping[str, Sequence[Place]]) -> StreamReport:
    lake, plan = load.lake, load.plan
    raw = read_rows(lake, plan, load.connector, sitting.to_read, sitting.since)
    known = known_shape(lake, plan)
    shape, drift = _looked_at(load, raw, sitting.to_read[-1], known)
    own = own_rows_expr(raw, plan)
    whole = grouped_expr(looked_up_expr(own, plan, read_lookups(lake, plan, load.connectors, lookups)), plan)
    judged = lake.stage(judged_expr(corrected_expr(lake, whole, plan), plan, load.as_of))
    counts = _counts(lake, judged, plan)
    sound = sound_expr(judged, plan)
    if counts.n_sound != counts.n_records:
        sound = lake.stage(latest_expr(sound, plan))
    if plan.stream.changed_at is not None:
        sound = lake.stage(newest_expr(lake, plan, sound))
    deleted = lake.stage(deleted_expr(judged, plan)) if plan.stream.deleted is not None else None
    kept = sound if deleted is None else sound.anti_join(deleted, sound[RECORD] == deleted.record_id)
    statuses = _write(load, kept)
    rejected = lake.stage(quarantine_expr(judged, plan, load.as_of))
    if load.hear_rejected is not None:
        load.hear_rejected(lake.collect(rejected))
    lake.upsert(QUARANTINE, _unseen(lake, QUARANTINE, rejected))
    if plan.corrections:
        let_in = judged.filter(judged[PROBLEM] < 0, judged[FIXED].notnull())
        mark_repaired(lake, plan, lake.stage(let_in.select(row_id=FIXED).distinct()), load.as_of)
    gone = _take_back(load, sitting, judged, deleted)
    if shape != known:
        save_shape(lake, plan, shape, load.as_of)
    _remember(load, sitting, judged)
    inserted, updated = _records_by_status(lake, statuses)
    n_outside = lake.count(raw) - lake.count(own) if plan.stream.only is not None else 0
    return StreamReport(
        plan.source.source,
        plan.name,
        rows_in=counts.n_rows,
        inserted=inserted,
        updated=updated,
        unchanged=counts.n_rows - counts.n_quarantined - inserted - updated,
        quarantined=counts.n_quarantined,
        n_duplicates=counts.n_sound - counts.n_records,
        n_left_aside=counts.n_rows - counts.n_quarantined - counts.n_sound,
        n_outside=n_outside,
        without_ground=plan.without_ground,
        unmapped=tuple(c for c in shape.offered if not _is_mapped(c, plan.stream.fields)),
        drift=drift,
        n_gone=gone.n_gone,
        n_held_back=gone.n_held_back,
    )


def _looked_at(load: _Load, raw: ir.Table, place: Place, known: Shape | None) -> tuple[Shape, tuple[Drift, ...]]:
    """Return the shape to remember and how it changed.

    Raises:
        SourceError: the rows would mean something else than before.
    """
    lake, plan = load.lake, load.plan
    shape = shape_of(lake, raw, plan, load.connector.columns(place.location, plan.stream.options))
    drift = drifts_of(known, shape, plan)
    stop_on(drift, plan, place=place.label)
    return merged(known, shape), drift


def _take_back(load: _Load, sitting: Sitting, judged: ir.Table, deleted: ir.Table | None) -> Gone:
    lake, plan = load.lake, load.plan
    named = take_back_deleted(lake, plan, deleted, load.as_of) if deleted is not None else Gone()
    if plan.stream.missing_records == "stay":
        return named
    if sitting.since is None and not sitting.skipped:
        present = judged.filter(judged[RECORD].notnull()).select(record_id=judged[RECORD]).distinct()
    else:  # what changed does not tell what is missing: read the ids of everything
        present = read_ids(lake, plan, load.connector, (*sitting.skipped, *sitting.to_read))
    missing = take_back_missing(lake, plan, lake.stage(present), load.as_of)
    return Gone(named.n_gone + missing.n_gone, missing.n_held_back)


@dataclass(frozen=True)
class _Counts:
    n_rows: int
    n_quarantined: int
    n_sound: int
    n_records: int


def _counts(lake: Lake, judged: ir.Table, plan: Plan) -> _Counts:
    is_sound = (judged[PROBLEM] < 0) & ~left_aside_expr(judged, plan)
    one = judged.aggregate(
        n_rows=judged.count(),
        n_quarantined=(judged[PROBLEM] >= 0).sum(),
        n_sound=is_sound.sum(),
        n_records=judged[RECORD].nunique(where=is_sound),
    )
    found = lake.collect(one).to_pylist()[0]
    return _Counts(**{name: int(n or 0) for name, n in found.items()})


def _write(load: _Load, sound: ir.Table) -> list[ir.Table]:
    """Write what the rows tell; return for each table which records are the same, new or changed."""
    lake, plan, as_of = load.lake, load.plan, load.as_of
    statuses = []
    for table, built in ((FACTS, facts_expr(sound, plan)), (PARTIES, parties_expr(sound, plan, as_of))):
        if built is not None:
            comparison = compare(lake, plan, table, built, sound, as_of=as_of)
            statuses.append(lake.stage(comparison.statuses))
            _commit(lake, table, comparison)
    identifiers = identifiers_expr(sound, plan, as_of)
    if identifiers is not None:
        lake.upsert(IDENTIFIERS, _unseen(lake, IDENTIFIERS, identifiers))
    consents = consents_expr(sound, plan, as_of)
    if consents is not None:
        statuses.append(_write_consents(load, consents))
    return statuses


def _commit(lake: Lake, table: LakeTable, comparison: Comparison) -> None:
    """Write new and superseded rows in one commit; rows that are all new need no search for what they replace."""
    if comparison.superseded is None:
        lake.append(table, comparison.fresh)
        return
    lake.upsert(table, comparison.fresh.union(comparison.superseded.select(*table.columns)))


def _write_consents(load: _Load, consents: ir.Table) -> ir.Table:
    stored = load.lake.read(CONSENT_RECORDS)
    key = list(CONSENT_RECORDS.key)
    joined = consents.left_join(stored, key)
    says = ("subject", "is_given", "recorded_at", "proof")
    is_same = ibis.and_(*[joined[c].identical_to(joined[f"{c}_right"]) for c in says])
    status = ibis.cases((joined["known_at_right"].isnull(), NEW), (is_same, SAME), else_=CHANGED)
    now = ibis.literal(naive_utc(load.as_of)).cast("timestamp(6)")
    staged = load.lake.stage(joined.mutate(_status=status).select(*CONSENT_RECORDS.columns, "_status"))
    known_at = ibis.ifelse(staged["_status"] == CHANGED, ibis.greatest(staged.known_at, now), staged.known_at)
    changed = staged.mutate(known_at=known_at).filter(staged["_status"] != SAME)
    load.lake.upsert(CONSENT_RECORDS, changed.select(*CONSENT_RECORDS.columns))
    return staged.select("record_id", status=staged["_status"].cast("int64"))


def _unseen(lake: Lake, table: LakeTable, rows: ir.Table) -> ir.Table:
    """Return the rows whose key the lake does not have; those it has keep when they were first known."""
    return rows.anti_join(lake.read(table), list(table.key)).select(*table.columns)


def _records_by_status(lake: Lake, statuses: Sequence[ir.Table]) -> tuple[int, int]:
    """Return how many records are new and how many changed."""
    if not statuses:
        return 0, 0
    every = reduce(
        lambda left, right: left.union(right),
        [s.select("record_id", s.status.cast("int64").name("status")) for s in statuses],
    )
    records = every.group_by("record_id").agg(low=every.status.min(), high=every.status.max())
    is_new = (records.low == NEW) & (records.high == NEW)
    found = lake.collect(
        records.aggregate(n_new=is_new.sum(), n_changed=((records.high != SAME) & ~is_new).sum())
    ).to_pylist()[0]
    return int(found["n_new"] or 0), int(found["n_changed"] or 0)


def _remember(load: _Load, sitting: Sitting, judged: ir.Table) -> None:
    per_place = judged.group_by(place=judged[PLACE]).agg(
        n_rows=judged.count(), n_quarantined=(judged[PROBLEM] >= 0).sum(), position=judged[CURSOR].max()
    )
    found = {row["place"]: row for row in load.lake.collect(per_place).to_pylist()}
    unknown = set(found) - {place.label for place in sitting.to_read}
    if unknown:
        message = f"Rows came from places nobody asked for: {', '.join(sorted(unknown))}."
        raise BrokenPromiseError(message, stream=load.plan.name)
    nothing = {"n_rows": 0, "n_quarantined": 0, "position": None}
    cursors = {}
    for place in sitting.to_read:
        row = found.get(place.label, nothing)
        # An incremental reading that brings nothing new stays where it stood.
        cursors[place] = (int(row["n_rows"]), int(row["n_quarantined"] or 0), row["position"] or sitting.since)
    save_cursors(load.lake, load.plan, cursors, load.as_of)


def _is_mapped(offered: str, mapped: Iterable[str]) -> bool:
    """Return whether the mapping speaks of a column, or of something inside it or around it (JSON paths)."""
    bases = {name.partition("[")[0] for name in mapped}
    return any(base == offered or base.startswith(f"{offered}.") or offered.startswith(f"{base}.") for base in bases)
