"""Tell when the ratings a customer gives fall steadily."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="ratings_falling",
    promise="C5",
    words=Words(fr="notes en baisse", en="ratings falling"),
    kind="risk",
    thresholds={
        "slope": Threshold(
            0.1,
            Words(fr="points en 4 semaines", en="points in 4 weeks"),
            Words(fr="baisse de la note", en="fall of the rating"),
        ),
        "min_ratings": Threshold(
            3,
            Words(fr="notes", en="ratings"),
            Words(fr="notes sur un an, au moins", en="ratings within a year, at least"),
        ),
    },
    fires=lambda t, at: (
        (t.n_ratings_364 >= at["min_ratings"])
        & (t.rating_slope <= number(-at["slope"]))
        & (t.rating_last < t.rating_mean_364)
        & (t.days_since_rating <= 84)
    ),
    strength=lambda t, at: -t.rating_slope / number(max(at["slope"], 0.01)),
    sentence=Words(
        fr="dernière note {last} sur 5, contre {mean} en moyenne sur un an ; {n:note|notes}, en baisse régulière",
        en="last rating {last} out of 5, against {mean} on average over the year; {n:rating|ratings}, falling steadily",
    ),
    figures={
        "last": Figure(lambda t: t.rating_last, "decimal"),
        "mean": Figure(lambda t: t.rating_mean_364, "decimal"),
        "n": Figure(lambda t: t.n_ratings_364),
    },
    evidence=Evidence(("rating_given",), 364),
    outcome=Outcome(("contract_ended",), 90),
    example=Example(
        (
            Happening("rating_given", 200, fields={"quantity": 5.0}),
            Happening("rating_given", 120, fields={"quantity": 4.0}),
            Happening("rating_given", 20, fields={"quantity": 2.0}),
        )
    ),
    counter_example=Example(
        (
            Happening("rating_given", 200, fields={"quantity": 2.0}),
            Happening("rating_given", 120, fields={"quantity": 4.0}),
            Happening("rating_given", 20, fields={"quantity": 5.0}),
        )
    ),
)
