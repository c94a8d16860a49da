"""Ask which choices are too old, and which consents undated and unproven, to rely on. An old no is still respected."""

from datetime import timedelta

import ibis
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words

_OLD_DAYS = 3 * 365  # the CNIL's guidance: three years from the last contact by the person
_OLD = Words(
    fr="{p} des choix de « {source} » ont plus de trois ans",
    en="{p} of the choices in “{source}” are over three years old",
)
_BARE = Words(
    fr="{p} des accords de « {source} » n’ont ni date ni preuve",
    en="{p} of the consents in “{source}” have neither date nor proof",
)
_DETAIL = Words(fr="{n} choix sur {total}.", en="{n} of {total} choices.")
_REPAIR_OLD = Words(
    fr="Redemandez leur choix à ces personnes, par un canal encore permis ; un ancien non reste respecté.",
    en="Ask these people for their choice again, through a channel still allowed; an old no is respected.",
)
_REPAIR_BARE = Words(
    fr="Retrouvez quand et comment l’accord a été donné ; sans preuve il ne vaut pas.",
    en="Find when and how the consent was given; without proof it does not count.",
)
_GAIN = Words(
    fr="{n} choix {n|vaut|valent} à nouveau sans risque.",
    en="{n} {n|choice holds|choices hold} again without risk.",
)
_SILENT_BELOW = 0.01


def _run(context: AuditContext) -> tuple[Finding, ...]:
    oldest = ibis.literal(naive_utc(context.as_of) - timedelta(days=_OLD_DAYS), "timestamp(6)")
    given = context.consents.mutate(
        is_old=(_.recorded_at < oldest).fill_null(False),
        is_bare=_.is_given & _.recorded_at.isnull() & _.proof.isnull(),
    )
    counted = given.group_by("source").agg(total=_.count(), old=_.is_old.sum(), bare=_.is_bare.sum())
    found = []
    for row in context.rows(counted.order_by("source")):
        for column, flag, title, repair in (
            ("old", "is_old", _OLD, _REPAIR_OLD),
            ("bare", "is_bare", _BARE, _REPAIR_BARE),
        ):
            share = share_of(row[column], row["total"]) or 0.0
            if share >= _SILENT_BELOW:
                rows = given.filter((given.source == row["source"]) & given[flag])
                found.append(
                    Finding(
                        check="stale_consents",
                        severity="important",
                        title=tell(title, p=share, source=row["source"]),
                        detail=tell(_DETAIL, n=row[column], total=row["total"]),
                        n_rows=row[column],
                        share=share,
                        sample=context.sample(rows, "record_id"),
                        repair=repair,
                        gain=tell(_GAIN, n=row[column]),
                        source=row["source"],
                    )
                )
    return tuple(found)


STALE_CONSENTS = Check(
    name="stale_consents",
    words=Words(fr="Les accords sont-ils encore valables ?", en="Do consents still hold?"),
    run=_run,
)
