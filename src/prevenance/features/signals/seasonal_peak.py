"""Tell when last year’s peak is about to return: capacity may be short."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="seasonal_peak",
    promise="C11",
    words=Words(fr="pic saisonnier à venir", en="seasonal peak ahead"),
    kind="opportunity",
    thresholds={
        "peak": Threshold(
            0.3,
            Words(fr="part", en="share"),
            Words(fr="dépassement de la moyenne, l’an dernier", en="above the mean, a year ago"),
        ),
        "min_uses": Threshold(
            20, Words(fr="usages", en="uses"), Words(fr="usages au pic, au moins", en="uses at the peak, at least")
        ),
    },
    fires=lambda t, at: (
        (t.n_feature_uses_ahead_last_year >= at["min_uses"])
        # 13 times 28 days make the year.
        & (t.n_feature_uses_ahead_last_year * 13 >= number(1.0 + at["peak"]) * t.n_feature_uses_364)
    ),
    strength=lambda t, at: (
        t.n_feature_uses_ahead_last_year * number(13.0) / (t.n_feature_uses_364 * number(1.0 + at["peak"]))
    ),
    sentence=Words(
        fr="l’an dernier, {peak:usage|usages} dans les 4 semaines à venir, pour {mean} en moyenne : le pic peut revenir",
        en="a year ago, {peak:use|uses} in the coming 4 weeks, for {mean} on average: the peak may return",
    ),
    figures={
        "peak": Figure(lambda t: t.n_feature_uses_ahead_last_year),
        "mean": Figure(lambda t: t.n_feature_uses_364 / number(13.0)),
    },
    evidence=Evidence(("feature_used",), 364),
    outcome=Outcome(("plan_changed", "order_placed"), 60),
    example=Example(
        (
            Happening("feature_used", 338, times=25, fields={"label": "export"}),
            Happening("feature_used", 5, times=10, every=30, fields={"label": "export"}),
        )
    ),
    counter_example=Example((Happening("feature_used", 1, times=120, every=3, fields={"label": "export"}),)),
)
