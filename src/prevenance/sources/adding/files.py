"""Add files to a project: propose, rehearse, load, and take a load back."""

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from prevenance.kit import catalogue
from prevenance.kit.problems import ConfigurationError, SourceError
from prevenance.kit.words import Language
from prevenance.records.tables import LAKE_TABLES, LakeTable
from prevenance.sources import repairing
from prevenance.sources.adding.draft import draft_yaml
from prevenance.sources.adding.journal import Journal, LoadRecord
from prevenance.sources.adding.look import Table, tables_of
from prevenance.sources.adding.meanings import folded
from prevenance.sources.adding.propose import propose, remember
from prevenance.sources.adding.recording import RecordingLake, RehearsalLake, take_back
from prevenance.sources.adding.rehearsal import Rehearsal
from prevenance.sources.adding.rejects import write_rejects
from prevenance.sources.base import Connector
from prevenance.sources.cursors import SOURCE_CURSORS
from prevenance.sources.gone import GONE_RECORDS
from prevenance.sources.mapping import SourceMapping
from prevenance.sources.mapping_files import load_mappings, read_mapping
from prevenance.sources.pull import StreamReport, pull
from prevenance.sources.shapes import SOURCE_SHAPES
from prevenance.storage import Lake

_OWN = (SOURCE_CURSORS, SOURCE_SHAPES, GONE_RECORDS, repairing.SOURCE_CORRECTIONS)
_TABLES: dict[str, LakeTable] = {**LAKE_TABLES, **{table.name: table for table in _OWN}}
_ADDED = "added"


@dataclass(frozen=True)
class Repair:
    """Counts the lines of a corrected workbook: let in, refused again, and left as they were."""

    n_let_in: int
    n_refused_again: int
    n_as_before: int


