"""An analyst brings records and learns which are the same person."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from prevenance.cli.face import build
from prevenance.identity import link_table
from prevenance.kit.problems import ConfigurationError

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "identity.py"


def febrl(shared_data: Path, name: str) -> pa.Table:
    """Return a set of FEBRL with the person's number beside: its ids say rec-<person>-org or -dup-<n>."""
    rows = pq.read_table(shared_data / "febrl" / f"{name}.parquet")
    people = [re.match(r"rec-(\d+)", said).group(1) for said in rows["rec_id"].to_pylist()]  # type: ignore[union-attr]
    return rows.append_column("person", pa.array(people))


def test_febrl_4_is_linked_at_its_target(shared_data: Path, tmp_path: Path) -> None:
    for name in ("dataset4a", "dataset4b"):
        pq.write_table(febrl(shared_data, name), tmp_path / f"{name}.parquet")
    paths = [str(tmp_path / f"{name}.parquet") for name in ("dataset4a", "dataset4b")]
    ran = CliRunner().invoke(build(), ["lab", "link", *paths, "--id", "rec_id", "--truth", "person", "--json"])
    assert ran.exit_code == 0, ran.output
    data = json.loads(ran.stdout)
    assert data["f1"] >= 0.999
    assert data["precision"] >= 0.999
    assert data["true_pairs"] == 5000


@pytest.mark.parametrize(("name", "least"), [("dataset1", 0.99), ("dataset3", 0.99)])
def test_one_table_is_freed_of_doubles(shared_data: Path, name: str, least: float) -> None:
    data = link_table(febrl(shared_data, name), identifier="rec_id", truth="person").data
    assert data["f1"] >= least  # type: ignore[operator]  # plain data
    assert data["precision"] >= 0.999  # type: ignore[operator]  # plain data


def test_mangled_addresses_are_linked_and_namesakes_are_not(shared_data: Path, tmp_path: Path) -> None:
    """Splink's own practice table, and generated persons whose address is their name and a number."""
    rows = shared_data / "fake_1000" / "fake_1000.parquet"
    data: Any = link_table(rows, identifier="unique_id", truth="cluster").data
    assert data["precision"] == 1.0
    assert data["f1"] >= 0.78
    command = [sys.executable, str(BENCHMARK), "--side", "make", "--persons", "20000", "--path"]
    subprocess.run([*command, str(tmp_path / "persons.parquet")], check=True, capture_output=True)
    many: Any = link_table(tmp_path / "persons.parquet", identifier="id", truth="personne").data
    assert many["precision"] >= 0.995
    assert many["f1"] >= 0.97


def test_the_truth_changes_no_link(shared_data: Path) -> None:
    rows = febrl(shared_data, "dataset1")
    with_, without = (link_table(rows, identifier="rec_id", truth=truth) for truth in ("person", None))
    assert with_.data["pairs"] == link_table(rows.drop(["person"]), identifier="rec_id").data["pairs"]
    assert without.data["f1"] is None


def test_records_without_names_are_refused_with_what_to_bring() -> None:
    rows = pa.table({"id": list(range(50)), "colour": ["bleu", "vert"] * 25})
    with pytest.raises(ConfigurationError, match="first name, last name"):
        link_table(rows, identifier="id")


def test_an_id_used_twice_is_refused() -> None:
    rows = pa.table({"id": [1, 1], "nom": ["Roy", "Roy"], "ville": ["Lyon", "Lyon"]})
    with pytest.raises(ConfigurationError, match="twice"):
        link_table(rows, identifier="id")
