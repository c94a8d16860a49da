"""Tell when it will soon be one more year that someone is a customer."""

from datetime import date

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="customer_anniversary",
    promise="C12",
    words=Words(fr="anniversaire client", en="customer anniversary"),
    kind="service",
    thresholds={
        "days": Threshold(
            7,
            Words(fr="jours", en="days"),
            Words(fr="jours avant l’anniversaire, au plus", en="days to the anniversary, at most"),
        ),
    },
    fires=lambda t, at: (t.days_to_anniversary <= at["days"]) & (t.customer_age_days >= 300),
    strength=lambda t, at: number(2.0) - t.days_to_anniversary / number(max(at["days"], 1.0)),
    sentence=Words(
        fr="client depuis {years:an|ans} dans {days:jour|jours}",
        en="a customer for {years:year|years} in {days:day|days}",
    ),
    figures={
        "days": Figure(lambda t: t.days_to_anniversary),
        # The day of the anniversary falls on whole years: rounding takes the leap days away.
        "years": Figure(lambda t: ((t.customer_age_days + t.days_to_anniversary) / number(365.25)).round()),
    },
    evidence=Evidence(),
    outcome=None,
    example=Example((Happening("login_recorded", 3),), customer={"customer_since": date(2023, 11, 5)}),
    counter_example=Example((Happening("login_recorded", 3),), customer={"customer_since": date(2023, 5, 5)}),
)
