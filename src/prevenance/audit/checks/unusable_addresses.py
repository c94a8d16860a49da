"""Ask which e-mail addresses reach nobody: badly written, or put there to fill the field."""

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.audit.placeholders import trust_expr
from prevenance.kit.words import Words

_TITLE = Words(
    fr="Adresses e-mail de « {source} » qui n’atteignent personne : {n}",
    en="E-mail addresses of “{source}” that reach nobody: {n}",
)
_DETAIL = Words(
    fr="Par exemple « {value} » ; soit {p} des adresses écrites.",
    en="For example “{value}”; {p} of the addresses written.",
)
_ROLE_TITLE = Words(
    fr="Personnes de « {source} » dont l’adresse est celle d’un service : {n}",
    en="People in “{source}” whose address is that of a department: {n}",
)
_REPAIR = Words(
    fr="Corrigez-les dans « {source} », ou videz le champ : un champ vide dit vrai.",
    en="Correct them in “{source}”, or empty the field: an empty field tells the truth.",
)
_GAIN = Words(
    fr="{n} {n|message n’échoue|messages n’échouent} plus, et ces fiches se rapprochent des autres sources.",
    en="{n} {n|message no longer fails|messages no longer fail}, and these records match the other sources.",
)
_TRAILING = r"\.\.|@[-.]|[.]@|^[.]"
_BY_MAIL = "email:"


def _run(context: AuditContext) -> tuple[Finding, ...]:
    judged = context.lake.stage(_addresses_expr(context))
    counted = judged.group_by("source", "stream").agg(
        total=_.count(),
        bad=(_.worth == "nobody").sum(),
        role=(_.worth == "role").sum(),
        bad_value=_.email.min(where=_.worth == "nobody"),
        role_value=_.email.min(where=_.worth == "role"),
    )
    found = []
    for row in context.rows(counted.order_by("source", "stream")):
        place = f"{row['source']} / {row['stream']}"
        of_place = judged.filter((_.source == row["source"]) & (_.stream == row["stream"]))
        for worth, key, title in (("nobody", "bad", _TITLE), ("role", "role", _ROLE_TITLE)):
            if row[key]:
                share = share_of(row[key], row["total"]) or 0.0
                found.append(
                    Finding(
                        check="unusable_addresses",
                        severity="important" if worth == "nobody" else "advice",
                        title=tell(title, source=place, n=row[key]),
                        detail=tell(_DETAIL, value=row[f"{key}_value"], p=share),
                        n_rows=row[key],
                        share=share,
                        sample=context.sample(of_place.filter(_.worth == worth), "record_id"),
                        repair=tell(_REPAIR, source=place),
                        gain=tell(_GAIN, n=row[key]),
                        source=row["source"],
                    )
                )
    return tuple(found)


def _addresses_expr(context: AuditContext) -> ir.Table:
    """Return the addresses of records, and those by which facts name who they concern, each with its worth.

    That a company's address is `contact@` is as it should be; only a person's should not be.
    """
    described = context.parties.select("source", "stream", "record_id", "email", "party_kind")
    named = context.facts.filter(_.subject.startswith(_BY_MAIL))
    told = named.select(
        "source", "stream", "record_id", email=_.subject.substr(len(_BY_MAIL)), party_kind=ibis.literal("person")
    )
    every = described.union(told.distinct()).filter(_.email.notnull() & (_.email.strip() != ""))
    worth = trust_expr(ibis.literal("email"), every.email)
    is_own = (every.party_kind == "account") & (worth == "role")
    is_broken = every.email.re_search(_TRAILING)
    return every.mutate(worth=ibis.cases((is_broken, "nobody"), (is_own, "sure"), else_=worth))


UNUSABLE_ADDRESSES = Check(
    name="unusable_addresses",
    words=Words(fr="Les adresses e-mail atteignent-elles quelqu’un ?", en="Do e-mail addresses reach somebody?"),
    run=_run,
)
