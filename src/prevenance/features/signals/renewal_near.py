"""Tell when the end of a contract’s term comes near."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="renewal_near",
    promise="C12",
    words=Words(fr="échéance proche", en="renewal near"),
    kind="service",
    thresholds={
        "days": Threshold(
            60,
            Words(fr="jours", en="days"),
            Words(fr="jours avant l’échéance, au plus", en="days to the end of the term, at most"),
        ),
    },
    fires=lambda t, at: (t.days_to_contract_end >= 0) & (t.days_to_contract_end <= at["days"]),
    strength=lambda t, at: number(2.0) - t.days_to_contract_end / number(max(at["days"], 1.0)),
    sentence=Words(
        fr="le contrat arrive à échéance dans {days:jour|jours} ; {renewals:renouvellement|renouvellements} jusqu’ici",
        en="the contract’s term ends in {days:day|days}; {renewals:renewal|renewals} so far",
    ),
    figures={"days": Figure(lambda t: t.days_to_contract_end), "renewals": Figure(lambda t: t.n_renewals)},
    evidence=Evidence(("contract_started", "contract_renewed"), 364),
    outcome=Outcome(("contract_renewed", "contract_ended"), 90),
    example=Example((Happening("contract_started", 330, due_in=365),)),
    counter_example=Example((Happening("contract_started", 200, due_in=365),)),
)
