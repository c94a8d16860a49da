"""Measure a customer's projects, and whether a maintenance contract follows them."""

from collections.abc import Mapping

import ibis.expr.types as ir

from prevenance.features.base import EVER, Facts, FeatureCard, Measure, Sums, View, last
from prevenance.kit.words import Words

_STARTED, _COMPLETED = ("project_started",), ("project_completed",)
_BOUGHT = ("contract_started", "contract_renewed", "plan_changed", "order_placed")
_NEVER = Words(fr="aucun projet terminé", en="no project completed")


def _running(facts: Facts) -> ir.Table:
    rows = facts.of(*_STARTED, *_COMPLETED)
    rows = facts.open_objects(rows.mutate(opens=rows.kind == _STARTED[0]))
    return rows.group_by("customer_id", "slot").agg(projects_running=rows.count())


def _is_maintenance(event: ir.Table) -> ir.BooleanValue:
    label = event.label.lower()
    return label.contains("mainten") | label.contains("entretien")


def _build(w: Sums) -> Mapping[str, ir.Value]:
    return {
        "n_projects_completed_28": w.count("projects_completed", last(28)),
        "n_projects_completed_84": w.count("projects_completed", last(84)),
        "n_projects_started_364": w.count("projects_started", last(364)),
        "n_projects_running": w.column("projects_running").fill_null(0).cast("int64"),
        "days_since_project_completed": w.days_since("projects_last_day"),
        "has_maintenance_contract": (w.total("projects_maintenance", last(364)) > 0).cast("int64"),
    }


VIEW = View(
    name="projects",
    words=Words(fr="les projets", en="projects"),
    measures=(
        Measure("projects_started", _STARTED, (last(364),)),
        Measure("projects_completed", _COMPLETED, (last(28), last(84))),
        Measure("projects_last_day", _COMPLETED, (EVER,), of=lambda e: e.day_number, how="max"),
        Measure("projects_maintenance", _BOUGHT, (last(364),), of=_is_maintenance),
    ),
    branches=(_running,),
    features=(
        FeatureCard(
            "n_projects_completed_28",
            Words(fr="projets terminés en 28 jours", en="projects completed in 28 days"),
            "count",
        ),
        FeatureCard(
            "n_projects_completed_84",
            Words(fr="projets terminés en 84 jours", en="projects completed in 84 days"),
            "count",
        ),
        FeatureCard(
            "n_projects_started_364", Words(fr="projets commencés en un an", en="projects started in a year"), "count"
        ),
        FeatureCard("n_projects_running", Words(fr="projets en cours", en="projects running"), "count"),
        FeatureCard(
            "days_since_project_completed",
            Words(fr="jours depuis la fin d’un projet", en="days since a project was completed"),
            "days",
            _NEVER,
        ),
        FeatureCard(
            "has_maintenance_contract",
            Words(fr="a pris un contrat d’entretien depuis un an", en="took a maintenance contract within a year"),
            "flag",
        ),
    ),
    build=_build,
)
