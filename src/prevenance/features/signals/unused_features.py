"""Tell when a customer pays for features that others use and he does not."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="unused_features",
    promise="C4",
    words=Words(fr="fonctions payées et inutilisées", en="paid features unused"),
    kind="service",
    thresholds={
        "n_unused": Threshold(
            3,
            Words(fr="fonctions", en="features"),
            Words(fr="fonctions inutilisées, au moins", en="features unused, at least"),
        ),
    },
    fires=lambda t, at: (t.has_contract == 1) & (t.n_features_used_84 > 0) & (t.n_features_unused_84 >= at["n_unused"]),
    strength=lambda t, at: t.n_features_unused_84.cast("float64") / number(max(at["n_unused"], 1.0)),
    sentence=Words(
        fr="{unused:fonction comprise et jamais utilisée|fonctions comprises et jamais utilisées} ces 12 dernières semaines ; {used:utilisée|utilisées}",
        en="{unused:included feature not used|included features not used} in the last 12 weeks; {used} used",
    ),
    figures={"unused": Figure(lambda t: t.n_features_unused_84), "used": Figure(lambda t: t.n_features_used_84)},
    evidence=Evidence(("feature_used",), 84),
    outcome=Outcome(("contract_ended",), 180),
    example=Example(
        (Happening("contract_started", 200), Happening("feature_used", 5, times=3, fields={"label": "export"})),
        others=tuple(
            Happening("feature_used", 9, fields={"label": label}) for label in ("alerts", "api", "reports", "export")
        ),
    ),
    counter_example=Example(
        (Happening("contract_started", 200), Happening("feature_used", 5, times=3, fields={"label": "export"})),
        others=tuple(Happening("feature_used", 9, fields={"label": label}) for label in ("alerts", "export")),
    ),
)
