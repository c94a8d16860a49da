"""Tell when errors pile up within a day: a crash often follows."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="error_burst",
    promise="C6",
    words=Words(fr="rafale d’erreurs", en="burst of errors"),
    kind="service",
    thresholds={
        "n_errors": Threshold(
            5,
            Words(fr="erreurs", en="errors"),
            Words(fr="erreurs en un seul jour, au moins", en="errors on one day, at least"),
        ),
    },
    fires=lambda t, at: t.n_errors_worst_day_14 >= at["n_errors"],
    strength=lambda t, at: t.n_errors_worst_day_14.cast("float64") / number(max(at["n_errors"], 1.0)),
    sentence=Words(
        fr="{worst:erreur|erreurs} en un jour ces 2 dernières semaines ; {n} en 4 semaines, contre {before} les 4 précédentes",
        en="{worst:error|errors} on one day in the last 2 weeks; {n} in 4 weeks, against {before} in the 4 before",
    ),
    figures={
        "worst": Figure(lambda t: t.n_errors_worst_day_14),
        "n": Figure(lambda t: t.n_errors_28),
        "before": Figure(lambda t: t.n_errors_before_28),
    },
    evidence=Evidence(("error_raised", "crash_reported"), 14),
    outcome=Outcome(("crash_reported",), 28),
    example=Example((Happening("error_raised", 4, times=6, every=0, fields={"label": "E42"}),)),
    counter_example=Example((Happening("error_raised", 1, times=6, every=2, fields={"label": "E42"}),)),
)
