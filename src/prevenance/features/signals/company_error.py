"""Tell when we made a mistake that this customer met."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="company_error",
    promise="C12",
    words=Words(fr="erreur de notre part", en="a mistake of ours"),
    kind="service",
    thresholds={
        "days": Threshold(
            14,
            Words(fr="jours", en="days"),
            Words(fr="jours depuis l’erreur, au plus", en="days since the mistake, at most"),
        ),
    },
    fires=lambda t, at: t.days_since_company_error <= at["days"],
    strength=lambda t, at: number(2.0) - t.days_since_company_error / number(max(at["days"], 1.0)),
    sentence=Words(
        fr="erreur de notre part il y a {days:jour|jours} ; {n} en un an",
        en="a mistake of ours {days:day|days} ago; {n} within a year",
    ),
    figures={"days": Figure(lambda t: t.days_since_company_error), "n": Figure(lambda t: t.n_company_errors_364)},
    evidence=Evidence(("company_error_found",), 28),
    outcome=Outcome(("ticket_opened",), 28),
    example=Example((Happening("company_error_found", 3, fields={"label": "wrong_charge"}),)),
    counter_example=Example((Happening("company_error_found", 30, fields={"label": "wrong_charge"}),)),
)
