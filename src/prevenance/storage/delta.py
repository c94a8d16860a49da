"""Keep the lake as Delta Lake tables: atomic commits, updates by key, real deletes.

An engine reads the active Parquet files of a version; nothing but `deltalake` writes them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import TableNotFoundError

from prevenance.kit.problems import BrokenPromiseError
from prevenance.records.tables import LakeTable
from prevenance.storage.engines.base import Engine
from prevenance.storage.lake import MergeCounts, Rows

# Engines skip and share out whole row groups. The library's million rows leave a file of that size to one thread, and
# make it read every kind of event to find one; this is what DuckDB itself writes.
LAYOUT = WriterProperties(max_row_group_size=122_880)


class DeltaLake:
    """Reads and writes the tables below one folder."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self._folder = folder
        self._engine = engine
        self._snapshots: dict[str, tuple[int, ir.Table]] = {}

    def read(self, table: LakeTable) -> ir.Table:
        """Return the rows of the present version, or an empty table of the right shape."""
        stored = self._stored(table)
        paths = [] if stored is None else [Path(uri.removeprefix("file://")) for uri in stored.file_uris()]
        version = -1 if stored is None else stored.version()
        known = self._snapshots.get(table.name)
        if known is None or known[0] != version:
            rows = self._engine.files(paths) if paths else self._engine.stage(_arrow_schema(table).empty_table())
            known = (version, _shaped(rows, table))
            self._snapshots[table.name] = known
        return known[1]

    def replace(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Make these rows the whole table; commit nothing when that is what it already holds."""
        staged = self._staged(table, rows)
        before = self.read(table)
        changes = self._changes(table, staged, before)
        gone = self._engine.count(before.anti_join(staged, list(table.key)))
        counts = self._counts(changes, self._engine.count(staged))
        if counts.inserted or counts.updated or gone or self._stored(table) is None:
            self._write(table, staged, mode="overwrite")
        self._engine.drop(changes)
        self._engine.drop(staged)
        return counts

    def append(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Add rows that are known to be new."""
        staged = self._staged(table, rows)
        inserted = self._engine.count(staged)
        if inserted:
            self._write(table, staged, mode="append")
        self._engine.drop(staged)
        return MergeCounts(inserted=inserted)

    def upsert(self, table: LakeTable, rows: Rows) -> MergeCounts:
        """Insert rows with new keys and update rows that differ; commit nothing when none does."""
        staged = self._staged(table, rows)
        changes = self._changes(table, staged, self.read(table))
        counts = self._counts(changes, self._engine.count(staged))
        if counts.updated:
            self._merge(table, changes.drop("is_new"))
        elif counts.inserted:
            self._write(table, changes.drop("is_new"), mode="append")
        self._engine.drop(changes)
        self._engine.drop(staged)
        return counts

    def forget(self, table: LakeTable, column: str, values: Sequence[Any]) -> int:
        """Delete the rows in which `column` is one of `values`, from files too; return how many."""
        stored = self._stored(table)
        if stored is None or not values:
            return 0
        before = self._engine.count(self.read(table))
        listed = ", ".join(_literal(value) for value in values)
        stored.delete(f"{column} in ({listed})", writer_properties=LAYOUT)
        stored.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)
        return before - self._engine.count(self.read(table))

    def stage(self, rows: Rows) -> ir.Table:
        """Hold rows in the engine for the rest of this session."""
        return self._engine.stage(rows)

    def collect(self, expr: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""
        return self._engine.collect(expr)

    def batches(self, expr: ir.Table) -> pa.RecordBatchReader:
        """Run an expression and return its rows batch by batch."""
        return self._engine.batches(expr)

    def count(self, expr: ir.Table) -> int:
        """Return how many rows an expression has."""
        return self._engine.count(expr)

    def splink_api(self) -> Any:
        """Return the engine as Splink knows it, so that it compares records where the rest is computed."""
        return self._engine.splink_api()

    def version(self, table: LakeTable) -> int:
        """Return the number of the present version, -1 for a table that was never written."""
        stored = self._stored(table)
        return -1 if stored is None else stored.version()

    def _stored(self, table: LakeTable) -> DeltaTable | None:
        try:
            return DeltaTable(self._folder / table.name)
        except TableNotFoundError:
            return None

    def _staged(self, table: LakeTable, rows: Rows) -> ir.Table:
        incoming = rows if isinstance(rows, ir.Table) else self._engine.stage(rows)
        staged = self._engine.stage(_shaped(incoming, table))
        if not isinstance(rows, ir.Table):
            self._engine.drop(incoming)
        self._refuse_doubles(table, staged)
        return staged

    def _refuse_doubles(self, table: LakeTable, staged: ir.Table) -> None:
        doubled = staged.group_by(list(table.key)).agg(n=ibis._.count()).filter(ibis._.n > 1).limit(1)
        found = self._engine.collect(doubled).to_pylist()
        if found:
            key = {column: found[0][column] for column in table.key}
            message = f"Two rows for {table.name} share the key {key}. Make them one before they are written."
            raise BrokenPromiseError(message, table=table.name, key=key)

    def _changes(self, table: LakeTable, staged: ir.Table, stored: ir.Table) -> ir.Table:
        """Stage the rows that are new (`is_new`) or differ from what is stored under the same key."""
        inserted = staged.anti_join(stored, list(table.key)).mutate(is_new=True)
        others = [column for column in table.columns if column not in table.key]
        if not others:
            return self._engine.stage(inserted)
        joined = staged.join(stored, list(table.key), rname="{name}__stored")
        differs = ibis.or_(*[~joined[c].identical_to(joined[f"{c}__stored"]) for c in others])
        updated = joined.filter(differs).select(*table.columns).mutate(is_new=False)
        return self._engine.stage(inserted.union(updated))

    def _counts(self, changes: ir.Table, n_staged: int) -> MergeCounts:
        inserted = self._engine.count(changes.filter(changes.is_new))
        changed = self._engine.count(changes)
        return MergeCounts(inserted=inserted, updated=changed - inserted, unchanged=n_staged - changed)

    def _write(self, table: LakeTable, rows: ir.Table, *, mode: str) -> None:
        ordered = rows.order_by(list(table.sort_by or table.key))
        write_deltalake(
            self._folder / table.name,
            self._engine.batches(ordered),
            mode=mode,  # type: ignore[call-overload, unused-ignore]  # a literal in their stubs; ours are "append" and "overwrite"
            writer_properties=LAYOUT,
        )

    def _merge(self, table: LakeTable, rows: ir.Table) -> None:
        stored = self._stored(table)
        assert stored is not None, "only stored rows can have changed"
        matches = " and ".join(f"target.{column} = source.{column}" for column in table.key)
        (
            stored.merge(
                self._engine.collect(rows),
                matches,
                source_alias="source",
                target_alias="target",
                writer_properties=LAYOUT,
            )
            .when_matched_update_all()
            .when_not_matched_insert_all()
            .execute()
        )


def _shaped(rows: ir.Table, table: LakeTable) -> ir.Table:
    """Return the declared columns in the declared types; columns that are missing become null."""
    present = set(rows.columns)
    return rows.select(
        **{
            column: (rows[column].cast(dtype) if column in present else ibis.null(dtype))
            for column, dtype in table.schema.items()
        }
    )


def _arrow_schema(table: LakeTable) -> pa.Schema:
    return ibis.schema(table.schema).to_pyarrow()


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"
