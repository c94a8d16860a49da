"""Measure a customer's machines: how many, what failed, and when the next maintenance is due."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from prevenance.features.base import EVER, Facts, FeatureCard, Measure, Sums, View, due_number, last, max_by
from prevenance.kit.words import Words

_FAILED = ("part_failed",)
_NOT_DUE = Words(fr="aucune échéance d’entretien connue", en="no maintenance date known")
_NEVER = Words(fr="aucune panne", en="never a failure")


def _due(facts: Facts) -> ir.Table:
    """Find the newest maintenance of each machine, and the soonest day on which the next is due."""
    rows = facts.of("maintenance_done")
    held = facts.ever(rows.mutate(due_number=due_number(rows)))
    # Of two maintenances of a machine on one day, the one that sets the later date holds.
    held = held.mutate(order=held.day_number.cast("int64") * 100_000 + held.due_number)
    machines = held.group_by("customer_id", "slot", "cutoff_day", "object_id").agg(
        due=max_by(held.due_number.cast("float64"), held.order, where=held.due_number.notnull())
    )
    due = machines.due
    return machines.group_by("customer_id", "slot").agg(
        machines_due=due.min(), machines_overdue=(due < machines.cutoff_day).sum()
    )


def _build(w: Sums) -> Mapping[str, ir.Value]:
    return {
        "n_machines": w.count("machines_installed"),
        "days_to_maintenance": (w.column("machines_due") - w.cutoff_day).cast("int64"),
        "n_maintenance_overdue": ibis.coalesce(w.column("machines_overdue"), 0).cast("int64"),
        "n_maintenance_364": w.count("machines_maintained", last(364)),
        "n_part_failures_28": w.count("machines_failed", last(28)),
        "n_part_failures_84": w.count("machines_failed", last(84)),
        "n_part_failures_364": w.count("machines_failed", last(364)),
        "n_parts_replaced_364": w.count("machines_replaced", last(364)),
        "days_since_part_failure": w.days_since("machines_last_failure"),
    }


VIEW = View(
    name="machines",
    words=Words(fr="les machines installées", en="installed machines"),
    measures=(
        Measure("machines_installed", ("asset_installed",), (EVER,)),
        Measure("machines_maintained", ("maintenance_done",), (last(364),)),
        Measure("machines_failed", _FAILED, (last(28), last(84), last(364))),
        Measure("machines_replaced", ("part_replaced",), (last(364),)),
        Measure("machines_last_failure", _FAILED, (EVER,), of=lambda e: e.day_number, how="max"),
    ),
    branches=(_due,),
    features=(
        FeatureCard("n_machines", Words(fr="machines installées", en="machines installed"), "count"),
        FeatureCard(
            "days_to_maintenance",
            Words(fr="jours avant le prochain entretien", en="days to the next maintenance"),
            "days",
            _NOT_DUE,
        ),
        FeatureCard("n_maintenance_overdue", Words(fr="entretiens en retard", en="maintenances overdue"), "count"),
        FeatureCard("n_maintenance_364", Words(fr="entretiens en un an", en="maintenances in a year"), "count"),
        FeatureCard(
            "n_part_failures_28", Words(fr="pannes de pièces en 28 jours", en="part failures in 28 days"), "count"
        ),
        FeatureCard(
            "n_part_failures_84", Words(fr="pannes de pièces en 84 jours", en="part failures in 84 days"), "count"
        ),
        FeatureCard(
            "n_part_failures_364", Words(fr="pannes de pièces en un an", en="part failures in a year"), "count"
        ),
        FeatureCard(
            "n_parts_replaced_364", Words(fr="pièces remplacées en un an", en="parts replaced in a year"), "count"
        ),
        FeatureCard(
            "days_since_part_failure",
            Words(fr="jours depuis la dernière panne", en="days since the last failure"),
            "days",
            _NEVER,
        ),
    ),
    build=_build,
)
