"""Tell when a project is completed and no maintenance contract follows it."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="project_end",
    promise="C10",
    words=Words(fr="fin de projet", en="project ended"),
    kind="opportunity",
    thresholds={
        "days": Threshold(
            28,
            Words(fr="jours", en="days"),
            Words(fr="jours depuis la fin du projet, au plus", en="days since the project ended, at most"),
        ),
    },
    fires=lambda t, at: (t.days_since_project_completed <= at["days"]) & (t.has_maintenance_contract == 0),
    strength=lambda t, at: number(2.0) - t.days_since_project_completed / number(max(at["days"], 1.0)),
    sentence=Words(
        fr="projet terminé il y a {days:jour|jours}, sans contrat d’entretien depuis un an",
        en="project completed {days:day|days} ago, no maintenance contract taken within a year",
    ),
    figures={"days": Figure(lambda t: t.days_since_project_completed)},
    evidence=Evidence(("project_completed",), 84),
    outcome=Outcome(("contract_started", "order_placed"), 90),
    example=Example((Happening("project_completed", 12),)),
    counter_example=Example(
        (Happening("project_completed", 12), Happening("contract_started", 8, fields={"label": "Maintenance"}))
    ),
)
