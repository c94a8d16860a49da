"""Tell when a customer logs in at hours that are not his: an account problem often follows."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="unusual_hours",
    promise="C7",
    words=Words(fr="connexions à des heures inhabituelles", en="logins at unusual hours"),
    kind="risk",
    thresholds={
        "unusual_share": Threshold(
            0.5,
            Words(fr="part", en="share"),
            Words(fr="part des connexions hors habitude", en="share of logins outside the habit"),
        ),
        "min_logins": Threshold(
            5,
            Words(fr="connexions", en="logins"),
            Words(fr="connexions en 2 semaines, au moins", en="logins within 2 weeks, at least"),
        ),
    },
    fires=lambda t, at: (t.n_logins_14 >= at["min_logins"]) & (t.unusual_hours_rate >= number(at["unusual_share"])),
    strength=lambda t, at: t.unusual_hours_rate / number(max(at["unusual_share"], 0.01)),
    sentence=Words(
        fr="{share} des {n:connexion|connexions} de ces 2 semaines hors des heures habituelles du client",
        en="{share} of the {n:login|logins} of the last 2 weeks outside the customer’s usual hours",
    ),
    figures={"share": Figure(lambda t: t.unusual_hours_rate, "percent"), "n": Figure(lambda t: t.n_logins_14)},
    evidence=Evidence(("login_recorded",), 14),
    outcome=Outcome(("ticket_opened", "contract_ended"), 28),
    example=Example(
        (
            Happening("login_recorded", 15, times=25, every=2, fields={"hour": 10}),
            Happening("login_recorded", 1, times=6, every=2, fields={"hour": 2}),
        )
    ),
    counter_example=Example((Happening("login_recorded", 1, times=40, every=2, fields={"hour": 10}),)),
)
