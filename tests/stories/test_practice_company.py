"""The practice company: what it promises to everyone who learns, tests or measures on it."""

import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook
from sklearn.metrics import roc_auc_score

from prevenance.demo import PracticeCompany, generate, react
from prevenance.kit.problems import ConfigurationError, DataError


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> PracticeCompany:
    return generate(tmp_path_factory.mktemp("practice") / "small", size="small", seed=7)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> PracticeCompany:
    return generate(tmp_path_factory.mktemp("practice") / "tiny", size="tiny", seed=7)


@pytest.fixture(scope="module")
def without_effect(tmp_path_factory: pytest.TempPathFactory) -> PracticeCompany:
    return generate(tmp_path_factory.mktemp("practice") / "none", size="tiny", kind="no-effect", seed=7)


def digests(company: PracticeCompany) -> dict[str, str]:
    files = (path for path in company.folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(company.folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)
    }


def crm(company: PracticeCompany, name: str) -> pa.Table:
    text = (company.folder / "crm" / f"{name}.csv").read_bytes().decode("cp1252").encode()
    everything = pacsv.ConvertOptions(strings_can_be_null=True, null_values=[""])
    return pacsv.read_csv(
        pa.BufferReader(text), parse_options=pacsv.ParseOptions(delimiter=";"), convert_options=everything
    )


def helpdesk(company: PracticeCompany) -> list[dict[str, list[dict[str, object]]]]:
    return [json.loads(path.read_text()) for path in sorted((company.folder / "helpdesk").glob("*.json"))]


def truth(company: PracticeCompany, name: str) -> pa.Table:
    return pq.read_table(company.folder / "truth" / f"{name}.parquet")


def erp(company: PracticeCompany, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(company.folder / "erp" / "erp.sqlite") as database:
        return database.execute(query).fetchall()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tiny: PracticeCompany, tmp_path: Path) -> None:
    again, other = generate(tmp_path / "again", size="tiny", seed=7), generate(tmp_path / "other", size="tiny", seed=8)
    assert digests(again) == digests(tiny)
    assert digests(other)["crm/clients.csv"] != digests(tiny)["crm/clients.csv"]


def test_a_folder_of_something_else_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "precious.txt").write_text("keep me")
    with pytest.raises(ConfigurationError, match="Choose another folder"):
        generate(tmp_path / "letters", size="tiny")
    assert (tmp_path / "letters" / "precious.txt").read_text() == "keep me"
    assert not (tmp_path / "letters.partial").exists()


