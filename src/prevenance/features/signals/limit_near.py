"""Tell when a customer is about to reach a limit of his plan."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="limit_near",
    promise="C12",
    words=Words(fr="limite proche", en="limit near"),
    kind="service",
    thresholds={
        "limit_share": Threshold(
            0.9, Words(fr="part", en="share"), Words(fr="part de la limite atteinte", en="share of the limit reached")
        ),
        "days": Threshold(
            30,
            Words(fr="jours", en="days"),
            Words(fr="jours avant la limite, au plus", en="days to the limit, at most"),
        ),
    },
    fires=lambda t, at: (t.max_limit_rate >= number(at["limit_share"])) | (t.days_to_limit <= number(at["days"])),
    strength=lambda t, at: t.max_limit_rate / number(max(at["limit_share"], 0.01)),
    sentence=Words(
        fr="{share} d’une limite du contrat atteints ; à ce rythme, limite {due}",
        en="{share} of a limit of the plan reached; at this pace, the limit {due}",
    ),
    figures={
        "share": Figure(lambda t: t.max_limit_rate, "percent"),
        # No day when use does not grow.
        "due": Figure(lambda t: t.days_to_limit, "due", unknown=Words(fr="hors d’atteinte", en="stays out of reach")),
    },
    evidence=Evidence(("usage_measured",), 84),
    outcome=Outcome(("plan_changed",), 90),
    example=Example(
        (Happening("usage_measured", 3, fields={"label": "storage_gb", "quantity": 95.0, "limit_quantity": 100.0}),)
    ),
    counter_example=Example(
        (Happening("usage_measured", 3, fields={"label": "storage_gb", "quantity": 50.0, "limit_quantity": 100.0}),)
    ),
)
