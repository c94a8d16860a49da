"""Ask whether two systems say the same of the same customer."""

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, squeezed_expr, tell
from prevenance.audit.placeholders import trust_expr
from prevenance.kit.words import Words

_FIELDS = {
    "name": Words(fr="le nom", en="the name"),
    "email": Words(fr="l’adresse e-mail", en="the e-mail address"),
    "phone": Words(fr="le téléphone", en="the phone number"),
    "postal_code": Words(fr="le code postal", en="the postal code"),
    "language": Words(fr="la langue", en="the language"),
}
_TITLE = Words(
    fr="« {left} » et « {right} » ne disent pas la même chose : {field} ({p})",
    en="“{left}” and “{right}” disagree about {field} ({p})",
)
_DETAIL = Words(
    fr="{n} {n|client|clients} sur {total} {n|a|ont} dans les deux sources des valeurs différentes ; ainsi "
    "« {one} » et « {other} ».",
    en="{n} of {total} customers {n|has|have} different values in the two sources; for example “{one}” and “{other}”.",
)
_REPAIR = Words(
    fr="Décidez laquelle des deux sources fait foi pour ce champ, et corrigez l’autre.",
    en="Decide which of the two sources is right about this field, and correct the other.",
)
_GAIN = Words(
    fr="Les messages partent à la bonne adresse, dans la bonne langue.",
    en="Messages go to the right address, in the right language.",
)
_SILENT_BELOW = 0.02
_SLIPS = 0.35  # of the letters: a typing slip, or the legal form written on the other side
_SERIOUS = {"email", "language"}  # what decides who gets a message, and in which words


def _run(context: AuditContext) -> tuple[Finding, ...]:
    pairs = context.lake.stage(_same_customer_expr(context.parties))
    found = []
    for field, words in _FIELDS.items():
        left, right = pairs[field], pairs[f"{field}_r"]
        told = pairs.filter(_plain_expr(field, left).notnull() & _plain_expr(field, right).notnull())
        differs = _differs_expr(field, _plain_expr(field, left), _plain_expr(field, right))
        counted = told.group_by("source", "source_r").agg(
            total=ibis._.count(), n=differs.sum(), one=left.min(where=differs), key=_.key.min(where=differs)
        )
        for row in context.rows(counted.order_by("source", "source_r")):
            share = share_of(row["n"], row["total"]) or 0.0
            if share >= _SILENT_BELOW:
                found.append(_finding(context, told.filter(differs), field, words, row))
    return tuple(found)


def _finding(context: AuditContext, differing: ir.Table, field: str, words: Words, row: dict[str, object]) -> Finding:
    sides = differing.filter((_.source == row["source"]) & (_.source_r == row["source_r"]))
    first = context.rows(sides.order_by("party_id", "party_id_r").limit(1))[0]
    n, total = int(str(row["n"])), int(str(row["total"]))
    title = Words(
        fr=_TITLE.fr.replace("{field}", words.fr),
        en=_TITLE.en.replace("{field}", words.en),
    )
    return Finding(
        check="consistency",
        severity="serious"
        if field in _SERIOUS and n / total >= 0.1
        else "important"
        if field in _SERIOUS
        else "advice",
        title=tell(title, left=str(row["source"]), right=str(row["source_r"]), p=n / total),
        detail=tell(_DETAIL, n=n, total=total, one=str(first[field]), other=str(first[f"{field}_r"])),
        n_rows=n,
        share=n / total,
        sample=context.sample(sides, "party_id"),
        repair=_REPAIR,
        gain=_GAIN,
        source=str(row["source"]),
    )


def _same_customer_expr(parties: ir.Table) -> ir.Table:
    """Return pairs of records of two sources that carry the same registration number or the same personal address."""
    number = squeezed_expr(_.registration_number).upper()
    siren = number.re_search(r"^FR[0-9A-Z]{2}[0-9]{9}$").ifelse(number.right(9), number)
    is_sure_number = trust_expr(ibis.literal("siren"), _.registration_number) == "sure"
    is_sure_mail = trust_expr(ibis.literal("email"), _.email) == "sure"
    keyed = parties.mutate(
        key=ibis.cases(
            ((_.party_kind == "account") & is_sure_number, "siren:" + siren),
            ((_.party_kind == "person") & is_sure_mail, "email:" + _.email.strip().lower()),
        )
    ).filter(_.key.notnull())
    nth = ibis.row_number().over(group_by=["source", "key"], order_by="party_id")
    one = keyed.mutate(nth=nth).filter(_.nth == 0).select("key", "source", "party_id", *_FIELDS)
    other = one.view()
    return one.inner_join(other, [one.key == other.key, one.source < other.source], rname="{name}_r")


def _plain_expr(field: str, value: ir.StringColumn) -> ir.StringValue:
    plain = squeezed_expr(value)
    if field == "email":  # invoices@ and contact@ of one company do not contradict each other
        worth = trust_expr(ibis.literal("email"), value)
        domain = squeezed_expr(value.re_extract(r"@(.+)$", 1))
        return ibis.cases((worth == "sure", plain), (worth == "role", domain))
    return plain.right(8) if field == "phone" else plain.left(2) if field == "language" else plain


def _differs_expr(field: str, left: ir.StringValue, right: ir.StringValue) -> ir.BooleanValue:
    if field == "email":
        return ~(left.endswith(right) | right.endswith(left))
    if field != "name":
        return left != right
    longer = ibis.greatest(left.length(), right.length())
    is_part = left.contains(right) | right.contains(left)  # with and without legal form, first name alone
    return ~is_part & (left.levenshtein(right) > _SLIPS * longer)


CONSISTENCY = Check(
    name="consistency",
    words=Words(fr="Les sources se contredisent-elles ?", en="Do the sources contradict each other?"),
    run=_run,
)
