"""Tell when a delivery came late: say so before the customer has to ask."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="delivery_late",
    promise="C12",
    words=Words(fr="livraison en retard", en="delivery late"),
    kind="service",
    thresholds={
        "days": Threshold(
            14,
            Words(fr="jours", en="days"),
            Words(fr="jours depuis le retard, au plus", en="days since the late delivery, at most"),
        ),
    },
    fires=lambda t, at: t.days_since_late_delivery <= at["days"],
    strength=lambda t, at: number(2.0) - t.days_since_late_delivery / number(max(at["days"], 1.0)),
    sentence=Words(
        fr="livraison en retard il y a {days:jour|jours} ; {n:retard|retards} en un an, sur {all:livraison|livraisons}",
        en="late delivery {days:day|days} ago; {n} late within a year, of {all:delivery|deliveries}",
    ),
    figures={
        "days": Figure(lambda t: t.days_since_late_delivery),
        "n": Figure(lambda t: t.n_late_deliveries_364),
        "all": Figure(lambda t: t.n_deliveries_364),
    },
    evidence=Evidence(("order_delivered",), 28),
    outcome=Outcome(("ticket_opened",), 28),
    example=Example((Happening("order_delivered", 5, due_in=-4),)),
    counter_example=Example((Happening("order_delivered", 5, due_in=1),)),
)
