"""Tell when a customer uses far more than the month before: a larger plan may serve him better."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="usage_growth",
    promise="C8",
    words=Words(fr="usage en forte hausse", en="usage growing fast"),
    kind="opportunity",
    thresholds={
        "growth": Threshold(
            0.3,
            Words(fr="part", en="share"),
            Words(fr="hausse de l’usage en 4 semaines", en="growth of use within 4 weeks"),
        ),
        "min_uses": Threshold(
            20, Words(fr="usages", en="uses"), Words(fr="usages d’avant, au moins", en="uses before, at least")
        ),
    },
    fires=lambda t, at: (
        (t.n_feature_uses_before_28 >= at["min_uses"]) & (t.feature_use_trend >= number(1.0 + at["growth"]))
    ),
    strength=lambda t, at: (t.feature_use_trend - number(1.0)) / number(max(at["growth"], 0.01)),
    sentence=Words(
        fr="usage en hausse de {growth} : {now:usage|usages} en 4 semaines, contre {before} les 4 précédentes",
        en="use up by {growth}: {now:use|uses} in 4 weeks, against {before} in the 4 before",
    ),
    figures={
        "growth": Figure(lambda t: t.feature_use_trend - number(1.0), "percent"),
        "now": Figure(lambda t: t.n_feature_uses_28),
        "before": Figure(lambda t: t.n_feature_uses_before_28),
    },
    evidence=Evidence(("feature_used",), 28),
    outcome=Outcome(("plan_changed",), 90),
    example=Example(
        (
            Happening("feature_used", 30, times=24, fields={"label": "export"}),
            Happening("feature_used", 1, times=27, fields={"label": "export"}),
            Happening("feature_used", 1, times=20, fields={"label": "reports"}),
        )
    ),
    counter_example=Example((Happening("feature_used", 1, times=60, fields={"label": "export"}),)),
)
