"""Ask whether invoices were issued twice: same customer, order and amount, within days."""

import ibis
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words

_TITLE = Words(fr="Factures émises deux fois par « {source} » : {n}", en="Invoices that “{source}” issued twice: {n}")
_DETAIL = Words(
    fr="Même client, même montant, mêmes détails, à {days} jours d’écart au plus, pour {n} "
    "{n|facture|factures} sur {total}.",
    en="Same customer, amount and details, at most {days} days apart, for {n} of {total} invoices.",
)
_REPAIR = Words(
    fr="Annulez la seconde dans « {source} » par un avoir, avant que le client ne la conteste.",
    en="Cancel the second one in “{source}” by a credit note, before the customer disputes it.",
)
_GAIN = Words(
    fr="{n} {n|réclamation évitée|réclamations évitées} ; les impayés et les montants dus deviennent justes.",
    en="{n} {n|complaint|complaints} avoided; unpaid and due amounts become right.",
)
_DAYS = 3  # a monthly subscription of the same amount comes later than that


def _run(context: AuditContext) -> tuple[Finding, ...]:
    invoices = context.facts.filter(_.kind == "invoice_issued")
    same = ibis.window(
        group_by=["source", "subject", "amount", "currency", "attributes"], order_by=["occurred_at", "record_id"]
    )
    spaced = invoices.mutate(before=_.occurred_at.lag().over(same))
    repeated = spaced.filter(_.amount.notnull() & (_.occurred_at <= _.before + ibis.interval(days=_DAYS)))
    totals = invoices.group_by("source").agg(total=_.count())
    counted = repeated.group_by("source").agg(n=_.count()).inner_join(totals, "source")
    return tuple(
        Finding(
            check="repeated_invoices",
            severity="important",
            title=tell(_TITLE, source=row["source"], n=row["n"]),
            detail=tell(_DETAIL, days=_DAYS, n=row["n"], total=row["total"]),
            n_rows=row["n"],
            share=share_of(row["n"], row["total"]),
            sample=context.sample(repeated.filter(_.source == row["source"]), "record_id"),
            repair=tell(_REPAIR, source=row["source"]),
            gain=tell(_GAIN, n=row["n"]),
            source=row["source"],
        )
        for row in context.rows(counted.order_by("source"))
    )


REPEATED_INVOICES = Check(
    name="repeated_invoices",
    words=Words(fr="Des factures sont-elles parties deux fois ?", en="Did invoices go out twice?"),
    run=_run,
)
