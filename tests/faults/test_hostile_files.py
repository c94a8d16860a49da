"""A hostile or damaged file is refused in words, within memory and time; nothing of it is loaded (FILE-01)."""

import contextlib
import os
import random
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from prevenance.kit import catalogue
from prevenance.kit.problems import SourceError
from prevenance.sources import Connector, Reading

CONNECTORS = catalogue.load("prevenance.sources.connectors", Connector)  # type: ignore[type-abstract]


def read(path: Path) -> list[dict[str, object]]:
    connector = CONNECTORS["csv_file" if path.suffix == ".csv" else "excel_file"]
    wanted = connector.columns(str(path), {})
    return list(connector.read(Reading(wanted, path.name), str(path)).read_all().to_pylist())


def workbook(path: Path, *rows: list[object]) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Clients")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


def sound(path: Path) -> Path:
    return workbook(path, ["Code", "Nom"], *[[f"{n:04}", f"Client {n}"] for n in range(50)])


def repacked(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(sound(path)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, change(name, content))
    return path


def bomb(path: Path) -> Path:
    def swell(name: str, content: bytes) -> bytes:
        return b"<worksheet><sheetData>" + b" " * 200_000_000 if name.endswith("sheet1.xml") else content

    return repacked(path, swell)


def billion_laughs(path: Path) -> Path:
    laughs = "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol0 "lol">{laughs}]>'.encode()
    return repacked(path, lambda name, xml: head + xml.partition(b"?>")[2] if "sharedStrings" in name else xml)


def far_corner(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Code", "Nom"])
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    return path


def cut_short(path: Path) -> Path:
    path.write_bytes(sound(path).read_bytes()[:-900])
    return path


def climbing(path: Path) -> Path:
    with zipfile.ZipFile(sound(path), "a") as packed:
        packed.writestr("../../evil.xml", "<x/>")
    return path


def ten_million_columns(path: Path) -> Path:
    path.write_bytes(b";".join([b"c"] * 10_000_000) + b"\n1\n")
    return path


def nul_bytes(path: Path) -> Path:
    path.write_bytes(b"Code;Nom\n" + b"0042;M\x00ller\n" * 1000)
    return path


HOSTILE: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "bomb": ("a.xlsx", bomb, "unpack"),
    "billion laughs": ("a.xlsx", billion_laughs, "document type"),
    "one cell in the far corner": ("a.xlsx", far_corner, "empty|needs more than"),
    "cut short": ("a.xlsx", cut_short, "cannot be read"),
    "a part outside": ("a.xlsx", climbing, "outside"),
    "10 million columns": ("a.csv", ten_million_columns, "no table"),
    "NUL bytes": ("a.csv", nul_bytes, "NUL"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_within_bounds(name: str, tmp_path: Path) -> None:
    file, build, said = HOSTILE[name]
    path = build(tmp_path / file)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SourceError, match=said) as caught:
        read(path)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 300_000, f"{grown} kB"
    assert "a." in str(caught.value)
    assert caught.value.facts["retry"] is False


def test_a_formula_is_read_as_its_result_and_never_as_itself(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Code", "Total"])
    sheet.write(1, 0, "0042")
    sheet.write_formula(1, 1, '=HYPERLINK("http://evil.example","x")', None, 12.5)
    book.close()
    assert [row["Total"] for row in read(tmp_path / "a.xlsx")] == ["12.5"]


def test_random_damage_never_takes_the_reader_down(tmp_path: Path) -> None:
    chance = random.Random(7)
    whole = sound(tmp_path / "a.xlsx").read_bytes()
    for _ in range(int(os.environ.get("PREVENANCE_DAMAGED_FILES", "12"))):
        damaged = bytearray(whole)
        for _ in range(8):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        (tmp_path / "b.xlsx").write_bytes(damaged)
        with contextlib.suppress(SourceError):  # anything else is a failure
            assert len(read(tmp_path / "b.xlsx")) <= 60