def test_an_older_practice_company_is_replaced_and_nothing_half_done_stays(tmp_path: Path) -> None:
    generate(tmp_path / "mecalea", size="tiny", seed=1)
    second = generate(tmp_path / "mecalea", size="tiny", seed=2)
    assert json.loads((second.folder / "practice.json").read_text())["seed"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mecalea"]


def test_an_unknown_size_or_kind_is_refused_with_the_choices(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="tiny, small, medium, large"):
        generate(tmp_path / "x", size="huge")  # type: ignore[arg-type]  # a mistake that only running finds
    with pytest.raises(ConfigurationError, match="standard, dirty, no-effect"):
        generate(tmp_path / "x", kind="clean")  # type: ignore[arg-type]  # same


def test_every_file_opens_with_a_plain_tool_and_holds_the_promised_columns(small: PracticeCompany) -> None:
    assert crm(small, "clients").column_names[:3] == ["Code client", "Raison sociale", "SIREN"]
    assert crm(small, "contacts").column_names[-2:] == ["Objection profilage", "Créé le"]
    assert erp(small, "PRAGMA integrity_check") == [("ok",)]
    pages = helpdesk(small)
    assert [page["end_of_stream"] for page in pages] == [False] * (len(pages) - 1) + [True]
    assert sum(len(page["tickets"]) for page in pages) == small.counts["helpdesk:tickets"]
    sheet = CalamineWorkbook.from_path(small.folder / "survey" / "enquete_satisfaction.xlsx")
    rows = sheet.get_sheet_by_name("Réponses").to_python()
    assert rows[2][:3] == ["Date", "E-mail", "Société"]
    assert rows[-1][0] == "Total"
    assert len(list((small.folder / "knowledge_base" / "fr").iterdir())) == 12


def test_every_product_event_is_a_line_of_json_within_its_month(tiny: PracticeCompany) -> None:
    paths = sorted((tiny.folder / "product").iterdir())
    assert len(paths) == 36
    for path in paths[::7]:
        events = [json.loads(line) for line in path.read_text().splitlines()]
        assert {event["type"] for event in events} <= {"track", "identify", "group"}
        assert {event["timestamp"][:7] for event in events} == {path.stem.removeprefix("events-")}


def test_the_small_company_has_the_promised_size(small: PracticeCompany) -> None:
    events = sum(count for name, count in small.counts.items() if name.startswith("product/"))
    assert small.n_customers == truth(small, "customers").num_rows == 1_000
    assert 150_000 < events < 300_000
    assert small.as_of == datetime(2026, 11, 1, tzinfo=UTC)


def test_three_in_ten_crm_records_lack_contact_details(small: PracticeCompany) -> None:
    for name in ("clients", "contacts"):
        table = crm(small, name)
        lacking = pc.and_(pc.is_null(table["Téléphone"]), pc.is_null(table["E-mail"]))
        assert pc.mean(lacking).as_py() == pytest.approx(0.30, abs=0.05)


def test_six_in_ten_interactions_are_absent_from_the_crm(small: PracticeCompany) -> None:
    faults = truth(small, "faults")
    n_absent = faults.filter(pc.equal(faults["kind"], "absent_from_crm")).num_rows
    n_elsewhere = small.counts["helpdesk:tickets"] + small.counts["field_reports"]
    assert n_absent / n_elsewhere == pytest.approx(0.60, abs=0.02)
    assert small.counts["crm/interactions.csv"] / n_elsewhere == pytest.approx(0.42, abs=0.03)


def test_planted_faults_are_where_the_truth_says(small: PracticeCompany) -> None:
    faults = truth(small, "faults")

    def keys(kind: str, file: str) -> set[str]:
        return set(faults.filter((pc.field("kind") == kind) & (pc.field("file") == file))["row_key"].to_pylist())

    negative = {row[0] for row in erp(small, "SELECT order_no FROM orders WHERE amount < 0 OR amount > 1e9")}
    assert negative == keys("impossible_amount", "erp/erp.sqlite:orders")
    assert len(negative) > 5
    doubled = keys("doubled_client", "crm/clients.csv")
    assert doubled <= set(crm(small, "clients")["Code client"].to_pylist())
    assert len(doubled) / 1_000 == pytest.approx(0.03, abs=0.015)


def test_the_dirty_company_is_dirtier_and_garbles_letters(tiny: PracticeCompany, tmp_path: Path) -> None:
    dirty = generate(tmp_path / "dirty", size="tiny", kind="dirty", seed=7)
    kinds = {row["values"]: row["counts"] for row in pc.value_counts(truth(dirty, "faults")["kind"]).to_pylist()}
    assert truth(dirty, "faults").num_rows > truth(tiny, "faults").num_rows
    assert {"garbled_text", "broken_line"} <= set(kinds)
    assert "Ã©" in (dirty.folder / "helpdesk" / "export-0001.json").read_text()
    assert truth(dirty, "leaving").equals(truth(tiny, "leaving"))  # the same life, written down worse


def test_french_registration_numbers_carry_a_right_luhn_key(small: PracticeCompany) -> None:
    sirens = truth(small, "customers")["siren"].drop_null().to_pylist()
    assert len(sirens) == len(set(sirens)) > 600

    def luhn(number: str) -> int:
        doubled = [int(c) * (2 if place % 2 else 1) for place, c in enumerate(reversed(number))]
        return sum(value - 9 * (value > 9) for value in doubled) % 10

    assert {luhn(number) for number in sirens} == {0}


def test_all_addresses_are_fictional(small: PracticeCompany) -> None:
    emails = truth(small, "people")["email"].to_pylist()
    assert all(email.endswith(".example") for email in emails)
    numbers = crm(small, "contacts")["Téléphone"].drop_null().to_pylist()
    plain = {"".join(c for c in number if c.isdigit()) for number in numbers}
    national = {"0" + number.removeprefix("00")[2:] if number[:2] in {"33", "44", "00"} else number for number in plain}
    assert all(number.startswith(("063998", "07700900")) for number in national)


def test_the_best_possible_prediction_is_good_calibrated_and_not_perfect(small: PracticeCompany) -> None:
    leaving = truth(small, "leaving").filter(pc.field("has_contract") & pc.field("left").is_valid())
    probability, left = leaving["probability"].to_numpy(), leaving["left"].to_numpy(zero_copy_only=False)
    assert 0.84 < roc_auc_score(left, probability) < 0.92
    assert left.mean() == pytest.approx(probability.mean(), rel=0.15)
    likely = probability > 0.15
    assert left[likely].mean() == pytest.approx(probability[likely].mean(), rel=0.2)


def test_one_contract_in_seven_ends_each_year(small: PracticeCompany) -> None:
    leaving = truth(small, "leaving").filter(pc.field("has_contract"))
    ended = erp(small, "SELECT count(*) FROM contracts WHERE status = 'ended'")[0][0]
    assert 0.11 < ended / (leaving.num_rows / 12) < 0.19


def test_contracts_in_the_erp_end_when_the_truth_says(small: PracticeCompany) -> None:
    customers = truth(small, "customers").filter(pc.field("has_contract") & pc.field("left_at").is_valid())
    known = dict(zip(customers["erp_no"].to_pylist(), customers["left_at"].to_pylist(), strict=True))
    ended = dict(erp(small, "SELECT customer_no, ended_on FROM contracts WHERE status = 'ended'"))
    assert ended == {number: day.date().isoformat() for number, day in known.items()}


def test_activity_falls_before_a_customer_leaves(small: PracticeCompany) -> None:
    customers = truth(small, "customers").filter(pc.field("has_contract") & pc.field("left_at").is_valid())
    left_month = {
        workspace: (day.year - 2023) * 12 + day.month - 11
        for workspace, day in zip(customers["workspace_id"].to_pylist(), customers["left_at"].to_pylist(), strict=True)
    }
    logins = np.zeros((36, len(left_month)))
    place = {workspace: index for index, workspace in enumerate(left_month)}
    for month, path in enumerate(sorted((small.folder / "product").iterdir())):
        for line in path.read_text().splitlines():
            if '"Logged In"' in line:
                workspace = line.partition('"groupId":"')[2].partition('"')[0]
                if workspace in place:
                    logins[month, place[workspace]] += 1
    late = [(index, left_month[workspace]) for workspace, index in place.items() if left_month[workspace] >= 9]
    before = sum(logins[month - 9 : month - 6, index].sum() for index, month in late)
    just_before = sum(logins[month - 3 : month, index].sum() for index, month in late)
    assert len(late) > 100
    assert just_before < 0.75 * before


def exposures(company: PracticeCompany, action: str, kind: str | None = None, allocation: int = 3) -> pa.Table:
    """Expose everyone at every cutoff, half of them held out by chance."""
    kinds = truth(company, "customers").select(["truth_id", "customer_kind"])
    by = [("truth_id", "ascending"), ("cutoff", "ascending")]
    rows = truth(company, "leaving").join(kinds, "truth_id").sort_by(by)
    rows = rows if kind is None else rows.filter(pc.field("customer_kind") == kind)
    arm = np.where(np.random.default_rng(allocation).random(rows.num_rows) < 0.5, "treated", "held_out")
    return pa.table(
        {"truth_id": rows["truth_id"], "action": [action] * rows.num_rows, "at": rows["cutoff"], "arm": pa.array(arm)}
    )


def in_arm(asked: pa.Table, arm: str) -> pa.Table:
    return asked.set_column(3, "arm", pa.array([arm] * asked.num_rows))


def test_an_action_helps_whom_it_helps_and_disturbs_whom_it_disturbs(small: PracticeCompany) -> None:
    for kind, ratio in (("persuadable", 0.45), ("sure", 1.0), ("lost", 1.0), ("do_not_disturb", 1.6)):
        asked = exposures(small, "call_key_account", kind)
        treated, held_out = (
            react(small.folder / "truth", in_arm(asked, arm))["left"].to_numpy(zero_copy_only=False)
            for arm in ("treated", "held_out")
        )
        assert treated.mean() / held_out.mean() == pytest.approx(ratio, rel=0.15)


def test_without_effect_being_contacted_changes_nothing_at_all(without_effect: PracticeCompany) -> None:
    effects = truth(without_effect, "effects")
    assert set(effects["leaving_ratio"].to_pylist()) == {1.0}
    for name in ("leaving_change", "satisfaction_change", "buying_change"):
        assert set(effects[name].to_pylist()) == {0.0}
    asked = exposures(without_effect, "offer_licences")
    outcomes = [react(without_effect.folder / "truth", in_arm(asked, arm)) for arm in ("treated", "held_out")]
    assert outcomes[0].drop_columns("arm").equals(outcomes[1].drop_columns("arm"))


def test_without_effect_the_interval_contains_zero_as_often_as_it_says(without_effect: PracticeCompany) -> None:
    # One allocation in twenty misses by chance, so the promise is about many, not about a lucky one.
    folder, hits = without_effect.folder / "truth", []
    for allocation in range(60):
        outcomes = react(folder, exposures(without_effect, "call_key_account", allocation=allocation))
        is_treated = np.asarray(pc.equal(outcomes["arm"], "treated"))
        for name in ("left", "satisfaction", "bought"):
            values = outcomes[name].cast(pa.float64()).to_numpy()
            sides = values[is_treated], values[~is_treated]
            error = np.sqrt(sum(side.var(ddof=1) / side.size for side in sides))
            hits.append(abs(sides[0].mean() - sides[1].mean()) < 1.96 * error)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.05)


def test_luck_does_not_depend_on_the_order_of_the_rows(tiny: PracticeCompany) -> None:
    asked = exposures(tiny, "tutorial_email")
    shuffled = asked.take(np.random.default_rng(5).permutation(asked.num_rows))
    by = [("truth_id", "ascending"), ("at", "ascending")]
    folder = tiny.folder / "truth"
    assert react(folder, asked).sort_by(by).equals(react(folder, shuffled).sort_by(by))


def test_an_exposure_of_nobody_is_a_broken_promise(tiny: PracticeCompany) -> None:
    nobody = pa.table(
        {"truth_id": [1], "action": ["tutorial_email"], "at": [datetime(2001, 1, 1, tzinfo=UTC)], "arm": ["treated"]}
    )
    with pytest.raises(DataError, match="no customers at that time"):
        react(tiny.folder / "truth", nobody)


def test_only_the_truth_folder_holds_the_truth(tiny: PracticeCompany) -> None:
    words = ("persuadable", "do_not_disturb", "truth_id", "leaving_ratio", "frailty")
    outside = [path for path in tiny.folder.rglob("*") if path.is_file() and "truth" not in path.parts[-2:]]
    for path in outside:
        content = path.read_bytes()
        assert not any(word.encode() in content for word in words), path.name
