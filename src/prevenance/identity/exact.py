"""Link records that carry the same safe identifier.

Companies are joined by registration number and by the ids of business systems; people by their personal e-mail address
and by those ids. An identifier that names nobody, or that too many share, joins nobody (reliability.md, ID-01).
"""

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit import trust_expr
from prevenance.identity.cleaning import registration_expr
from prevenance.identity.evidence import Known

_SLIPS = 0.12  # of the letters of a company's name
_A_NAME = 6  # letters that make a name within another name telling
CROWD = 5  # strong identities that may share one identifier
_NEVER_FOR_ACCOUNTS = ("email", "phone", "domain")
_NEVER_FOR_PEOPLE = ("phone", "siren", "domain")


def account_pairs_expr(found: Known, records: ir.Table) -> ir.Table:
    """Return the pairs of account records that share a safe identifier (`left`, `right`, `evidence`, `rank`)."""
    held = _sure(found.identifiers).filter((_.party_kind == "account") & ~_.namespace.isin(list(_NEVER_FOR_ACCOUNTS)))
    ids = held.select(
        "party_id", "namespace", value=(_.namespace == "siren").ifelse(registration_expr(_.value), _.value.strip())
    )
    numbers = records.select("party_id", namespace=ibis.literal("siren"), value="registration_key")
    ids = ids.union(numbers)
    return _pairs_expr(ids, records.select("party_id", "source", who="name_key"), first="siren")


def person_pairs_expr(found: Known, records: ir.Table) -> ir.Table:
    """Return the pairs of person records that share a safe identifier, and whether they may be one (`is_allowed`).

    Two known people - whose names or birth dates disagree - are never joined by a shared address, nor are people of
    two companies.
    """
    held = _sure(found.identifiers).filter((_.party_kind == "person") & ~_.namespace.isin(list(_NEVER_FOR_PEOPLE)))
    ids = held.select(
        "party_id", "namespace", value=(_.namespace == "email").ifelse(_.value.strip().lower(), _.value.strip())
    )
    mails = records.filter(_.email_key.notnull())
    ids = ids.union(mails.select("party_id", namespace=ibis.literal("email"), value="email_key"))
    who = records.select("party_id", "source", who=_.first_name_key + " " + _.last_name_key)
    pairs = _pairs_expr(ids, who, first="")
    left, right = records.view(), records.view()
    joined = pairs.inner_join(left, [("left", "party_id")]).inner_join(right, [("right", "party_id")], rname="{name}_r")
    return joined.select("left", "right", "evidence", "rank", is_allowed=may_be_one_person_expr(joined))


def may_be_one_person_expr(pair: ir.Table) -> ir.BooleanValue:
    """Return whether nothing says that two person records (columns and columns `_r`) are two people."""

    def unknown(column: str) -> ir.BooleanValue:
        return pair[column].isnull() | pair[f"{column}_r"].isnull()

    def alike(column: str) -> ir.BooleanValue:
        left, right = pair[column], pair[f"{column}_r"]
        close = left.levenshtein(right) <= ibis.ifelse(left.length() >= 6, 2, 1)
        one_is_initial = (left.length() == 1) | (right.length() == 1)
        return close & ~one_is_initial | (one_is_initial & (left.substr(0, 1) == right.substr(0, 1)))

    same = [unknown(column) | (pair[column] == pair[f"{column}_r"]) for column in ("account", "birth_key")]
    return ibis.and_(*same, *(unknown(column) | alike(column) for column in ("first_name_key", "last_name_key")))


def may_be_one_company_expr(pair: ir.Table) -> ir.BooleanValue:
    """Return whether two account records (columns and columns `_r`) are alike in more than where they stand.

    Neighbours in a business park share street, town and often trade: without a name within two slips, one name within
    the other, a mail domain or a person in common they are not taken for one.
    """
    left, right = pair.name_key, pair.name_key_r
    slips = left.levenshtein(right) <= ibis.greatest(2, (left.length() * _SLIPS).floor().cast("int64"))
    is_part = (left.length() >= _A_NAME) & (right.length() >= _A_NAME) & (left.contains(right) | right.contains(left))
    shares_people = pair.people_emails.intersect(pair.people_emails_r).length() > 0
    likenesses = (slips, is_part, pair.domain_key == pair.domain_key_r, shares_people)
    return ibis.or_(*(likeness.fill_null(False) for likeness in likenesses))


def _sure(ids: ir.Table) -> ir.Table:
    """Keep the identifiers that name one customer or person, as they were written: cleaning hides `[object Object]`."""
    return ids.filter(trust_expr(_.namespace, _.value) == "sure")


def _pairs_expr(ids: ir.Table, who: ir.Table, *, first: str) -> ir.Table:
    ids = ids.filter(_.value.notnull()).distinct().inner_join(who, "party_id")
    per_source = ids.group_by("namespace", "value", "source").agg(n=_.party_id.nunique())
    crowds = per_source.group_by("namespace", "value").agg(n_records=_.n.max())
    names = ids.group_by("namespace", "value").agg(n_names=_.who.nunique(), n_parties=_.party_id.nunique())
    safe = names.inner_join(crowds, ["namespace", "value"]).filter(
        (_.n_parties > 1) & (_.n_records <= CROWD) & (_.n_names <= CROWD)
    )
    joinable = ids.semi_join(safe, ["namespace", "value"])
    left, right = joinable.view(), joinable.view()
    met = left.inner_join(
        right,
        [left.namespace == right.namespace, left.value == right.value, left.party_id < right.party_id],
        rname="{name}_r",
    ).select(left="party_id", right="party_id_r", evidence="namespace")
    ranked = met.mutate(rank=(_.evidence == first).ifelse(0, (_.evidence == "email").ifelse(2, 1)))
    told = ranked.mutate(told=_.rank.cast("string") + _.evidence)  # the text breaks ties, so that a rerun says the same
    best = told.group_by("left", "right").agg(rank=_.rank.min(), told=_.told.min())
    return best.select("left", "right", "rank", evidence=_.told.substr(1))
