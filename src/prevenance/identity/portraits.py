"""Draw one portrait of each customer and person: the best known value of each field, from all their records.

Best is the freshest value of the most trusted source that has one.
"""

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit import trust_expr

TRUST = ("crm", "erp", "helpdesk", "product", "survey")  # most trusted first; any other source comes last

_ACCOUNT_FIELDS = ("name", "email", "phone", "language", "country", "city", "postal_code", "segment", "owner")
_PERSON_FIELDS = ("first_name", "last_name", "name", "email", "phone", "language", "birth_on")


def customers_expr(placed: ir.Table, people: ir.Table) -> ir.Table:
    """Return one row per customer.

    Args:
        placed: live records with `customer_id`, `person_id`, `first_known_at` and `is_own` (the record describes the
            customer itself, not one of its people).
        people: what `people_expr` returned.
    """
    best = _best(placed.filter(_.is_own), "customer_id", (*_ACCOUNT_FIELDS, "is_key_account", "birth_on", "party_kind"))
    spans = placed.group_by("customer_id").agg(
        customer_since=ibis.coalesce(_.created_at.min(where=_.is_own), _.first_known_at.min()),
        known_at=_.first_known_at.min(),
        n_people=_.person_id.nunique(),
        sources=_.source.collect(distinct=True).sort().join(","),
    )
    contacts = people.filter(_.is_main_contact).select("customer_id", contact_language="language")
    joined = best.inner_join(spans, "customer_id").left_join(contacts, "customer_id")
    return joined.mutate(customer_kind="party_kind", language=ibis.coalesce(_.language, _.contact_language))


def people_expr(placed: ir.Table) -> ir.Table:
    """Return one row per person; of each customer one person is the main contact."""
    records = placed.filter(_.person_id.notnull())
    best = _best(records, "person_id", _PERSON_FIELDS)
    spans = records.group_by("person_id").agg(
        customer_id=_.customer_id.min(), known_at=_.first_known_at.min(), trust=_trust_expr(_.source).min()
    )
    full_name = (_.first_name.fill_null("") + " " + _.last_name.fill_null("")).strip().nullif("")
    whole = best.inner_join(spans, "person_id").mutate(name=ibis.coalesce(_.name, full_name))
    first = ibis.row_number().over(
        group_by="customer_id", order_by=[_.email.isnull(), _.trust, _.known_at, _.person_id]
    )
    return whole.mutate(is_main_contact=first == 0)


def _best(records: ir.Table, by: str, fields: tuple[str, ...]) -> ir.Table:
    clean = records.mutate(
        email=(trust_expr(ibis.literal("email"), _.email) == "nobody").ifelse(None, _.email),
        phone=(trust_expr(ibis.literal("phone"), _.phone) == "nobody").ifelse(None, _.phone),
        name=_.name.strip().nullif(""),
        place=ibis.row_number().over(
            group_by=by, order_by=[_trust_expr(_.source), ibis.desc("known_at"), "first_known_at", "party_id"]
        ),
    )
    return clean.group_by(by).agg(
        **{name: clean[name].argmin(clean.place, where=clean[name].notnull()) for name in fields}
    )


def _trust_expr(source: ir.StringColumn) -> ir.IntegerColumn:
    ranks = [(source == name, place) for place, name in enumerate(TRUST)]
    return ibis.cases(*ranks, else_=len(TRUST))
