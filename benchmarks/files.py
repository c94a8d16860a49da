"""Measure a file's way into the audited timeline against DuckDB's bare read of the same CSV, in CPU seconds of the same run.

    python benchmarks/files.py [--rows 200000] [--workbook] [--json]

Makes a seeded CSV of 12 columns as French people write them (dd/mm/yyyy, decimal comma, Oui/Non) in a temporary folder. Every
measurement runs in a process of its own; imports are not counted, what child processes use is:

    bare        DuckDB reads every cell of the CSV as text into a table
    add         `sources add --yes`: understood, mapped, judged, loaded with the record that undoing needs
    load        `pull` alone, by the mapping that `add` proposed
    timeline    load, audit, identity and timeline

With --workbook the same rows come as .xlsx, beside calamine's own reading of every cell.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

AS_OF = datetime(2026, 11, 26, tzinfo=UTC)
HEADER = "N° client;Société;SIRET;E-mail;Téléphone;Code postal;Ville;N° commande;Date commande;Montant TTC;Produit;Newsletter"


def write_csv(path: Path, n_rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"Export du CRM\r\n{HEADER}\r\n")
        for n in range(n_rows):
            client = n * 7919 % max(1, n_rows // 10)
            file.write(
                f"{client:06};Société n° {client};{client:09}00012;contact{client}@exemple-{client % 997}.fr;06 {client % 90 + 10} "
                f"{client // 90 % 90 + 10} {client // 8100 % 90 + 10} 78;{1000 + client % 90000:05};Nîmes;C{n:08};"
                f"{n % 28 + 1:02}/{n % 12 + 1:02}/{2024 + n % 3 - (n % 3 == 2 and n % 12 == 11)};{n % 9000},{n % 100:02} €;"
                f"Famille {n % 12};{'Oui' if client % 3 else 'Non'}\r\n"
            )


def write_workbook(path: Path, source: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Commandes")
    with source.open(encoding="utf-8", newline="") as file:
        for number, line in enumerate(file):
            for column, cell in enumerate(line.rstrip("\r\n").split(";")):
                sheet.write_string(number, column, cell)
    book.close()


def used() -> float:
    return sum(
        u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def bare(path: Path, _folder: Path) -> Any:
    import duckdb

    def work() -> int:
        con = duckdb.connect(config={"threads": 2})
        con.execute(
            f"CREATE TABLE t AS SELECT * FROM read_csv('{path}', delim=';', skip=1, header=true, all_varchar=true)"
        )
        return int(con.execute("SELECT count(*) FROM t").fetchall()[0][0])

    return work


def calamine(path: Path, _folder: Path) -> Any:
    import python_calamine

    return lambda: len(python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 2


def _files(folder: Path) -> Any:
    from prevenance.app import make_project
    from prevenance.sources import Files
    from prevenance.storage import open_lake

    make_project(folder, company="Acme", language="fr")
    return Files(folder, folder / "files", open_lake(folder / "data/lake"), AS_OF)


def add(path: Path, folder: Path) -> Any:
    files = _files(folder)
    return lambda: sum(report.inserted for report in files.add(path).streams if report.stream == "commandes")


def _loading(path: Path, folder: Path) -> Any:
    from prevenance.sources import load_mappings, pull

    files = _files(folder)
    draft = files.rehearse(path).mapping
    place = folder / "files/added" / draft.stem / path.name
    place.parent.mkdir(parents=True)
    shutil.copy(path, place)
    shutil.move(draft, folder / "mappings")

    def work() -> int:
        reports = pull(files.lake, load_mappings(folder / "mappings"), data_folder=folder / "files", as_of=AS_OF)
        return sum(report.inserted for report in reports if report.stream == "commandes")

    return files, work


def load(path: Path, folder: Path) -> Any:
    return _loading(path, folder)[1]


def timeline(path: Path, folder: Path) -> Any:
    from prevenance import audit, identity
    from prevenance import timeline as room
    from prevenance.kit.clock import FixedClock
    from prevenance.records.tables import EVENTS
    from prevenance.storage import open_ledger

    files, loaded = _loading(path, folder)
    ledger = open_ledger(f"sqlite:///{folder / 'data/ledger.db'}", clock=FixedClock(AS_OF))

    def work() -> int:
        loaded()
        audit.inspect(files.lake, as_of=AS_OF)
        identity.resolve(files.lake, ledger, as_of=AS_OF)
        room.record(files.lake, as_of=AS_OF)
        return int(files.lake.count(files.lake.read(EVENTS)))

    return work


KINDS = {one.__name__: one for one in (bare, calamine, add, load, timeline)}


def measured(kind: str, path: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bench-files-") as folder:
        work = KINDS[kind](path, Path(folder) / "acme")
        cpu, wall = used(), time.perf_counter()
        n = work()
        return {
            "kind": kind,
            "rows": n,
            "cpu_s": round(used() - cpu, 2),
            "wall_s": round(time.perf_counter() - wall, 2),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "child_peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--workbook", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(measured(asked.child[0], Path(asked.child[1]))))
        return
    with tempfile.TemporaryDirectory(prefix="bench-files-") as folder:
        path = Path(folder) / "commandes.csv"
        write_csv(path, asked.rows)
        if asked.workbook:
            write_workbook(path.with_suffix(".xlsx"), path)
            path = path.with_suffix(".xlsx")
        limit = "calamine" if asked.workbook else "bare"
        found = []
        for kind in (limit, "add", "load", "timeline"):
            done = subprocess.run(
                [sys.executable, __file__, "--child", kind, str(path)], capture_output=True, text=True, check=True
            )
            found.append(json.loads(done.stdout.splitlines()[-1]))
            found[-1]["times_limit"] = round(found[-1]["cpu_s"] / found[0]["cpu_s"], 1)
    if asked.json:
        print(json.dumps(found, indent=2))
        return
    print(f"{'':10}{'rows':>10}{'CPU s':>9}{'wall s':>9}{'x ' + limit:>12}{'peak MB':>10}{'child MB':>10}")
    for one in found:
        print(
            f"{one['kind']:10}{one['rows']:>10,}{one['cpu_s']:>9}{one['wall_s']:>9}{one['times_limit']:>12}"
            f"{one['peak_mb']:>10,}{one['child_peak_mb']:>10,}"
        )


if __name__ == "__main__":
    main()