@dataclass(frozen=True)
class Files:
    """Adds files to one project's sources.

    Attributes:
        folder: the project folder.
        data_folder: where its files lie.
        lake: where their rows go.
        as_of: the instant of a load.
        language: in which drafts and rejects speak.
        currency: of amounts without one.
        time_zone: of times without one.
    """

    folder: Path
    data_folder: Path
    lake: Lake
    as_of: datetime
    language: Language = "fr"
    currency: str = "EUR"
    time_zone: str = "Europe/Paris"
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        """Find the journal of the project."""
        object.__setattr__(self, "journal", Journal(self.folder / "data" / "loads"))

    def rehearse(self, path: Path, *, afresh: bool = False) -> Rehearsal:
        """Write a draft of the mapping if there is none, and say what loading the file by it would do.

        Args:
            path: the file.
            afresh: whether to propose again even though a draft lies there.

        Raises:
            SourceError: the file cannot be read.
            ConfigurationError: the draft holds mistakes, all told together.
        """
        self.recover()
        understood = self._understood(path, afresh=afresh)
        rejected: list[pa.Table] = []
        with tempfile.TemporaryDirectory(prefix="prevenance-rehearsal-") as beside:
            place = Path(beside) / _ADDED / understood.source / _safe(path.name)
            place.parent.mkdir(parents=True)
            place.symlink_to(path.resolve())
            streams = self._pull(RehearsalLake(self.lake), understood.mapping, Path(beside), rejected)
        drafts = self._drafts
        out = drafts / f"{path.stem}.rejected.xlsx"
        n_rejects = write_rejects(out, rejected, self.language)
        return replace(understood, streams=streams, rejects=out if n_rejects else None)

    def add(self, path: Path) -> Rehearsal:
        """Load a file by its mapping - the draft, as the person left it, or the one that reads such files already.

        What is interrupted leaves nothing: the next command takes back what was half done.
        """
        self.recover()
        understood = self._understood(path, afresh=False)
        rejected: list[pa.Table] = []
        with self.journal.alone():
            number = self.journal.next_number()
            place = f"{_ADDED}/{understood.source}/{number}_{_safe(path.name)}"
            record = LoadRecord(
                number, path.name, understood.source, place, self.as_of.isoformat(), "loading", not understood.is_known
            )
            self.journal.save(record)
            try:
                _copy(path, self.data_folder / place)
                streams = self._load(record, understood.mapping, rejected)
                if record.has_new_mapping:
                    _copy(understood.mapping, self._mapping_of(record))
            except Exception:
                self._discard(record)
                raise
            rejects = self.journal.folder_of(record) / f"{path.stem}.rejected.xlsx"
            n_rejects = write_rejects(rejects, rejected, self.language)
            record = replace(record, streams=tuple(asdict(report) for report in streams))
            self.journal.mark(record, "loaded")
        if record.has_new_mapping:
            understood.mapping.unlink()
        return replace(
            understood,
            mapping=self._mapping_of(record),
            streams=streams,
            rejects=rejects if n_rejects else None,
            load=number,
        )

    def undo(self, load: str) -> LoadRecord:
        """Take a load back, so that the tables are as if it had never been; later loads of its source stay.

        They are taken back too, and loaded again as of their own days: what both said is then told by the later one.

        Raises:
            ConfigurationError: there is no such load, or it is not there to be undone.
        """
        self.recover()
        record = self.journal.record(load)
        if record.status != "loaded":
            message = f"Load {record.load} is {record.status}; only a load that is there can be undone."
            raise ConfigurationError(message, load=load)
        with self.journal.alone():
            later = [one for one in self.journal.records() if self._follows(one, record)]
            for one in later:
                self.journal.mark(one, "replaying")
            self.journal.mark(record, "undoing")
            self._finish()
        return self.journal.record(record.load)

    def export_refused(self, folder: Path, source: str | None) -> list[tuple[Path, int]]:
        """Write the refused rows that wait to workbooks, one a stream, ready to be corrected; return rows of each."""
        return repairing.write_for_correction(self.lake, folder, source, self.language, self._mappings())

    def fix(self, path: Path, *, actor: str) -> Repair:
        """Let in the rows that a person corrected in such a workbook; the source itself is never written to.

        Raises:
            ConfigurationError: it is no such workbook, or nobody says who corrected it.
            DataError: a line names a row or a column that is not there.
        """
        if not actor.strip():
            raise ConfigurationError("Say who corrected the rows (--actor); it is kept with them.", file=path.name)
        self.recover()
        mappings = self._mappings()
        corrections, n_same = repairing.corrections_in(self.lake, path, mappings)
        repairing.keep(self.lake, corrections, actor=actor, at=self.as_of)
        touched = {one.source for one in corrections}
        pull(
            self.lake,
            [mapping for mapping in mappings if mapping.source in touched],
            data_folder=self.data_folder,
            as_of=self.as_of,
            extensions=self._extensions,
        )
        waiting = repairing.waiting_entries(self.lake, None).select("source", "stream", "payload")
        still = {tuple(row.values()) for row in self.lake.collect(waiting).to_pylist()}
        n_refused = sum((one.source, one.stream, one.refused) in still for one in corrections)
        return Repair(len(corrections) - n_refused, n_refused, n_same)

    def loads(self) -> tuple[LoadRecord, ...]:
        """Return every load of the project, oldest first."""
        return self.journal.records()

    def recover(self) -> None:
        """Finish or take back what an interrupted command left half done; nothing is half done most days."""
        if any(one.status in {"loading", "undoing", "replaying"} for one in self.journal.records()):
            with self.journal.alone():
                self._finish()

    def _finish(self) -> None:
        records = self.journal.records()
        for record in reversed(records):
            if record.status in {"loading", "undoing", "replaying"}:
                self._take_back(record)
            if record.status == "loading":
                self._discard(record)
            if record.status == "undoing":
                self._put_away(record)
                self.journal.mark(record, "undone")
        for record in records:
            if record.status == "replaying":
                self._load(record, self._mapping_of(record), [])
                self.journal.mark(record, "loaded")

    def _follows(self, one: LoadRecord, record: LoadRecord) -> bool:
        return one.source == record.source and one.load > record.load and one.status == "loaded"

    def _load(self, record: LoadRecord, mapping: Path, rejected: list[pa.Table]) -> tuple[StreamReport, ...]:
        lake = RecordingLake(self.lake, self.journal.writes_of(record))
        with tempfile.TemporaryDirectory(prefix="prevenance-load-") as beside:
            # Only this file: what else lies in the folder has loads of its own.
            place = Path(beside) / record.place
            place.parent.mkdir(parents=True)
            place.symlink_to((self.data_folder / record.place).resolve())
            return self._pull(lake, mapping, Path(beside), rejected, as_of=datetime.fromisoformat(record.as_of))

    def _pull(
        self, lake: Lake, mapping: Path, data_folder: Path, rejected: list[pa.Table], *, as_of: datetime | None = None
    ) -> tuple[StreamReport, ...]:
        return pull(
            lake,
            [read_mapping(mapping, extensions=self._extensions)],
            data_folder=data_folder,
            as_of=as_of or self.as_of,
            extensions=self._extensions,
            hear_rejected=rejected.append,
        )

    def _take_back(self, record: LoadRecord) -> None:
        writes = self.journal.writes_of(record)
        take_back(self.lake, writes, _TABLES)
        shutil.rmtree(writes, ignore_errors=True)

    def _discard(self, record: LoadRecord) -> None:
        """Leave of a load that failed nothing but its line in the journal."""
        self._take_back(record)
        (self.data_folder / record.place).unlink(missing_ok=True)
        if record.has_new_mapping:
            self._mapping_of(record).unlink(missing_ok=True)
        self.journal.mark(record, "interrupted")

    def _put_away(self, record: LoadRecord) -> None:
        """Keep an undone load's file beside its record, and its mapping as a draft when nothing else needs it."""
        place = self.data_folder / record.place
        if place.is_file():
            shutil.move(place, self.journal.folder_of(record) / place.name)
        others = [one for one in self.journal.records() if one.source == record.source and one.load != record.load]
        mapping = self._mapping_of(record)
        was_made_by_a_load = record.has_new_mapping or any(one.has_new_mapping for one in others)
        if (
            was_made_by_a_load
            and not any(one.status in {"loaded", "replaying"} for one in others)
            and mapping.is_file()
        ):
            self._drafts.mkdir(parents=True, exist_ok=True)
            shutil.move(mapping, self._drafts / f"{record.source}.yaml")

    @property
    def _drafts(self) -> Path:
        return self.folder / "mappings" / "drafts"

    @property
    def _extensions(self) -> Path | None:
        folder = self.folder / "extensions"
        return folder if folder.is_dir() else None

    def _mapping_of(self, record: LoadRecord) -> Path:
        return self.folder / "mappings" / f"{record.source}.yaml"

    def _understood(self, path: Path, *, afresh: bool) -> Rehearsal:
        own = self._extensions / "connectors" if self._extensions else None
        connectors = catalogue.load("prevenance.sources.connectors", Connector, extra=own)  # type: ignore[type-abstract]  # entries are instances of subclasses
        tables = tables_of(path, connectors, prefers_french=self.language == "fr")
        mappings = self._mappings()
        known = next((m for m in mappings if _reads(m, tables)), None)
        if known is not None:
            return self._rehearsal(path, known.source, self.folder / "mappings" / f"{known.source}.yaml", tables)
        source = _source_name(path.stem, {m.source for m in mappings})
        draft = self._drafts / f"{source}.yaml"
        unknown: tuple[Table, ...] = ()
        if afresh or not draft.is_file():
            content, unknown = propose(
                tables,
                source,
                remember(mappings),
                language=self.language,
                currency=self.currency,
                time_zone=self.time_zone,
            )
            if not content["streams"]:
                raise _nobody(path, tables)
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(draft_yaml(content, tables, path.name, self.language), encoding="utf-8")
        return replace(self._rehearsal(path, source, draft, tables), is_known=False, unknown=unknown)

    def _rehearsal(self, path: Path, source: str, mapping: Path, tables: tuple[Table, ...]) -> Rehearsal:
        read = read_mapping(mapping, extensions=self._extensions)
        loaded = frozenset(c for s in read.streams.values() for c, m in s.fields.items() if m.ground in read.grounds)
        return Rehearsal(path.name, source, mapping, is_known=True, tables=tables, loaded_columns=loaded)

    def _mappings(self) -> tuple[SourceMapping, ...]:
        folder = self.folder / "mappings"
        has_any = any(folder.glob("*.yaml")) or any(folder.glob("*.yml"))
        return load_mappings(folder, extensions=self._extensions) if has_any else ()


