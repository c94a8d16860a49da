"""Decisions as a team meets them: a list with reasons, places and a control group; every candidate answered; once."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import Connection, func, select

from prevenance.decisions import (
    DecisionReport,
    Enqueue,
    Outreach,
    Play,
    TeamCapacity,
    approve,
    decide,
    load_plays,
    proposal,
    reject,
    snooze,
    todays_list,
    undo,
)
from prevenance.kit.clock import FixedClock
from prevenance.kit.hashing import share
from prevenance.kit.problems import BrokenPromiseError, PolicyError
from prevenance.kit.words import Words
from prevenance.privacy import Wishes
from prevenance.records.answers import Refusal
from prevenance.records.ids import CustomerId, DecisionId, SendKey
from prevenance.records.screens import Proposal
from prevenance.records.tables import (
    CUSTOMERS,
    EVENTS,
    PEOPLE,
    PREDICTIONS,
    SIGNAL_HITS,
    SIGNAL_RECORDS,
    LakeTable,
)
from prevenance.storage import Lake, Ledger, ledger_tables, open_lake, open_ledger
from prevenance.timeline import read

MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
SEED = "practice"
ROOM = TeamCapacity(calls_per_day=100, mails_per_day=100)
DECISIONS = ledger_tables.decisions


def naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)


@dataclass
class Company:
    """A small company told row by row: customers 1..n, each with a main contact, and what was seen of them."""

    lake: Lake
    ledger: Ledger

    def _add(self, table: LakeTable, rows: list[dict[str, Any]]) -> None:
        types = {"int64": pa.int64(), "float64": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}
        fields = [
            (name, types.get(kind, pa.timestamp("us") if "timestamp" in kind else pa.string()))
            if "decimal" not in kind
            else (name, pa.decimal128(18, 2))
            for name, kind in table.schema.items()
        ]
        write = self.lake.append if self.lake.version(table) == -1 else self.lake.upsert  # appending is much faster
        write(table, pa.Table.from_pylist(rows, schema=pa.schema(fields)))

    def customers(self, ids: range | list[int], **facts: Any) -> None:
        since = datetime(2024, 1, 1)  # noqa: DTZ001 - as the lake stores it
        base = {
            "customer_kind": "account",
            "language": "fr",
            "country": "FR",
            "is_key_account": True,
            "known_at": since,
        }
        self._add(CUSTOMERS, [base | {"customer_id": i, "name": f"Société {i}", "n_people": 1} | facts for i in ids])

    def people(self, ids: range | list[int], **facts: Any) -> None:
        since = datetime(2024, 1, 1)  # noqa: DTZ001 - as the lake stores it
        rows = [
            {"person_id": 1000 + i, "customer_id": i, "first_name": f"Ada{i}", "last_name": "Lemaître",
             "name": f"Ada{i} Lemaître", "email": f"ada{i}@client{i}.example", "phone": f"+3314000{i:04d}",
             "language": "fr", "known_at": since, "is_main_contact": True} | facts
            for i in ids
        ]  # fmt: skip
        self._add(PEOPLE, rows)

    def event(self, customer_id: int, kind: str, at: datetime, event_id: str | None = None, **facts: Any) -> None:
        name = event_id or f"{kind}-{customer_id}-{at:%Y%m%d%H%M}-{facts.get('object_id', '')}"
        row = {"customer_id": customer_id, "event_id": name, "kind": kind, "subject": f"crm:{customer_id}",
               "occurred_at": naive(at), "known_at": naive(at), "source": "test", "stream": "test", "record_id": name,
               "row_hash": "1"}  # fmt: skip
        self._add(EVENTS, [row | facts])

    def signal(self, name: str, ids: range | list[int], at: datetime = MONDAY, **facts: Any) -> None:
        rows = [
            {"as_of": naive(at), "signal": name, "customer_id": i, "fr": f"Signal {name} : 12 contre 30 avant",
             "en": f"Signal {name}: 12 against 30 before", "evidence": "[]", "strength": 1.0} | facts
            for i in ids
        ]  # fmt: skip
        self._add(SIGNAL_HITS, rows)

    def record(self, name: str, at: datetime = MONDAY, **figures: Any) -> None:
        base = {"n_fired": 120, "n_right": 49, "precision": 0.41, "precision_low": 0.33, "precision_high": 0.49}
        self._add(SIGNAL_RECORDS, [{"as_of": naive(at), "signal": name} | base | figures])

    def prediction(self, target: str, customer_id: int, probability: float, at: datetime = MONDAY) -> None:
        reasons = [{"fr": "Une raison du modèle", "en": "A reason of the model", "direction": "up", "weight": 0.4}]
        row = {"as_of": naive(at), "target": target, "customer_id": customer_id, "probability": probability,
               "low": probability - 0.1, "high": probability + 0.1, "evidence_level": "model", "model_version": "1",
               "flagged": True, "reasons": json.dumps(reasons)}  # fmt: skip
        self._add(PREDICTIONS, [row])

    def decide(
        self, at: datetime = MONDAY, *, plays: Mapping[str, Play] | None = None, capacity: TeamCapacity = ROOM
    ) -> DecisionReport:
        timeline = read(self.lake, as_of=at)
        chosen = load_plays() if plays is None else plays
        return decide(self.lake, self.ledger, timeline, plays=chosen, capacity=capacity, seed=SEED, as_of=at)

    def rows(self, **where: Any) -> list[dict[str, Any]]:
        asked = select(DECISIONS).order_by(DECISIONS.c.decision_id)
        for column, value in where.items():
            asked = asked.where(DECISIONS.c[column] == value)
        with self.ledger.read() as tx:
            return [dict(row) for row in tx.execute(asked).mappings()]

    def today(self, at: datetime = MONDAY) -> tuple[Proposal, ...]:
        return todays_list(self.ledger, at=at)


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    ledger = open_ledger(f"sqlite:///{tmp_path}/ledger.db", clock=FixedClock(MONDAY))
    yield Company(open_lake(tmp_path / "lake"), ledger)
    ledger.close()


def not_held_out(play: str, n: int, *, start: int = 1) -> list[int]:
    """Return the first ids that chance does not keep in the play's control group."""
    return [i for i in range(start, start + 20 * n) if share(SEED, play, str(i)) >= 0.10][:n]


