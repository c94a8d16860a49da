"""Ask whether each source still sends news: one that fell silent makes customers look as if they had left."""

from datetime import timedelta

from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, tell
from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words

_SILENT_DAYS = 35  # a monthly export may be a few days late
_SPEAKS_DAYS = 120  # the time in which a stream shows whether it normally speaks each month
_TITLE = Words(
    fr="« {source} » n’envoie plus rien depuis {n} {n|jour|jours}",
    en="“{source}” has sent nothing for {n} {n|day|days}",
)
_DETAIL = Words(
    fr="Le dernier fait date du {last} ; d’habitude cette source parle chaque mois ({usual} faits en tout).",
    en="The last fact is of {last}; this source usually speaks every month ({usual} facts in all).",
)
_REPAIR = Words(
    fr="Vérifiez l’export ou l’accès de « {source} », puis relancez la lecture.",
    en="Check the export of “{source}” or the access to it, then load it again.",
)
_GAIN = Words(
    fr="Sans cela, une source muette ressemble à des clients qui s’éloignent.",
    en="Without it a silent source looks like customers drifting away.",
)


def _run(context: AuditContext) -> tuple[Finding, ...]:
    now = naive_utc(context.as_of)
    facts = context.facts.filter(_.occurred_at <= now).mutate(month=_.occurred_at.truncate("M"))
    streams = facts.group_by("source", "stream").agg(
        last=_.occurred_at.max(), first=_.occurred_at.min(), n=_.count(), n_months=_.month.nunique()
    )
    found = []
    for row in context.rows(streams.order_by("source", "stream")):
        days = (now - row["last"]).days
        months = max(1, (row["last"] - row["first"]) // timedelta(days=30))
        is_regular = row["last"] - row["first"] >= timedelta(days=_SPEAKS_DAYS) and row["n_months"] >= 0.9 * months
        if days > _SILENT_DAYS and is_regular:
            place = f"{row['source']} / {row['stream']}"
            found.append(
                Finding(
                    check="freshness",
                    severity="serious" if days > 2 * _SILENT_DAYS else "important",
                    title=tell(_TITLE, source=place, n=days),
                    detail=tell(_DETAIL, last=row["last"].date(), usual=row["n"]),
                    n_rows=row["n"],
                    share=None,
                    sample=(),
                    repair=tell(_REPAIR, source=place),
                    gain=_GAIN,
                )
            )
    return tuple(found)


FRESHNESS = Check(
    name="freshness",
    words=Words(fr="Chaque source donne-t-elle encore des nouvelles ?", en="Does each source still send news?"),
    run=_run,
)
