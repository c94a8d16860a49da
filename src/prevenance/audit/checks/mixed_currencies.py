"""Ask whether amounts in several currencies are added up as if they were one."""

from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words

_TITLE = Words(
    fr="Montants en {currency} parmi des montants en {home} : {n}",
    en="Amounts in {currency} among amounts in {home}: {n}",
)
_DETAIL = Words(
    fr="{n} {n|montant|montants} de « {source} » sur {total} ; sommes et moyennes les ajouteraient tels quels.",
    en="{n} of {total} amounts in “{source}”; sums and means would add them up as they are.",
)
_REPAIR = Words(
    fr="Écrivez dans le mapping de « {source} » combien vaut 1 {currency} en {home} ; le montant écrit reste à côté.",
    en="Write in the mapping of “{source}” what 1 {currency} is worth in {home}; the amount as written stays beside.",
)
_GAIN = Words(
    fr="{n} {n|montant compte pour ce qu’il vaut|montants comptent pour ce qu’ils valent}.",
    en="{n} {n|amount counts for what it is|amounts count for what they are} worth.",
)


def _run(context: AuditContext) -> tuple[Finding, ...]:
    priced = context.facts.filter(_.amount.notnull() & _.currency.notnull())
    by_currency = context.rows(priced.group_by("currency").agg(n=_.count()).order_by([_.n.desc(), "currency"]))
    if len(by_currency) < 2:
        return ()
    home, total = by_currency[0]["currency"], sum(row["n"] for row in by_currency)
    others = priced.filter(_.currency != home).group_by("source", "currency").agg(n=_.count())
    return tuple(
        Finding(
            check="mixed_currencies",
            severity="serious",
            title=tell(_TITLE, currency=row["currency"], home=home, n=row["n"]),
            detail=tell(_DETAIL, source=row["source"], n=row["n"], total=total),
            n_rows=row["n"],
            share=share_of(row["n"], total),
            sample=context.sample(
                priced.filter((_.source == row["source"]) & (_.currency == row["currency"])), "record_id"
            ),
            repair=tell(_REPAIR, source=row["source"], currency=row["currency"], home=home),
            gain=tell(_GAIN, n=row["n"]),
            source=row["source"],
            command=f"exchange_rates: {{{row['currency']}: …}}",
        )
        for row in context.rows(others.order_by("source", "currency"))
    )


MIXED_CURRENCIES = Check(
    name="mixed_currencies",
    words=Words(fr="Des monnaies sont-elles mélangées ?", en="Are currencies mixed?"),
    run=_run,
)
