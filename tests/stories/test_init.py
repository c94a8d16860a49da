"""A company begins: the folder that `init` writes is whole, and its example can be used as it stands."""

import json
import subprocess
import sys

import pytest

_PROGRAM = [sys.executable, "-c", "from prevenance.cli import main; main()"]
CUSTOMERS = """Customer no;Company;E-mail;Phone;Post code;City;Language;Newsletter;Newsletter since;Remarks
0007;Société Générale de l’Été;ete@acme.example;01 23 45 67 89;01000;Bourg-en-Bresse;FR;oui;11/03/2026;
0008;Harrow Tools;tools@harrow.example;;HA1 1AA;Harrow;EN;;;likes blue
"""
ORDERS = """Order no;Customer no;Ordered on;Delivered on;Amount;Family
A-1;0007;11/03/2026;18/03/2026;1 234,50;pumps
A-2;0008;31/02/2026;;12,00;pumps
"""


def prevenance(*words, cwd):
    return subprocess.run([*_PROGRAM, *words], cwd=cwd, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_new_project_runs_at_once_and_its_example_mapping_loads_a_shop(tmp_path, language):
    assert prevenance("init", "acme", "--language", language, cwd=tmp_path).returncode == 0
    folder = tmp_path / "acme"
    (folder / "mappings" / "shop.yaml").write_text((folder / "mappings" / "example.yaml.txt").read_text())
    (folder / "files" / "shop").mkdir()
    (folder / "files" / "shop" / "customers.csv").write_text(CUSTOMERS)
    (folder / "files" / "shop" / "orders.csv").write_text(ORDERS)
    ran = prevenance("run", "--project", "acme", "--as-of", "2026-11-01", "--json", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    (sources,) = [stage for stage in json.loads(ran.stdout)["stages"] if stage["name"] == "sources"]
    assert (sources["rows_in"], sources["quarantined"]) == (4, 1)


def test_a_second_init_touches_nothing_and_says_why(tmp_path):
    prevenance("init", "acme", cwd=tmp_path)
    settings = tmp_path / "acme" / "prevenance.yaml"
    settings.write_text("company: Ours\n")
    again = prevenance("init", "acme", cwd=tmp_path)
    assert again.returncode == 2
    assert "already holds a project" in again.stderr
    assert settings.read_text() == "company: Ours\n"
