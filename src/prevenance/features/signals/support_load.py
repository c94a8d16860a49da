"""Tell when a customer needs help unusually often."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="support_load",
    promise="C3",
    words=Words(fr="beaucoup de demandes d’aide", en="many requests for help"),
    kind="risk",
    thresholds={
        "n_tickets": Threshold(
            3,
            Words(fr="demandes", en="requests"),
            Words(fr="plus de tant de demandes en 4 semaines", en="more than so many within 4 weeks"),
        ),
    },
    fires=lambda t, at: t.n_tickets_28 > at["n_tickets"],
    strength=lambda t, at: t.n_tickets_28.cast("float64") / number(max(at["n_tickets"], 1.0)),
    sentence=Words(
        fr="{n:demande d’aide|demandes d’aide} ces 4 dernières semaines, contre {before} les 4 précédentes",
        en="{n:request for help|requests for help} in the last 4 weeks, against {before} in the 4 before",
    ),
    figures={"n": Figure(lambda t: t.n_tickets_28), "before": Figure(lambda t: t.n_tickets_before_28)},
    evidence=Evidence(("ticket_opened",), 28),
    outcome=Outcome(("contract_ended",), 90),
    example=Example((Happening("ticket_opened", 2, times=5, every=5, fields={"label": "facturation"}),)),
    counter_example=Example((Happening("ticket_opened", 2, times=5, every=9, fields={"label": "facturation"}),)),
)
