"""Ask who said yes and no to the same purpose on the same day: a choice of channel, or a slip of the form."""

from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words

_TITLE = Words(
    fr="{n} {n|personne|personnes} de « {source} » {n|dit|disent} oui et non le même jour",
    en="{n} {n|person|people} in “{source}” {n|says|say} yes and no on the same day",
)
_DETAIL = Words(
    fr="Oui sur un canal, non sur un autre, pour la même finalité : {p} de ceux qui ont fait plusieurs choix.",
    en="Yes on one channel, no on another, for the same purpose: {p} of those who made several choices.",
)
_REPAIR = Words(
    fr="Demandez-leur ce qu’elles préfèrent ; jusque-là chaque non est respecté.",
    en="Ask them what they prefer; until then each no is respected.",
)
_GAIN = Words(
    fr="{n} {n|préférence devient sûre|préférences deviennent sûres}.",
    en="{n} {n|preference becomes|preferences become} certain.",
)
_SILENT_BELOW = 0.01


def _run(context: AuditContext) -> tuple[Finding, ...]:
    choices = context.consents.group_by("source", "subject", "purpose", "recorded_at").agg(
        n=_.count(), n_yes=_.is_given.sum(), record_id=_.record_id.min()
    )
    several = choices.filter(_.n > 1).mutate(is_split=(_.n_yes > 0) & (_.n_yes < _.n))
    counted = several.group_by("source").agg(total=_.subject.nunique(), n=_.subject.nunique(where=_.is_split))
    found = []
    for row in context.rows(counted.order_by("source")):
        share = share_of(row["n"], row["total"]) or 0.0
        if share >= _SILENT_BELOW:
            split = several.filter((_.source == row["source"]) & _.is_split)
            found.append(
                Finding(
                    check="contradicting_choices",
                    severity="advice",
                    title=tell(_TITLE, n=row["n"], source=row["source"]),
                    detail=tell(_DETAIL, p=share),
                    n_rows=row["n"],
                    share=share,
                    sample=context.sample(split, "record_id"),
                    repair=_REPAIR,
                    gain=tell(_GAIN, n=row["n"]),
                    source=row["source"],
                )
            )
    return tuple(found)


CONTRADICTING_CHOICES = Check(
    name="contradicting_choices",
    words=Words(fr="Les choix se contredisent-ils ?", en="Do choices contradict each other?"),
    run=_run,
)
