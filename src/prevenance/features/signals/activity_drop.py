"""Tell when a customer logs in far less than the month before."""

from prevenance.features.base import number
from prevenance.features.signal import Evidence, Example, Figure, Happening, Outcome, Signal, Threshold
from prevenance.kit.words import Words

SIGNAL = Signal(
    name="activity_drop",
    promise="C1",
    words=Words(fr="activité en baisse", en="activity falling"),
    kind="risk",
    thresholds={
        "drop": Threshold(
            0.5,
            Words(fr="part", en="share"),
            Words(fr="baisse des connexions en 4 semaines", en="fall in logins within 4 weeks"),
        ),
        "min_logins": Threshold(
            8,
            Words(fr="connexions", en="logins"),
            Words(fr="connexions d’avant, au moins", en="logins before, at least"),
        ),
    },
    fires=lambda t, at: (t.n_logins_before_28 >= at["min_logins"]) & (t.login_trend <= number(1.0 - at["drop"])),
    strength=lambda t, at: (number(1.0) - t.login_trend) / number(max(at["drop"], 0.01)),
    sentence=Words(
        fr="{now:connexion|connexions} ces 4 dernières semaines, contre {before} les 4 précédentes (−{drop})",
        en="{now:login|logins} in the last 4 weeks, against {before} in the 4 before (−{drop})",
    ),
    figures={
        "now": Figure(lambda t: t.n_logins_28),
        "before": Figure(lambda t: t.n_logins_before_28),
        "drop": Figure(lambda t: number(1.0) - t.login_trend, "percent"),
    },
    evidence=Evidence(("login_recorded",), 56),
    outcome=Outcome(("contract_ended",), 90),
    example=Example(
        (Happening("login_recorded", 30, times=12, every=2), Happening("login_recorded", 3, times=5, every=4))
    ),
    counter_example=Example((Happening("login_recorded", 1, times=26, every=2),)),
)
