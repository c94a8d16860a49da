"""Ask who stands twice in the same system: a doubled customer is called twice and half known each time."""

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, squeezed_expr, tell
from prevenance.audit.placeholders import trust_expr
from prevenance.kit.words import Words
from prevenance.records.tables import IDENTITIES

_TITLE = Words(
    fr="{n} {n|fiche|fiches} en double dans « {source} »", en="{n} duplicate {n|record|records} in “{source}”"
)
_DETAIL = Words(
    fr="{n} {n|fiche|fiches} en trop sur {total} : même immatriculation, même nom et code postal, même "
    "personne et e-mail, ou "
    "réunies par la dernière exécution.",
    en="{n} surplus {n|record|records} of {total}: same registration, same name and postal code, same "
    "person and e-mail, or "
    "joined by the last run.",
)
_REPAIR = Words(
    fr="Fusionnez-les dans « {source} » ; en attendant, Prévenance les réunit sans rien effacer.",
    en="Merge them in “{source}”; meanwhile Prévenance puts them together without deleting anything.",
)
_GAIN = Words(
    fr="Une seule histoire par client : les fréquences et les montants deviennent justes.",
    en="One history per customer: frequencies and amounts become right.",
)


def _run(context: AuditContext) -> tuple[Finding, ...]:
    totals = context.parties.group_by("source", "stream").agg(total=_.count())
    surplus = context.lake.stage(_surplus_expr(context.parties).union(_resolved_expr(context), distinct=True))
    counted = surplus.group_by("source", "stream").agg(n=_.count()).inner_join(totals, ["source", "stream"])
    found = []
    for row in context.rows(counted.order_by("source", "stream")):
        place = f"{row['source']} / {row['stream']}"
        rows = surplus.filter((_.source == row["source"]) & (_.stream == row["stream"]))
        found.append(
            Finding(
                check="duplicates",
                severity="important",
                title=tell(_TITLE, n=row["n"], source=place),
                detail=tell(_DETAIL, n=row["n"], total=row["total"]),
                n_rows=row["n"],
                share=share_of(row["n"], row["total"]),
                sample=context.sample(rows, "party_id"),
                repair=tell(_REPAIR, source=place),
                gain=_GAIN,
                source=row["source"],
                command="prevenance identity review",
            )
        )
    return tuple(found)


def _surplus_expr(parties: ir.Table) -> ir.Table:
    """Return the records that repeat an earlier one of the same stream."""
    mail = _.email.strip().lower()
    keyed = parties.mutate(
        number=squeezed_expr(_.registration_number),
        place=squeezed_expr(_.name) + "|" + squeezed_expr(_.postal_code),
        person=squeezed_expr(_.first_name) + "|" + squeezed_expr(_.last_name) + "|" + mail,
        mail_worth=trust_expr(ibis.literal("email"), mail),
        number_worth=trust_expr(ibis.literal("siren"), _.registration_number),
    )
    accounts, people = keyed.filter(_.party_kind == "account"), keyed.filter(_.party_kind == "person")
    repeats = [
        _repeats_expr(accounts.filter(_.number_worth == "sure"), "number"),
        _repeats_expr(accounts, "place"),
        _repeats_expr(people.filter(_.mail_worth == "sure"), "person"),
    ]
    return ibis.union(*repeats, distinct=True)


def _resolved_expr(context: AuditContext) -> ir.Table:
    """Return companies that the last run found to be one, although they are spelled too differently to see."""
    resolved = context.lake.read(IDENTITIES).select("party_id", "customer_id").filter(_.party_id.notnull()).distinct()
    accounts = context.parties.filter(_.party_kind == "account").select("source", "stream", "party_id")
    known = accounts.inner_join(resolved, "party_id").select("source", "stream", "party_id", "customer_id")
    nth = ibis.row_number().over(group_by=["source", "stream", "customer_id"], order_by="party_id")
    return known.mutate(nth=nth).filter(_.nth > 0).select("source", "stream", "party_id")


def _repeats_expr(records: ir.Table, key: str) -> ir.Table:
    nth = ibis.row_number().over(group_by=["source", "stream", key], order_by="party_id")
    named = records.filter(records[key].notnull()).mutate(nth=nth)
    return named.filter(_.nth > 0).select("source", "stream", "party_id")


DUPLICATES = Check(
    name="duplicates",
    words=Words(fr="Qui figure deux fois ?", en="Who stands twice?"),
    run=_run,
)