def _reads(mapping: SourceMapping, tables: Iterable[Table]) -> bool:
    """Return whether a mapping of added files reads these: same kind of file, every column that it needs."""
    streams = mapping.streams.values()
    if not all(stream.location == f"{_ADDED}/{mapping.source}/*" for stream in streams):
        return False
    offered = list(tables)
    return all(
        any(
            table.connector == stream.connector
            and {name for name, mapped in stream.fields.items() if mapped.ground and not mapped.optional} <= table.names
            and (table.title == stream.options["sheet"] if "sheet" in stream.options else table is offered[0])
            for table in offered
        )
        for stream in streams
    )


def _nobody(path: Path, tables: Iterable[Table]) -> SourceError:
    seen = "; ".join(", ".join(column.name for column in table.columns) for table in tables)
    message = (
        f"{path.name}: no column names a customer (a number, an e-mail address, a phone, a company or a name). "
        f"Columns seen: {seen}. Name one so, or write a mapping by hand (docs/mapping.md)."
    )
    return SourceError(message, place=path.name, retry=False)


def _source_name(stem: str, taken: set[str]) -> str:
    words = [word for word in folded(stem).split() if not word.isdigit()] or ["file"]
    name = "_".join(words)[:40].strip("_")
    name = name if name[0].isalpha() else f"file_{name}"
    n = 2
    while name in taken:
        name, n = f"{name.rpartition('_')[0] if n > 2 else name}_{n}", n + 1
    return name


def _safe(name: str) -> str:
    """Return a file name without the signs that patterns and shells read."""
    stem, dot, suffix = name.rpartition(".")
    return f"{folded(stem).replace(' ', '_') or 'file'}{dot}{suffix.casefold()}"


def _copy(source: Path, target: Path) -> None:
    """Copy a file so that it appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.parent.parent / f".{target.name}.part"
    shutil.copyfile(source, beside)
    beside.replace(target)
