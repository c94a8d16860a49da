"""Ask whether customers could be reached at all.

In practice 30 % of CRM records lack contact details (A4).
"""

from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words

_TITLE = Words(
    fr="{p} des fiches de « {source} » sans téléphone ni e-mail",
    en="{p} of the records in “{source}” have neither phone nor e-mail",
)
_DETAIL = Words(
    fr="{n} {n|fiche|fiches} sur {total} {n|n’a|n’ont} ni téléphone ni adresse e-mail ; {mail} "
    "{mail|n’a|n’ont} pas d’e-mail.",
    en="{n} of {total} records {n|has|have} neither a phone number nor an e-mail address; {mail} "
    "{mail|has|have} no e-mail.",
)
_REPAIR = Words(
    fr="Complétez ces fiches dans « {source} », ou reliez une source qui connaît ces clients (ERP, support).",
    en="Fill in these records in “{source}”, or connect a source that knows these customers (ERP, helpdesk).",
)
_GAIN = Words(
    fr="{n} {n|client de plus peut être aidé|clients de plus peuvent être aidés} à temps.",
    en="{n} more {n|customer|customers} can be helped in time.",
)
_SERIOUS_FROM = 0.25
_SILENT_BELOW = 0.02


def _run(context: AuditContext) -> tuple[Finding, ...]:
    parties = context.parties.filter(_.party_kind.isin(["account", "person"]))
    bare = parties.mutate(has_mail=_.email.strip().nullif("").notnull(), has_phone=_.phone.strip().nullif("").notnull())
    counted = bare.group_by("source", "stream").agg(
        total=_.count(), bare=(~_.has_mail & ~_.has_phone).sum(), no_mail=(~_.has_mail).sum()
    )
    found = []
    for row in context.rows(counted.order_by("source", "stream")):
        share = share_of(row["bare"], row["total"]) or 0.0
        # Product accounts and the like never hold addresses; that is their nature, not a fault.
        if _SILENT_BELOW <= share < 0.9:
            missing = bare.filter(
                (_.source == row["source"]) & (_.stream == row["stream"]) & ~_.has_mail & ~_.has_phone
            )
            place = f"{row['source']} / {row['stream']}"
            found.append(
                Finding(
                    check="contact_details",
                    severity="serious" if share >= _SERIOUS_FROM else "important",
                    title=tell(_TITLE, p=share, source=place),
                    detail=tell(_DETAIL, n=row["bare"], total=row["total"], mail=row["no_mail"]),
                    n_rows=row["bare"],
                    share=share,
                    sample=context.sample(missing, "party_id"),
                    repair=tell(_REPAIR, source=place),
                    gain=tell(_GAIN, n=row["bare"]),
                    source=row["source"],
                )
            )
    return tuple(found)


CONTACT_DETAILS = Check(
    name="contact_details",
    words=Words(fr="Peut-on joindre les clients ?", en="Can customers be reached?"),
    run=_run,
)
