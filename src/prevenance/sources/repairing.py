"""Correct refused rows and let them in: what a person changed stands over the row of the source, until that changes.

The source is never written to. A correction is kept with the row exactly as it was refused; each reading lays it over
that row before judging it. When the source says something else, its new word counts and the correction rests.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from prevenance.kit.clock import naive_utc
from prevenance.kit.hashing import fingerprint, stable_id
from prevenance.kit.problems import ConfigurationError, DataError
from prevenance.kit.spreadsheet import write_workbook
from prevenance.kit.words import Language, Words
from prevenance.records.tables import QUARANTINE, LakeTable
from prevenance.sources.base import BROKEN
from prevenance.sources.mapping import SourceMapping
from prevenance.sources.plan import Plan
from prevenance.sources.refused import MORE, WHOLE, cells_of, why_of
from prevenance.sources.sheets import look_at, read_sheet
from prevenance.sources.values import digest_expr, json_expr
from prevenance.storage import Lake

SOURCE_CORRECTIONS = LakeTable(
    "source_corrections",
    {
        "source": "string",
        "stream": "string",
        "row_id": "string",
        "refused": "string",
        "corrected": "string",
        "actor": "string",
        "corrected_at": "timestamp(6)",
    },
    key=("source", "stream", "row_id"),
    sort_by=("source", "stream", "row_id"),
)
FIXED = "_fixed"
_ENTRY = Words(fr="Ligne (ne pas changer)", en="Row (do not change)")
_SHEET = Words(fr="À corriger", en="To correct")


@dataclass(frozen=True)
class Correction:
    """Holds one row as it was refused and as a person corrected it."""

    source: str
    stream: str
    row_id: str
    refused: str
    corrected: Mapping[str, str | None]


def marks(lake: Lake) -> dict[tuple[str, str], str]:
    """Return for each stream with corrections a text that changes when they do."""
    ordered = lake.read(SOURCE_CORRECTIONS).order_by(list(SOURCE_CORRECTIONS.key))
    found: dict[tuple[str, str], list[list[str]]] = {}
    for row in lake.collect(ordered.select("source", "stream", "row_id", "corrected")).to_pylist():
        found.setdefault((row["source"], row["stream"]), []).append([row["row_id"], row["corrected"]])
    return {stream: fingerprint(rows) for stream, rows in found.items()}


def corrected_expr(lake: Lake, rows: ir.Table, plan: Plan) -> ir.Table:
    """Return the rows with the corrections of their stream laid over them, and `_fixed` beside: which one, or none."""
    if not plan.corrections:
        return rows
    raw = tuple(column for column in rows.columns if column in plan.fields)
    stored = lake.read(SOURCE_CORRECTIONS)
    own = stored.filter(_.source == plan.source.source, _.stream == plan.name)
    known = [(row["row_id"], json.loads(row["corrected"])) for row in lake.collect(own).to_pylist()]
    told = {FIXED: [row_id for row_id, _cells in known]}
    told |= {f"_said_{place}": [cells.get(name) for _id, cells in known] for place, name in enumerate(raw)}
    fixes = lake.stage(pa.table({name: pa.array(values, pa.string()) for name, values in told.items()}))
    numbered = rows.mutate(_row_id=row_id_expr(rows, raw, plan))
    met = numbered.left_join(fixes, numbered["_row_id"] == fixes[FIXED])
    laid = {
        name: ibis.ifelse(met[FIXED].notnull(), _as(met[f"_said_{place}"], rows[name]), met[name])
        for place, name in enumerate(raw)
    }
    laid[BROKEN] = ibis.ifelse(met[FIXED].notnull(), ibis.null(rows[BROKEN].type()), met[BROKEN])
    return met.mutate(**laid).select(*rows.columns, FIXED)


def row_id_expr(rows: ir.Table, raw: tuple[str, ...], plan: Plan) -> ir.StringValue:
    """Return what tells a row as it came from every other."""
    return digest_expr(ibis.coalesce(rows[BROKEN], json_expr(rows, raw, cells=False, plan=plan)))


def _as(said: ir.Value, column: ir.Value) -> ir.Value:
    return said if column.type().is_string() else said.try_cast(column.type())


def mark_repaired(lake: Lake, plan: Plan, repaired: ir.Table, as_of: datetime) -> None:
    """Mark the entries of the quarantine whose rows (`row_id`) have been let in by a correction."""
    waiting = lake.read(QUARANTINE).filter(
        _.source == plan.source.source, _.stream == plan.name, _.repaired_at.isnull()
    )
    fixed = lake.read(SOURCE_CORRECTIONS).select("row_id", by="actor")
    entries = waiting.mutate(row_id=digest_expr(waiting.payload)).semi_join(repaired, "row_id")
    told = entries.left_join(fixed, "row_id").mutate(
        repaired_at=ibis.literal(naive_utc(as_of)).cast("timestamp(6)"), repaired_by=_.by
    )
    lake.upsert(QUARANTINE, lake.stage(told.select(*QUARANTINE.columns).distinct()))


def waiting_entries(lake: Lake, source: str | None) -> ir.Table:
    """Return the refused rows that still wait."""
    waiting = lake.read(QUARANTINE).filter(_.repaired_at.isnull())
    return waiting if source is None else waiting.filter(_.source == source)


def write_for_correction(
    lake: Lake, folder: Path, source: str | None, language: Language, mappings: Iterable[SourceMapping]
) -> list[tuple[Path, int]]:
    """Write one workbook for each stream with refused rows, ready to be corrected; return them with their rows.

    A row that could not be parted into columns stands there whole, beside the stream's columns to be filled in.
    """
    columns = {(mapping.source, name): Plan(mapping, name).wanted for mapping in mappings for name in mapping.streams}
    rows = lake.collect(waiting_entries(lake, source).order_by(list(QUARANTINE.key))).to_pylist()
    streams: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = {}
    for row in rows:
        by_payload = streams.setdefault((row["source"], row["stream"]), {})
        by_payload.setdefault(row["payload"] or "", []).append(row)
    written = []
    for (name, stream), by_payload in streams.items():
        path = folder / f"{name}.{stream}.xlsx"
        folder.mkdir(parents=True, exist_ok=True)
        cells = [cells_of(payload, language) for payload in by_payload]
        is_broken = any(WHOLE.say(language) in one for one in cells)
        more = columns.get((name, stream), ()) if is_broken else ()
        names = list(dict.fromkeys([*(column for one in cells for column in one), *more]))
        lines = (
            [
                *(one.get(column) for column in names),
                "; ".join(dict.fromkeys(why_of(entry["reason"], language) for entry in entries)),
                "; ".join(dict.fromkeys(entry["field"] or "" for entry in entries)),
                "; ".join(dict.fromkeys(entry["value"] or "" for entry in entries)),
                f"{name}.{stream}:{stable_id(payload)}",  # one broken line may stand in several streams
            ]
            for one, (payload, entries) in zip(cells, by_payload.items(), strict=True)
        )
        heads = [*names, *(words.say(language) for words in MORE), _ENTRY.say(language)]
        write_workbook(path, _SHEET.say(language), heads, lines)
        written.append((path, len(by_payload)))
    return written


def corrections_in(lake: Lake, path: Path, mappings: Iterable[SourceMapping]) -> tuple[list[Correction], int]:
    """Return what a person changed in a workbook of refused rows, and how many lines stand there as they were.

    Raises:
        ConfigurationError: it is no such workbook.
        DataError: a line names a row that is not in quarantine.
    """
    heads = look_at(path, path.name)
    entry = next((words for words in (_ENTRY.fr, _ENTRY.en) if words in heads.names), None)
    if entry is None:
        message = f"{path.name} has no column {_ENTRY.fr!r}. Correct a file of `prevenance quarantine export`."
        raise ConfigurationError(message, file=path.name)
    _sheet, table = read_sheet(path, path.name, sheet=heads.name, decimal=".", wanted=heads.names)
    waiting = lake.collect(waiting_entries(lake, None).select("source", "stream", "payload").distinct()).to_pylist()
    known = {f"{row['source']}.{row['stream']}:{stable_id(row['payload'] or '')}": row for row in waiting}
    plans = {(mapping.source, name): Plan(mapping, name) for mapping in mappings for name in mapping.streams}
    aside = {*(words.fr for words in MORE), *(words.en for words in MORE), WHOLE.fr, WHOLE.en, entry}
    found, n_same = [], 0
    for line in table.to_pylist():
        row = known.get(line[entry] or "")
        if row is None:
            message = f"{path.name}: the line {line[entry]!r} is not in quarantine (any more). Export them again."
            raise DataError(message, file=path.name)
        was = cells_of(row["payload"], "en")
        said = {name: _text(value) for name, value in line.items() if name not in aside and not name.startswith("_")}
        changed = {name for name, value in said.items() if value != _text(was.get(name))}
        plan = plans.get((row["source"], row["stream"]))
        if plan is None:
            message = (
                f"No mapping reads {row['source']}.{row['stream']} any more. Bring its mapping back, then fix again."
            )
            raise ConfigurationError(message, source=row["source"])
        strange = sorted(changed - set(plan.fields))
        if strange:
            stream = f"{row['source']}.{row['stream']}"
            message = f"{path.name}: {stream} has no column {strange[0]!r}. Correct the columns it has."
            raise DataError(message, file=path.name)
        if changed:
            kept = {} if WHOLE.en in was else was
            corrected = {**kept, **{name: said[name] for name in changed}}
            refused = row["payload"] or ""
            found.append(Correction(row["source"], row["stream"], stable_id(refused), refused, corrected))
        else:
            n_same += 1
    return found, n_same


def keep(lake: Lake, corrections: Sequence[Correction], *, actor: str, at: datetime) -> None:
    """Keep corrections; of two about one row the later counts."""
    rows = [
        {
            "source": one.source,
            "stream": one.stream,
            "row_id": one.row_id,
            "refused": one.refused,
            "corrected": json.dumps(one.corrected, ensure_ascii=False, sort_keys=True),
            "actor": actor,
            "corrected_at": naive_utc(at),
        }
        for one in corrections
    ]
    if rows:
        schema = ibis.schema(SOURCE_CORRECTIONS.schema).to_pyarrow()
        lake.upsert(SOURCE_CORRECTIONS, pa.Table.from_pylist(rows, schema=schema))


def _text(value: Any) -> str | None:
    return None if value is None or str(value) == "" else str(value)
