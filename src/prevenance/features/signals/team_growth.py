"""Tell when a customer’s team grows: it may need more licences."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="team_growth",
    promise="C9",
    words=Words(fr="équipe qui grandit", en="team growing"),
    kind="opportunity",
    thresholds={
        "n_added": Threshold(
            3,
            Words(fr="personnes", en="people"),
            Words(fr="personnes ajoutées en 12 semaines, au moins", en="people added within 12 weeks, at least"),
        ),
    },
    fires=lambda t, at: t.n_members_added_84 >= at["n_added"],
    strength=lambda t, at: t.n_members_added_84.cast("float64") / number(max(at["n_added"], 1.0)),
    sentence=Words(
        fr="{n:personne ajoutée|personnes ajoutées} ces 12 dernières semaines ; {share} des licences occupées",
        en="{n:person added|people added} in the last 12 weeks; {share} of licences taken",
    ),
    figures={"n": Figure(lambda t: t.n_members_added_84), "share": Figure(lambda t: t.seats_limit_rate, "percent")},
    evidence=Evidence(("member_added",), 84),
    outcome=Outcome(("plan_changed", "order_placed"), 90),
    example=Example((Happening("member_added", 10, times=3, every=9, fields={"quantity": 1.0}),)),
    counter_example=Example((Happening("member_added", 10, times=3, every=60, fields={"quantity": 1.0}),)),
)
