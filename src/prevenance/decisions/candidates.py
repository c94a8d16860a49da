"""Find who might be helped: signals and predictions of the day met with the plays, as one expression."""

import json
from collections.abc import Iterable
from datetime import timedelta

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from prevenance.decisions.base import TeamCapacity
from prevenance.decisions.play import MEDIUM, Play
from prevenance.kit.clock import naive_utc
from prevenance.records.tables import PREDICTIONS, SIGNAL_HITS, SIGNAL_RECORDS, LakeTable
from prevenance.storage import Lake
from prevenance.timeline import Timeline

FRESH_FOR = timedelta(days=7)  # older signals and predictions no longer say what is true now


def facts_expr(lake: Lake, timeline: Timeline) -> ir.Table:
    """Return what is known today, one row per customer and trigger, signals and predictions alike."""
    signals, records = (_latest(lake.read(table), table, timeline, "signal") for table in (SIGNAL_HITS, SIGNAL_RECORDS))
    measured = records.select("signal", "n_fired", "precision", "precision_low", "precision_high")
    from_signals = signals.left_join(measured, "signal").select(
        "customer_id",
        "fr",
        "en",
        "strength",
        trigger=ibis.literal("signal:") + signals.signal,
        probability=ibis.null("float64"),
        low=ibis.null("float64"),
        high=ibis.null("float64"),
        n_fired=ibis._.n_fired,
        precision=ibis._.precision,
        precision_low=ibis._.precision_low,
        precision_high=ibis._.precision_high,
        reasons=ibis.null("string"),
        model_version=ibis.null("string"),
    )
    predictions = _latest(lake.read(PREDICTIONS), PREDICTIONS, timeline, "target")
    from_predictions = predictions.filter(
        predictions.probability.notnull() & (predictions.evidence_level != "abstain")
    ).select(
        "customer_id",
        fr=ibis.null("string"),
        en=ibis.null("string"),
        strength=ibis._.probability,
        trigger=ibis.literal("prediction:") + predictions.target,
        probability=ibis._.probability,
        low=ibis._.low,
        high=ibis._.high,
        n_fired=ibis.null("int64"),
        precision=ibis.null("float64"),
        precision_low=ibis.null("float64"),
        precision_high=ibis.null("float64"),
        reasons=ibis._.reasons,
        model_version=ibis._.model_version,
    )
    return from_signals.select(*from_predictions.columns).union(from_predictions)


def options_expr(facts: ir.Table, timeline: Timeline, plays: Iterable[Play], capacity: TeamCapacity) -> ir.Table:
    """Return one row per play, customer and channel: whom to reach how, what it may bring and what it costs."""
    plays = list(plays)
    fired = ibis.union(*[_fired(facts, play) for play in plays]) if len(plays) > 1 else _fired(facts, plays[0])
    people = fired.join(_recipients(timeline), "customer_id").left_join(
        _fees(timeline), "customer_id", rname="{name}_of_fee"
    )
    reached = people.filter(_audience(people, plays)).join(_actions(plays, capacity), "play", rname="{name}_of_action")
    by_person = ibis.ifelse(reached.medium == "email", reached.person_email, reached.person_phone)
    by_customer = ibis.ifelse(reached.medium == "email", reached.customer_email, reached.customer_phone)
    # Names belong to the person whose address is used; a company's own address greets nobody by name.
    is_person = by_person.notnull()
    worth = ibis.coalesce(reached.monthly_fee * reached.months_of_fee, reached.worth_amount)
    risk = ibis.coalesce(reached.probability, reached.precision, reached.assumed_risk)
    chance = ibis.ifelse(reached.effect_kind == "avoided", risk * reached.effect_share, reached.effect_share)
    return reached.select(
        "play", "customer_id", "channel", "medium", "kind", "is_selling", "customer_kind", "customer_name", "country",
        "probability", "cost", "is_key_account",
        person_id=ibis.ifelse(is_person, reached.person_id, ibis.null("int64")),
        contact_name=ibis.ifelse(is_person, reached.person_name, ibis.null("string")),
        contact_first_name=ibis.ifelse(is_person, reached.first_name, ibis.null("string")),
        contact_last_name=ibis.ifelse(is_person, reached.last_name, ibis.null("string")),
        language=ibis.ifelse(
            is_person, ibis.coalesce(reached.person_language, reached.customer_language), reached.customer_language
        ).fill_null(capacity.language),
        address=ibis.coalesce(by_person, by_customer),
        worth=worth,
        chance=chance,
        value=chance * worth - reached.cost - reached.disturbance,
    )  # fmt: skip