def one_play(name: str, **changes: Any) -> dict[str, Play]:
    return {name: load_plays()[name].model_copy(update=changes)}


def outbox(queued: list[Outreach], answer: Refusal | None = None) -> Enqueue:
    def enqueue(tx: Connection, outreach: Outreach, *, approval_id: str, at: datetime) -> SendKey | Refusal:
        if answer is None:
            queued.append(outreach)
        return answer or SendKey(f"key-{outreach.decision_id}")

    return enqueue


def key_account(company: Company, *ids: int) -> None:
    company.customers(list(ids))
    company.people(list(ids))
    company.signal("activity_drop", list(ids))


def test_a_key_account_whose_activity_falls_is_proposed_for_a_call_with_its_reasons(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.signal("late_payments", [customer], fr="Deux factures payées en retard", en="Two invoices paid late")
    company.record("activity_drop")
    company.event(customer, "contract_started", datetime(2025, 1, 1, tzinfo=UTC), amount=Decimal(400), object_id="c1")

    report = company.decide()

    assert (report.acted, report.held_out, report.waiting, report.not_acted) == (1, 0, 0, 0)
    (line,) = company.today()
    assert (line.customer_id, line.kind, line.channel, line.status) == (customer, "risk", "call_task", "proposed")
    assert line.title.fr == "Appeler un compte clé dont l’activité baisse"
    assert [reason.en for reason in line.reasons] == [
        "Signal activity_drop: 12 against 30 before",
        "Two invoices paid late",
    ]
    assert line.reasons[0].fr == "Signal activity_drop\u00a0: 12 contre 30 avant"
    assert line.confidence.fr.startswith("Sur 100 clients signalés ainsi par le passé, 41 l’étaient à raison")
    assert "between 33 and 49, measured on 120 cases" in line.confidence.en
    assert line.measured_precision == pytest.approx(0.41)
    # 0.41 at risk, a fifth avoided, twelve monthly fees of 400; 25 minutes at 35 an hour, 5 for the disturbance.
    assert line.value == Decimal("374.02")
    assert line.due_on == date(2026, 11, 4)
    assert line.consent == "permitted"
    assert line.preview is not None
    assert line.preview.subject == f"Prendre des nouvelles de Société {customer}"
    assert "\u202f" not in line.preview.body
    assert "un point bloquant, un besoin de formation, un nouveau collègue à accompagner\u00a0?" in line.preview.body


def test_signals_alone_make_a_useful_list_for_a_tiny_company(company: Company) -> None:
    ids = not_held_out("unused_feature_tutorial", 3)
    company.customers(ids, is_key_account=False)
    company.people(ids)
    company.signal("unused_features", ids)

    assert company.decide().acted == 3
    assert [line.confidence.en for line in company.today()] == ["Not yet measured on your data."] * 3
    assert all(line.preview is not None and "Bonjour Ada" in line.preview.body for line in company.today())


def test_nobody_signalled_means_an_empty_list_and_nothing_written(company: Company) -> None:
    assert company.decide() == DecisionReport()
    assert company.rows() == []
    assert company.decide(plays={}) == DecisionReport()


def test_one_in_ten_is_held_out_by_the_seeded_hash_and_told_apart_nowhere_else(company: Company) -> None:
    ids = range(1, 301)
    key_account(company, *ids)

    report = company.decide(capacity=replace(ROOM, calls_per_day=1000))

    held = {row["customer_id"] for row in company.rows(status="held_out")}
    assert held == {i for i in ids if share(SEED, "key_account_call", str(i)) < 0.10}
    assert (report.acted, report.held_out) == (300 - len(held), len(held))
    assert 15 <= len(held) <= 45
    assert not held & {int(line.customer_id) for line in company.today()}
    assert all(row["arm"] == "held_out" for row in company.rows(status="held_out"))


def test_no_path_acts_on_a_held_out_customer(company: Company) -> None:
    key_account(company, *range(1, 60))
    company.decide()
    held = company.rows(status="held_out")[0]
    decision_id = DecisionId(held["decision_id"])
    queued: list[Outreach] = []

    with pytest.raises(PolicyError, match="control group"):
        approve(company.ledger, decision_id, actor="ada", at=MONDAY, enqueue=outbox(queued))
    with pytest.raises(PolicyError, match="control group"):
        snooze(company.ledger, decision_id, actor="ada", until=TUESDAY, reason="later", at=MONDAY)
    with pytest.raises(PolicyError, match="control group"):
        reject(company.ledger, decision_id, actor="ada", reason="no", at=MONDAY)
    company.signal("activity_drop", [held["customer_id"]], at=TUESDAY)
    company.decide(TUESDAY)

    assert queued == []
    assert held["customer_id"] not in {int(line.customer_id) for line in company.today(TUESDAY)}
    (why,) = [row for row in company.rows(status="not_acted") if row["customer_id"] == held["customer_id"]]
    assert why["refusal"]["rule"] == "holdout"
    assert "groupe témoin" in why["refusal"]["fr"]


def test_the_team_gets_no_more_calls_than_it_can_make_and_the_rest_wait_with_a_reason(company: Company) -> None:
    ids = not_held_out("key_account_call", 8)
    key_account(company, *ids)
    for position, customer in enumerate(ids):
        fee = Decimal(100 * (position + 1))
        company.event(customer, "contract_started", datetime(2025, 1, 1, tzinfo=UTC), amount=fee, object_id="c")

    report = company.decide(capacity=replace(ROOM, calls_per_day=3))

    assert (report.acted, report.waiting) == (3, 5)
    assert [int(line.customer_id) for line in company.today()] == [ids[7], ids[6], ids[5]]  # the most value first
    assert {row["refusal"]["rule"] for row in company.rows(status="waiting")} == {"capacity"}


def test_held_out_customers_do_not_use_up_the_places_of_the_day(company: Company) -> None:
    key_account(company, *range(1, 101))
    report = company.decide(capacity=replace(ROOM, calls_per_day=20))
    assert report.acted == 20
    values = {row["status"]: [] for row in company.rows()} | {"held_out": [], "proposed": [], "waiting": []}
    for row in company.rows():
        values[row["status"]].append(row["value"])
    assert min(values["held_out"] + values["proposed"]) >= max(values["waiting"])  # both arms passed one threshold


def test_help_goes_before_selling(company: Company) -> None:
    customer = next(
        i for i in range(1, 100) if min(share(SEED, p, str(i)) for p in ("key_account_call", "extra_licences")) >= 0.1
    )
    key_account(company, customer)
    company.signal("team_growth", [customer])

    company.decide()

    assert [line.kind for line in company.today()] == ["risk"]
    (waits,) = company.rows(status="waiting")
    assert (waits["play"], waits["refusal"]["rule"]) == ("extra_licences", "service_first")


def test_an_open_ticket_blocks_an_offer_until_it_is_solved(company: Company) -> None:
    (customer,) = not_held_out("extra_licences", 1)
    company.customers([customer])
    company.people([customer])
    company.signal("team_growth", [customer])
    company.event(customer, "ticket_opened", MONDAY - timedelta(days=3), object_id="t1")

    company.decide()
    assert company.rows(status="not_acted")[0]["refusal"]["rule"] == "open_problem_blocks_selling"
    assert company.today() == ()

    company.event(customer, "ticket_solved", MONDAY + timedelta(hours=5), object_id="t1")
    company.signal("team_growth", [customer], at=TUESDAY)
    company.decide(TUESDAY)
    assert [line.kind for line in company.today(TUESDAY)] == ["opportunity"]


def test_what_a_customer_owns_is_not_offered(company: Company) -> None:
    (customer,) = not_held_out("extra_licences", 1)
    company.customers([customer])
    company.people([customer])
    company.signal("team_growth", [customer])
    company.event(customer, "order_placed", MONDAY - timedelta(days=90), object_id="o1", label="licences-10")

    company.decide(plays=one_play("extra_licences", offers=("licences-10",)))
    assert [row["refusal"]["rule"] for row in company.rows()] == ["already_owned"]


def test_an_objection_to_profiling_stops_every_proposal(company: Company) -> None:
    ids = not_held_out("key_account_call", 2)
    key_account(company, *ids)
    with company.ledger.begin() as tx:
        wishes = Wishes(tx, at=MONDAY, actor="dpo")
        wishes.object_to("profiling", customer_id=CustomerId(ids[0]), source="letter")

    company.decide()

    assert [int(line.customer_id) for line in company.today()] == [ids[1]]
    (refused,) = company.rows(status="not_acted")
    assert (refused["customer_id"], refused["refusal"]["rule"]) == (ids[0], "objection")


def test_an_opt_out_stops_the_offer_by_mail_but_not_the_call(company: Company) -> None:
    (customer,) = not_held_out("extra_licences", 1)
    company.customers([customer])
    company.people([customer])
    company.signal("team_growth", [customer])
    with company.ledger.begin() as tx:
        wishes = Wishes(tx, at=MONDAY, actor="link")
        wishes.withdraw(f"ada{customer}@client{customer}.example", "email", source="link")

    company.decide()
    assert [line.channel for line in company.today()] == ["call_task"]


def test_without_any_address_the_reason_says_what_to_complete(company: Company) -> None:
    (customer,) = not_held_out("unused_feature_tutorial", 1)
    company.customers([customer])
    company.people([customer], email=None)
    company.signal("unused_features", [customer])
    company.decide()
    assert [row["refusal"]["rule"] for row in company.rows()] == ["reachable"]


def test_doing_nothing_wins_when_acting_costs_more_than_it_brings(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.decide(capacity=replace(ROOM, cost_per_hour=Decimal(5000)))
    assert [row["refusal"]["rule"] for row in company.rows()] == ["worth_it"]


def test_a_machine_is_named_only_from_the_customers_own_events(company: Company) -> None:
    mine, other = not_held_out("maintenance_due", 2)
    company.customers([mine, other])
    company.people([mine, other])
    for machine, done, due in [("A", 2, 25), ("B", 3, 20), ("B", 9, 28), ("C", 1, 30)]:
        company.event(
            mine, "maintenance_done", datetime(2026, 5, done, tzinfo=UTC), object_id=machine,
            due_at=datetime(2026, 11, due),  # noqa: DTZ001 - as the lake stores it
        )  # fmt: skip
    evidence = json.dumps([f"maintenance_done-{mine}-202605020000-A"])
    company.signal("maintenance_due", [mine, other], evidence=evidence)

    company.decide()
    by_customer = {int(line.customer_id): line for line in company.today()}

    said = by_customer[mine].preview
    assert said is not None
    assert "Machine A, échéance d’entretien le 25 nov. 2026." in said.body
    assert by_customer[other].preview is None  # refused rather than filled with another customer's machine
    assert by_customer[other].problem == Words(
        fr="Il manque le numéro de la machine, la date prévue : compléter la fiche du client avant d’envoyer.".replace(
            " :", "\u00a0:"
        ),
        en="machine’s number, due date missing: complete the customer’s record before sending.",
    )
    refusal = approve(company.ledger, by_customer[other].decision_id, actor="ada", at=MONDAY, enqueue=outbox([]))
    assert isinstance(refusal, Refusal)
    assert refusal.rule == "missing_field"


def test_a_company_address_greets_nobody_by_name_and_so_gets_no_mail(company: Company) -> None:
    tutorial, licences = not_held_out("unused_feature_tutorial", 1)[0], not_held_out("extra_licences", 1, start=50)[0]
    company.customers([tutorial, licences], email="contact@societe.example", phone="+33140001234")
    company.people([tutorial, licences], email=None, phone=None)
    company.signal("unused_features", [tutorial])
    company.signal("team_growth", [licences])
    company.decide()
    (line,) = company.today()  # a call asks for the company, a mail would greet a person
    assert (int(line.customer_id), line.channel, line.contact_name) == (licences, "call_task", None)
    (refused,) = company.rows(status="not_acted")
    assert (refused["customer_id"], refused["refusal"]["rule"]) == (tutorial, "named")


def test_the_value_at_stake_rests_on_the_customers_own_prediction_where_there_is_one(company: Company) -> None:
    sure, unsure = not_held_out("key_account_call", 2)
    key_account(company, sure, unsure)
    company.prediction("churn", sure, 0.14)
    company.decide(plays=one_play("key_account_call"))
    by_customer = {int(line.customer_id): line for line in company.today()}
    assert by_customer[sure].value == Decimal("22.42")  # 0.14 x 0.2 x 1500 - 14.58 - 5
    assert by_customer[unsure].value == Decimal("25.42")  # 0.15 assumed
    assert by_customer[sure].reasons[-1].en == "A reason of the model"
    assert by_customer[sure].confidence.en.startswith("Estimate: this happens to about 14 of 100")


def test_a_rerun_changes_nothing(company: Company) -> None:
    key_account(company, *range(1, 80))
    company.signal("team_growth", range(1, 80))
    first = company.decide(capacity=replace(ROOM, calls_per_day=10, mails_per_day=15))
    before, n_audit = company.rows(), company.ledger.verify_audit().n_entries
    company.event(1, "ticket_opened", TUESDAY, object_id="later")  # what is known later changes nothing earlier
    company.prediction("churn", 2, 0.9, at=TUESDAY)

    again = company.decide(capacity=replace(ROOM, calls_per_day=10, mails_per_day=15))

    assert company.rows() == before
    assert company.ledger.verify_audit().n_entries == n_audit
    assert (again.acted, again.held_out, again.waiting, again.not_acted) == (
        first.acted, first.held_out, first.waiting, first.not_acted
    )  # fmt: skip
    assert (again.new, again.refreshed, again.expired) == (0, 0, 0)
    assert again.unchanged == len(before)


def test_a_rerun_after_answers_keeps_them_and_changes_nothing_else(company: Company) -> None:
    key_account(company, *range(1, 40))
    small = replace(ROOM, calls_per_day=10)
    first = company.decide(capacity=small)
    approved, rejected, slept = (line.decision_id for line in company.today()[:3])
    approve(company.ledger, approved, actor="ada", at=MONDAY, enqueue=outbox([]))
    reject(company.ledger, rejected, actor="ada", reason="already_known", at=MONDAY)
    snooze(company.ledger, slept, actor="ada", until=TUESDAY, reason="holiday", at=MONDAY)
    before = company.rows()

    again = company.decide(capacity=small)

    assert company.rows() == before
    assert (again.acted, again.held_out, again.new, again.refreshed) == (first.acted, first.held_out, 0, 0)


def test_a_later_day_refreshes_open_proposals_and_lets_the_others_lapse(company: Company) -> None:
    stays, goes, answered = not_held_out("key_account_call", 3)
    key_account(company, stays, goes, answered)
    company.decide()
    first = {int(line.customer_id): line for line in company.today()}
    reject(company.ledger, first[answered].decision_id, actor="ada", reason="wrong", at=MONDAY)
    company.signal("activity_drop", [stays], at=TUESDAY, fr="Encore moins : 5 contre 30", en="Still less: 5 against 30")
    company.signal("activity_drop", [answered], at=TUESDAY)

    report = company.decide(TUESDAY)

    (line,) = company.today(TUESDAY)
    assert line.decision_id == first[stays].decision_id  # updated, not duplicated
    assert line.reasons[0].en == "Still less: 5 against 30"
    assert line.due_on == first[stays].due_on  # waiting does not move the day
    assert (report.refreshed, report.expired) == (1, 1)
    gone = proposal(company.ledger, first[goes].decision_id)
    assert gone is not None
    assert gone.status == "expired"
    (why,) = company.rows(status="not_acted")
    assert (why["customer_id"], why["refusal"]["rule"]) == (answered, "once_per_days")
    before = company.rows()
    assert company.decide(TUESDAY).expired == 0
    assert company.rows() == before


def test_open_proposals_keep_their_places_on_the_next_day(company: Company) -> None:
    ids = not_held_out("key_account_call", 6)
    key_account(company, *ids)
    small = replace(ROOM, calls_per_day=2)
    company.decide(capacity=small)
    company.signal("activity_drop", ids, at=TUESDAY)
    report = company.decide(TUESDAY, capacity=small)
    assert (report.acted, report.waiting) == (2, 4)


def test_what_was_proposed_equals_what_was_answered_lapsed_or_waits(company: Company) -> None:
    key_account(company, *range(1, 50))
    company.decide(capacity=replace(ROOM, calls_per_day=20))
    lines = company.today()
    approve(company.ledger, lines[0].decision_id, actor="ada", at=MONDAY, enqueue=outbox([]))
    reject(company.ledger, lines[1].decision_id, actor="ada", reason="wrong", at=MONDAY)
    snooze(company.ledger, lines[2].decision_id, actor="ada", until=TUESDAY, reason="away", at=MONDAY)
    company.signal("activity_drop", range(1, 30), at=TUESDAY)
    company.decide(TUESDAY, capacity=replace(ROOM, calls_per_day=20))

    trail = ledger_tables.audit_trail
    with company.ledger.read() as tx:
        taken = tx.execute(select(trail.c.detail).where(trail.c.action == "decisions_taken")).scalars().all()
        counted = (
            select(DECISIONS.c.status, func.count()).where(DECISIONS.c.arm == "treated").group_by(DECISIONS.c.status)
        )
        statuses = dict(tx.execute(counted).all())
    n_proposed = len({decision_id for detail in taken for decision_id in detail["proposed"]})
    assert statuses["expired"] > 0
    pending = statuses["proposed"] + statuses.get("snoozed", 0)
    assert n_proposed == statuses["approved"] + statuses["rejected"] + statuses["expired"] + pending  # equation E4


def test_an_approval_queues_exactly_what_was_shown_once(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.decide()
    (line,) = company.today()
    queued: list[Outreach] = []

    key = approve(
        company.ledger, line.decision_id, actor="ada", at=MONDAY, enqueue=outbox(queued), content_hash=line.content_hash
    )

    assert key == f"key-{line.decision_id}"
    (outreach,) = queued
    assert line.preview is not None
    assert (outreach.subject, outreach.body_text) == (line.preview.subject, line.preview.body)
    assert (outreach.request.person_id, outreach.request.address) == (1000 + customer, f"+3314000{customer:04d}")
    assert outreach.request.has_open_complaint is False
    assert outreach.expires_at == MONDAY + timedelta(hours=24)
    assert company.today() == ()
    answered = proposal(company.ledger, line.decision_id)
    assert answered is not None
    assert (answered.status, answered.decided_by) == ("approved", "ada")
    with pytest.raises(PolicyError, match="waits for no answer"):
        approve(company.ledger, line.decision_id, actor="bob", at=MONDAY, enqueue=outbox(queued))
    assert len(queued) == 1


def test_of_two_approvers_at_once_one_wins(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.decide()
    (line,) = company.today()
    queued: list[Outreach] = []

    def try_it(actor: str) -> str:
        try:
            return str(approve(company.ledger, line.decision_id, actor=actor, at=MONDAY, enqueue=outbox(queued)))
        except PolicyError:
            return "too late"

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(try_it, [f"agent {n}" for n in range(8)]))
    assert answers.count("too late") == 7
    assert len(queued) == 1


def test_a_gate_that_refuses_leaves_the_proposal_open(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.decide()
    (line,) = company.today()
    no = Refusal("opted_out", Words(fr="Non.", en="No."))

    assert approve(company.ledger, line.decision_id, actor="ada", at=MONDAY, enqueue=outbox([], no)) == no
    assert [open_line.decision_id for open_line in company.today()] == [line.decision_id]
    with company.ledger.read() as tx:
        assert tx.execute(select(func.count()).select_from(ledger_tables.approvals)).scalar() == 0


def test_what_changed_since_it_was_read_is_not_approved(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.decide()
    (seen,) = company.today()
    company.people([customer], phone="+33140009999")
    company.signal("activity_drop", [customer], at=TUESDAY)
    company.decide(TUESDAY)

    answer = approve(
        company.ledger, seen.decision_id, actor="ada", at=TUESDAY, enqueue=outbox([]), content_hash=seen.content_hash
    )
    assert isinstance(answer, Refusal)
    assert answer.rule == "changed_since_seen"


def test_a_snoozed_proposal_sleeps_and_comes_back(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.decide()
    (line,) = company.today()
    snooze(company.ledger, line.decision_id, actor="ada", until=TUESDAY, reason="away", at=MONDAY)
    assert company.today(MONDAY) == ()
    assert [woken.decision_id for woken in company.today(TUESDAY)] == [line.decision_id]
    with pytest.raises(PolicyError, match="later day"):
        snooze(company.ledger, line.decision_id, actor="ada", until=MONDAY, reason="away", at=TUESDAY)


def test_a_rejection_needs_a_reason_and_can_be_taken_back(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.decide()
    (line,) = company.today()
    with pytest.raises(PolicyError, match="needs its reason"):
        reject(company.ledger, line.decision_id, actor="ada", reason=" ", at=MONDAY)
    reject(company.ledger, line.decision_id, actor="ada", reason="wrong", at=MONDAY)
    assert company.today() == ()
    undo(company.ledger, line.decision_id, actor="ada", at=MONDAY)
    assert [back.decision_id for back in company.today()] == [line.decision_id]


def test_an_old_proposal_is_not_acted_on(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.decide()
    (line,) = company.today()
    later = MONDAY + timedelta(days=11)
    assert company.today(later) == ()
    with pytest.raises(PolicyError, match="only good until"):
        approve(company.ledger, line.decision_id, actor="ada", at=later, enqueue=outbox([]))


def test_a_prediction_can_set_off_a_play_from_its_threshold_on(company: Company) -> None:
    base = load_plays()["key_account_call"]
    trigger = base.trigger.model_validate({"predictions": [{"target": "churn", "at_least": 0.3}]})
    above, below = not_held_out("key_account_call", 2)
    company.customers([above, below])
    company.people([above, below])
    company.prediction("churn", above, 0.38)
    company.prediction("churn", below, 0.29)

    manifest = {"measures": {"precision_at_flagged": 0.41}}
    with company.ledger.begin() as tx:
        model = {"model_id": "churn-1", "target": "churn", "version": 1, "status": "champion", "path": "churn-1"}
        tx.execute(
            ledger_tables.models.insert().values(
                **model, manifest=manifest, training_fingerprint="x", created_at=MONDAY
            )
        )

    company.decide(plays=one_play("key_account_call", trigger=trigger))

    (line,) = company.today()
    assert int(line.customer_id) == above
    assert line.reasons == (Words(fr="Une raison du modèle", en="A reason of the model"),)
    assert line.confidence.en == (
        "Estimate: this happens to about 38 of 100 customers in this situation (between 28 and 48). "
        "Of 100 customers flagged by the model, 41 left."
    )
    assert line.measured_precision == 0.41


def test_a_play_is_only_for_its_audience(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    key_account(company, customer)
    company.customers([customer], is_key_account=False)
    assert company.decide() == DecisionReport()


def test_facts_of_another_day_or_of_the_future_decide_nothing(company: Company) -> None:
    (customer,) = not_held_out("key_account_call", 1)
    company.customers([customer])
    company.people([customer])
    company.signal("activity_drop", [customer], at=MONDAY - timedelta(days=8))
    company.signal("activity_drop", [customer], at=TUESDAY)
    assert company.decide() == DecisionReport()
    with pytest.raises(BrokenPromiseError, match="later than the decisions"):
        decide(
            company.lake, company.ledger, read(company.lake, as_of=TUESDAY), plays=load_plays(), seed=SEED, as_of=MONDAY
        )
