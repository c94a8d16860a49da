"""Ask whether months are missing in the middle of a stream: a hole looks like a bad month of the customers."""

import ibis
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, tell
from prevenance.kit.words import Words

_THIN = 0.2  # a month with less than this part of the usual volume is a hole
_TITLE = Words(fr="Mois presque vides dans « {source} » : {n}", en="Nearly empty months in “{source}”: {n}")
_DETAIL = Words(
    fr="{months} : moins d’un cinquième du volume habituel ({usual} faits par mois).",
    en="{months}: less than a fifth of the usual volume ({usual} facts a month).",
)
_REPAIR = Words(
    fr="Redemandez l’export de ces mois à « {source} ».", en="Ask “{source}” for the export of these months again."
)
_GAIN = Words(
    fr="Les tendances et les saisons ne sont plus faussées par un trou.",
    en="Trends and seasons are no longer bent by a hole.",
)
_RECENT = 36  # months; older holes bend no trend any more
_IRREGULAR = 0.25  # a stream with more holes than this is a campaign, not a pulse
_FEWEST_MONTHS = 6
_FEWEST_FACTS = 20


def _run(context: AuditContext) -> tuple[Finding, ...]:
    at = ibis.literal(context.as_of.replace(tzinfo=None), "timestamp(6)")
    monthly = (
        context.facts.filter(_.occurred_at <= at)
        .group_by("source", "stream", month=_.occurred_at.truncate("M").date())
        .agg(n=_.count())
        .order_by("source", "stream", "month")
    )
    by_stream: dict[str, dict[str, int]] = {}
    for row in context.rows(monthly):
        by_stream.setdefault(f"{row['source']} / {row['stream']}", {})[row["month"].strftime("%Y-%m")] = row["n"]
    return tuple(_finding(place, months) for place, months in by_stream.items() if _holes(months))


def _finding(place: str, months: dict[str, int]) -> Finding:
    holes = _holes(months)
    usual = _usual(months)
    return Finding(
        check="volume_gaps",
        severity="serious" if len(holes) > 2 else "important",
        title=tell(_TITLE, n=len(holes), source=place),
        detail=tell(_DETAIL, months=", ".join(holes[:12]), usual=usual),
        n_rows=len(holes),
        share=None,
        sample=tuple(holes[:5]),
        repair=tell(_REPAIR, source=place),
        gain=_GAIN,
    )


def _usual(months: dict[str, int]) -> int:
    return sorted(months.values())[len(months) // 2]


def _holes(months: dict[str, int]) -> list[str]:
    """Return the thin or absent months between the first and the last full one, of a stream that speaks each month."""
    usual = _usual(months)
    if len(months) < _FEWEST_MONTHS or usual < _FEWEST_FACTS:
        return []
    full = [month for month, n in sorted(months.items()) if n >= _THIN * usual]
    span = _between(full[0], full[-1])[-_RECENT:]
    holes = [month for month in span if months.get(month, 0) < _THIN * usual]
    return holes if len(holes) <= _IRREGULAR * len(span) else []


def _between(first: str, last: str) -> list[str]:
    year, month = (int(part) for part in first.split("-"))
    found = []
    while f"{year:04d}-{month:02d}" <= last:
        found.append(f"{year:04d}-{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


VOLUME_GAPS = Check(
    name="volume_gaps",
    words=Words(fr="Manque-t-il des mois ?", en="Are months missing?"),
    run=_run,
)