def _latest(rows: ir.Table, table: LakeTable, timeline: Timeline, what: str) -> ir.Table:
    """Return the newest statement of each kind, if it is fresh."""
    until = naive_utc(timeline.as_of)
    known = rows.filter((rows.as_of <= until) & (rows.as_of > until - FRESH_FOR))
    newest = known.group_by(what).agg(newest_at=known.as_of.max())
    return known.join(newest, [what, known.as_of == newest.newest_at]).select(*table.columns)


def _fired(facts: ir.Table, play: Play) -> ir.Table:
    """Return the customers for whom a play's trigger is met."""
    minimum = {f"prediction:{p.target}": p.at_least for p in play.trigger.predictions}
    strong_enough = ibis.or_(
        facts.trigger.startswith("signal:"),
        *[(facts.trigger == name) & (facts.probability >= at_least) for name, at_least in minimum.items()],
    )
    met = facts.filter(facts.trigger.isin(play.trigger.names) & strong_enough)
    needed = len(play.trigger.names) if play.trigger.needs == "all" else 1
    customers = met.group_by("customer_id").agg(
        n_met=met.trigger.nunique(), probability=met.probability.max(), precision=met.precision.max()
    )
    at_risk = facts.filter(facts.trigger == f"prediction:{play.effect.risk}").select("customer_id", risk="probability")
    fired = customers.filter(customers.n_met >= needed).left_join(at_risk, "customer_id")
    return fired.select(
        "customer_id",
        "precision",
        play=ibis.literal(play.name),
        probability=ibis.coalesce(fired.risk, fired.probability),
    )


def _recipients(timeline: Timeline) -> ir.Table:
    """Return each customer with the one person who is asked first."""
    people = timeline.people
    first = ibis.row_number().over(
        group_by=people.customer_id,
        order_by=[people.is_main_contact.fill_null(False).desc(), people.person_id],
    )
    asked = people.mutate(position=first).filter(ibis._.position == 0).select(
        "customer_id", "person_id", "first_name", "last_name",
        person_name=people.name, person_email=people.email, person_phone=people.phone, person_language=people.language,
    )  # fmt: skip
    customers = timeline.customers.select(
        "customer_id", "customer_kind", "is_key_account", "country",
        customer_name=ibis._.name, customer_email=ibis._.email, customer_phone=ibis._.phone,
        customer_language=ibis._.language,
    )  # fmt: skip
    return customers.left_join(asked, "customer_id").drop("customer_id_right")


def _fees(timeline: Timeline) -> ir.Table:
    """Return the newest monthly fee of each customer's contract."""
    events = timeline.events
    contracts = events.filter(
        events.kind.isin(["contract_started", "contract_renewed", "plan_changed"]) & events.amount.notnull()
    )
    return contracts.group_by("customer_id").agg(
        monthly_fee=contracts.amount.cast("float64").argmax(contracts.occurred_at)
    )


def _audience(people: ir.Table, plays: list[Play]) -> ir.BooleanValue:
    wanted = []
    for play in plays:
        audience = play.audience
        fits = [people.play == play.name, people.customer_kind.isin(audience.customer_kinds)]
        if audience.key_account is not None:
            fits.append(people.is_key_account.fill_null(False) == audience.key_account)
        if len(audience.languages) == 1:
            fits.append(people.customer_language == audience.languages[0])
        wanted.append(ibis.and_(*fits))
    return ibis.or_(*wanted)


def _actions(plays: list[Play], capacity: TeamCapacity) -> ir.Table:
    rows = [
        {
            "play": play.name,
            "channel": action.channel,
            "medium": MEDIUM[action.channel],
            "kind": play.kind,
            "is_selling": play.is_selling,
            "cost": float(action.cost) + action.agent_minutes / 60 * float(capacity.cost_per_hour),
            "disturbance": float(action.disturbance),
            "worth_amount": float(play.worth.amount),
            "months_of_fee": play.worth.months_of_fee,
            "effect_kind": play.effect.kind,
            "effect_share": play.effect.share * action.strength,
            "assumed_risk": play.effect.assumed_risk,
        }
        for play in plays
        for action in play.actions
    ]
    schema = pa.schema(
        [(name, pa.string()) for name in ("play", "channel", "medium", "kind")]
        + [("is_selling", pa.bool_())]
        + [(name, pa.float64()) for name in ("cost", "disturbance", "worth_amount", "months_of_fee")]
        + [("effect_kind", pa.string()), ("effect_share", pa.float64()), ("assumed_risk", pa.float64())]
    )
    return ibis.memtable(pa.Table.from_pylist(rows, schema=schema))


def reasons_of(text: str | None) -> list[dict[str, str]]:
    """Return the sentences of a prediction's reasons, the heaviest first."""
    found = json.loads(text) if text else []
    ordered = sorted(found, key=lambda reason: -abs(float(reason.get("weight") or 0)))
    return [{"fr": str(reason["fr"]), "en": str(reason["en"])} for reason in ordered]
