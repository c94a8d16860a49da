"""Tell when a machine’s next maintenance is due."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="maintenance_due",
    promise="C12",
    words=Words(fr="entretien à prévoir", en="maintenance due"),
    kind="service",
    thresholds={
        "days": Threshold(
            14,
            Words(fr="jours", en="days"),
            Words(fr="jours avant l’entretien, au plus", en="days to the maintenance, at most"),
        ),
        "overdue_days": Threshold(
            90,
            Words(fr="jours", en="days"),
            Words(fr="retard au-delà duquel on n’en parle plus", en="overdue by more, it is spoken of no longer"),
        ),
    },
    fires=lambda t, at: (t.days_to_maintenance <= at["days"]) & (t.days_to_maintenance >= -at["overdue_days"]),
    strength=lambda t, at: number(2.0) - t.days_to_maintenance / number(max(at["days"], 1.0)),
    sentence=Words(
        fr="prochain entretien {due} ; {machines:machine installée|machines installées}, {failures:panne|pannes} en un an",
        en="next maintenance {due}; {machines:machine installed|machines installed}, {failures:failure|failures} in a year",
    ),
    figures={
        "due": Figure(lambda t: t.days_to_maintenance, "due"),
        "machines": Figure(lambda t: t.n_machines),
        "failures": Figure(lambda t: t.n_part_failures_364),
    },
    evidence=Evidence(("maintenance_done", "part_failed"), 364),
    outcome=Outcome(("maintenance_done", "part_failed", "part_replaced"), 42),
    example=Example((Happening("maintenance_done", 170, fields={"object_id": "M1"}, due_in=180),)),
    counter_example=Example((Happening("maintenance_done", 100, fields={"object_id": "M1"}, due_in=180),)),
)
