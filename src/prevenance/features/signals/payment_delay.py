"""Tell when a customer pays late again and again."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="payment_delay",
    promise="C2",
    words=Words(fr="paiements en retard", en="payments late"),
    kind="risk",
    thresholds={
        "n_late": Threshold(
            2,
            Words(fr="paiements", en="payments"),
            Words(fr="retards en 12 semaines, au moins", en="late within 12 weeks, at least"),
        ),
        "late_share": Threshold(
            0.5, Words(fr="part", en="share"), Words(fr="part des paiements en retard", en="share of payments late")
        ),
    },
    fires=lambda t, at: (t.n_late_payments_84 >= at["n_late"]) & (t.late_payment_rate_84 >= number(at["late_share"])),
    strength=lambda t, at: t.n_late_payments_84.cast("float64") / number(max(at["n_late"], 1.0)),
    sentence=Words(
        fr="{n:paiement en retard|paiements en retard} ces 12 dernières semaines ; en moyenne {days:jour de retard|jours de retard} depuis un an",
        en="{n:payment late|payments late} in the last 12 weeks; {days:day|days} late on average over the year",
    ),
    figures={"n": Figure(lambda t: t.n_late_payments_84), "days": Figure(lambda t: t.mean_days_late_364, "decimal")},
    evidence=Evidence(("payment_received",), 84),
    outcome=Outcome(("contract_ended",), 90),
    example=Example((Happening("payment_received", 10, times=3, every=25, due_in=-12),)),
    counter_example=Example((Happening("payment_received", 10, times=3, every=25, due_in=3),)),
)
