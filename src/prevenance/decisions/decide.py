"""Decide what to do for whom today, if anything, and why."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from sqlalchemy import Connection, select

from prevenance.decisions.arbitrate import Offers, Standing, arbitrate
from prevenance.decisions.base import DecisionReport, TeamCapacity, World
from prevenance.decisions.candidates import facts_expr, options_expr
from prevenance.decisions.contact import with_circumstances
from prevenance.decisions.describe import STATUS_OF, Outcome, Row, Setting, describe, left_alone
from prevenance.decisions.keep import keep
from prevenance.decisions.play import Play
from prevenance.decisions.sift import sift
from prevenance.decisions.wording import measured_models
from prevenance.kit.clock import naive_utc
from prevenance.kit.hashing import share
from prevenance.kit.problems import BrokenPromiseError
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.storage import Lake, Ledger, ledger_tables
from prevenance.timeline import Timeline

_PAST = pa.schema(
    [(name, pa.string()) for name in ("decision_id", "play", "kind", "channel", "status", "arm")]
    + [("customer_id", pa.int64()), ("proposed_at", pa.timestamp("us"))]
    + [("is_open", pa.bool_()), ("is_settled", pa.bool_())]
)


def decide(
    lake: Lake,
    ledger: Ledger,
    timeline: Timeline,
    *,
    plays: Mapping[str, Play],
    seed: str,
    as_of: datetime,
    capacity: TeamCapacity = TeamCapacity(),  # noqa: B008 - frozen
    progress: Progress = SilentProgress(),  # noqa: B008 - stateless
) -> DecisionReport:
    """Propose what to do for whom, hold some out by chance, and record why the others are left alone.

    The same facts, past decisions and `as_of` give the same rows: a rerun writes nothing. A later `as_of` refreshes
    open proposals and lets those lapse whose reason is gone.

    Raises:
        BrokenPromiseError: the timeline knows of things after `as_of`.
    """
    if timeline.as_of > as_of:
        message = (
            f"The timeline was read as of {timeline.as_of}, later than the decisions of {as_of}. Read it as of then."
        )
        raise BrokenPromiseError(message)
    if not plays:
        return DecisionReport()
    progress.step("candidates")
    facts = lake.stage(facts_expr(lake, timeline))
    with ledger.read() as tx:
        earlier, measured = _earlier(tx, as_of), measured_models(tx)
        past = lake.stage(pa.Table.from_pylist(earlier, schema=_PAST))
        world = World(lake, tx, timeline, plays, past, as_of, capacity)
        options = options_expr(facts, timeline, plays.values(), capacity)
        progress.step("policies")
        sifted = sift(lake, lake.stage(_unanswered(with_circumstances(options, timeline), past)), world)
        refused = lake.collect(sifted.refused.order_by("play", "customer_id")).to_pylist()
    progress.step("arbitration")
    allowed = lake.collect(sifted.allowed.order_by("play", "customer_id", "channel")).to_pylist()
    outcomes = _arbitrated(allowed, [row for row in earlier if row["is_settled"]], plays, capacity, seed)
    progress.step("decisions")
    outcomes += [Outcome(row, "not_acted") for row in refused]
    told = describe(Setting(lake, facts, timeline, plays, capacity, as_of, measured), outcomes)
    return keep(ledger, told, as_of=as_of, n_settled=sum(row["is_settled"] for row in earlier))


def _earlier(tx: Connection, as_of: datetime) -> list[Row]:
    """Return the decisions taken before this as_of, and those of this as_of that a person has answered since."""
    decisions = ledger_tables.decisions
    columns = [decisions.c[name] for name in _PAST.names if name not in {"is_open", "is_settled"}]
    asked = (
        select(*columns, decisions.c.as_of)
        .where(decisions.c.proposed_at <= as_of, decisions.c.status.not_in(["not_acted", "waiting"]))
        .order_by(decisions.c.decision_id)
    )
    rows: list[Row] = []
    for found in tx.execute(asked).mappings():
        is_new = found["proposed_at"] == as_of
        if is_new and found["status"] not in {"approved", "rejected"}:
            continue  # this very decision, about to be taken again and to come out the same
        # What this as_of let lapse was open when it was decided; a rerun must see it so.
        is_open = not is_new and (
            found["status"] in {"proposed", "snoozed"} or (found["status"] == "expired" and found["as_of"] == as_of)
        )
        rows.append({**found, "proposed_at": naive_utc(found["proposed_at"]), "is_open": is_open, "is_settled": is_new})
    return rows


def _unanswered(options: ir.Table, past: ir.Table) -> ir.Table:
    """Leave out what a person has answered since; an open proposal keeps its channel."""
    settled = past.filter(past.is_settled)
    open_ones = past.filter(past.is_open).select(
        "play", "customer_id", "decision_id", "proposed_at", open_channel=past.channel
    )
    left = options.anti_join(settled, ["play", "customer_id"])
    known = left.left_join(open_ones, ["play", "customer_id"]).drop("play_right", "customer_id_right")
    return known.filter(known.open_channel.isnull() | (known.open_channel == known.channel))


def _arbitrated(
    allowed: list[Row], settled: list[Row], plays: Mapping[str, Play], capacity: TeamCapacity, seed: str
) -> list[Outcome]:
    """Keep the open proposals, choose among the new candidates for the places that are left."""
    kept = [row for row in allowed if row["decision_id"] is not None]
    fresh = [row for row in allowed if row["decision_id"] is None]
    channels = sorted(capacity.by_channel)
    used = Counter(row["channel"] for row in [*kept, *settled])
    places = np.array([max(0, capacity.by_channel[channel] - used[channel]) for channel in channels], dtype=np.intp)

    def is_held(option: int) -> bool:
        row = fresh[option]
        return share(seed, row["play"], str(row["customer_id"])) < plays[row["play"]].hold_out

    offers, needs = _offers(fresh, channels)
    standing = Standing(
        needs=frozenset(
            needs[need] for row in [*kept, *settled] if (need := (row["customer_id"], row["kind"])) in needs
        ),
        helped=frozenset(row["customer_id"] for row in [*kept, *settled] if row["kind"] != "opportunity"),
    )
    choice = arbitrate(offers, places, is_held, standing)
    first_option = {candidate: option for option, candidate in reversed(list(enumerate(offers.candidate.tolist())))}
    return [
        *[Outcome(row, "proposed") for row in kept],
        *[Outcome(fresh[option], "proposed") for option in choice.treated.tolist()],
        *[Outcome(fresh[option], "held_out") for option in choice.held_out.tolist()],
        *[Outcome(left_alone(fresh[first_option[c]], why), STATUS_OF[why]) for c, why in choice.left.items()],
    ]


def _offers(rows: list[Row], channels: list[str]) -> tuple[Offers, dict[tuple[int, str], int]]:
    candidates: dict[tuple[str, int], int] = {}
    needs: dict[tuple[int, str], int] = {}
    for row in rows:
        candidates.setdefault((row["play"], row["customer_id"]), len(candidates))
        needs.setdefault((row["customer_id"], row["kind"]), len(needs))
    offers = Offers(
        candidate=np.array([candidates[row["play"], row["customer_id"]] for row in rows], dtype=np.intp),
        need=np.array([needs[row["customer_id"], row["kind"]] for row in rows], dtype=np.intp),
        customer=np.array([row["customer_id"] for row in rows], dtype=np.int64),
        channel=np.array([channels.index(row["channel"]) for row in rows], dtype=np.intp),
        value=np.array([row["value"] for row in rows], dtype=np.float64),
        is_selling=np.array([row["is_selling"] for row in rows], dtype=np.bool_),
    )
    return offers, needs
