"""Tell when someone’s birthday is near."""

from datetime import date

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="birthday",
    promise="C12",
    words=Words(fr="anniversaire d’une personne", en="birthday"),
    kind="service",
    thresholds={
        "days": Threshold(
            7,
            Words(fr="jours", en="days"),
            Words(fr="jours avant l’anniversaire, au plus", en="days to the birthday, at most"),
        ),
    },
    fires=lambda t, at: t.days_to_birthday <= at["days"],
    strength=lambda t, at: number(2.0) - t.days_to_birthday / number(max(at["days"], 1.0)),
    sentence=Words(fr="anniversaire dans {days:jour|jours}", en="birthday in {days:day|days}"),
    figures={"days": Figure(lambda t: t.days_to_birthday)},
    evidence=Evidence(),
    outcome=None,
    example=Example((Happening("login_recorded", 3),), customer={"birth_on": date(1980, 11, 5)}),
    counter_example=Example((Happening("login_recorded", 3),), customer={"birth_on": date(1980, 12, 5)}),
)
