"""Prepare what records are compared by: one row per live record, in plain form.

Reads only what was known by the instant asked for.
"""

from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
from ibis import _

from prevenance.audit import trust_expr
from prevenance.identity.cleaning import (
    city_expr,
    compact_expr,
    company_expr,
    domain_expr,
    person_name_expr,
    phone_expr,
    plain_expr,
    registration_expr,
)
from prevenance.kit.clock import naive_utc
from prevenance.records.tables import IDENTIFIERS, PARTIES
from prevenance.storage import Lake

_LONG_NAME = 8  # letters from which a domain that spells a name is no coincidence
_SWITCHBOARD = 25  # a phone or domain of more records than this is a group's or a provider's: it tells nothing
_DOMAIN_IN_ATTRIBUTES = (
    r'"(?:[a-zA-Z_.]+\.)?(?:domain|domaine|domains|domain_names|website|site_web)" ?: ?\\?"?\[?(?:\\?"| )*([^\\"\],]+)'
)


# Anybody may have an address here: such a domain says nothing about a company.
_PUBLIC_MAIL = (
    r"^(gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|me|mac|aol|gmx|proton|protonmail|laposte|orange|wanadoo|free|sfr|neuf|"
    r"bbox|numericable|club-internet|aliceadsl|cegetel|web|mail|t-online|btinternet|virgin|comcast|verizon|att|zoho|yandex)"
    r"\.(com|fr|net|org|de|be|ch|co\.uk|uk|eu|it|es|me|ru)$"
)


@dataclass(frozen=True)
class Known:
    """Holds the live records and identifiers, as staged tables."""

    parties: ir.Table
    identifiers: ir.Table


def known(lake: Lake, *, as_of: datetime) -> Known:
    """Stage the live revision of each record and the identifiers that were known by `as_of`."""
    at = naive_utc(as_of)
    revisions = lake.read(PARTIES).filter(_.known_at <= at)
    first = revisions.group_by("party_id").agg(first_known_at=_.known_at.min())
    live = revisions.filter(_.superseded_at.isnull() | (_.superseded_at > at))
    latest = ibis.row_number().over(group_by="party_id", order_by=[ibis.desc("known_at"), "row_hash"])
    parties = live.mutate(nth=latest).filter(_.nth == 0).drop("nth").inner_join(first, "party_id")
    kinds = parties.select("party_id", "party_kind", "first_known_at")
    seen = lake.read(IDENTIFIERS).filter(_.known_at <= at)
    identifiers = seen.select("party_id", "namespace", "value").distinct().inner_join(kinds, "party_id")
    return Known(
        parties=lake.stage(parties),
        identifiers=lake.stage(identifiers.mutate(subject=_.namespace + ":" + _.value)),
    )


def account_records_expr(found: Known) -> ir.Table:
    """Return what two companies are compared by."""
    accounts = found.parties.filter(_.party_kind == "account")
    people = _people_of_accounts_expr(found)
    own_domain = domain_expr(_.attributes.re_extract(_DOMAIN_IN_ATTRIBUTES, 1))
    records = accounts.left_join(people, "party_id").select(
        "party_id",
        "source",
        "first_known_at",
        name_key=company_expr(_.name),
        postal_code_key=compact_expr(_.postal_code),
        city_key=city_expr(_.city),
        address_key=plain_expr(_.address),
        phone_key=phone_expr(_.phone),
        domain_key=ibis.coalesce(own_domain, _company_domain_expr(_.email), _.people_domain),
        registration_key=_number_expr(_.registration_number),
        mail_key=_mail_expr(_.email),
        people_emails=_.people_emails,
    )
    return _without_crowds(records, ("phone_key", "domain_key")).order_by("first_known_at", "party_id")


def person_records_expr(found: Known, accounts: ir.Table) -> ir.Table:
    """Return what two people are compared by.

    Args:
        found: live records and identifiers.
        accounts: the group of each account record (`party_id`, `anchor`) and what it is compared by.
    """
    people = found.parties.filter(_.party_kind == "person")
    held = _account_holders_expr(found).inner_join(accounts.select("party_id", "anchor"), "party_id")
    holders = held.group_by("subject").agg(account=_.anchor.min())
    named = people.left_join(holders, [("account_subject", "subject")]).mutate(
        words=plain_expr(_.name), mail=_mail_expr(_.email), mail_domain=_company_domain_expr(_.email)
    )
    domains = named.filter(_.mail_domain.notnull()).select("mail_domain").distinct()
    with_domain = named.left_join(_owners_of_domains_expr(domains, accounts), "mail_domain")
    placed = with_domain.left_join(_owners_of_mails_expr(accounts), [("mail", "mail_key")])
    return placed.select(
        "party_id",
        "source",
        "first_known_at",
        "account",
        workplace=ibis.coalesce(_.account, _.mail_owner, _.domain_owner),
        first_name_key=person_name_expr(ibis.coalesce(_.first_name, _.words.split(" ")[0])),
        last_name_key=person_name_expr(ibis.coalesce(_.last_name, _.words.re_extract(r"^\S+ (.+)$", 1).nullif(""))),
        email_key="mail",
        phone_key=phone_expr(_.phone),
        birth_key=_.birth_on.cast("string"),
    ).order_by("first_known_at", "party_id")


def _account_holders_expr(found: Known) -> ir.Table:
    """Return which account record each subject names."""
    held = found.identifiers.filter((_.party_kind == "account") & ~_.namespace.isin(["email", "phone", "siren"]))
    return held.select("subject", "party_id").distinct()


def _people_of_accounts_expr(found: Known) -> ir.Table:
    """Return the personal addresses known at each account record, and the domain most of them share."""
    people = found.parties.filter((_.party_kind == "person") & _.account_subject.notnull())
    mails = people.select("account_subject", mail=_mail_expr(_.email))
    placed = mails.inner_join(_account_holders_expr(found), [("account_subject", "subject")]).select("party_id", "mail")
    own = found.parties.filter(_.party_kind == "account").select("party_id", mail=_mail_expr(_.email))
    known_mails = placed.union(own).filter(_.mail.notnull()).mutate(domain=_company_domain_expr(_.mail))
    by_domain = known_mails.filter(_.domain.notnull()).group_by("party_id", "domain").agg(n=_.mail.nunique())
    place = ibis.row_number().over(group_by="party_id", order_by=[ibis.desc("n"), "domain"])
    domains = by_domain.mutate(place=place).filter(_.place == 0).select("party_id", people_domain="domain")
    lists = known_mails.group_by("party_id").agg(people_emails=_.mail.collect(distinct=True))
    return lists.left_join(domains, "party_id").select(
        "party_id", "people_domain", people_emails=_.people_emails.sort()
    )


def _owners_of_mails_expr(accounts: ir.Table) -> ir.Table:
    """Return the one customer that gives a personal address as its own: a sole trader's, mostly."""
    told = accounts.filter(_.mail_key.notnull()).group_by("mail_key")
    owners = told.agg(n_mail_owners=_.anchor.nunique(), mail_owner=_.anchor.min())
    return owners.filter(_.n_mail_owners == 1).select("mail_key", "mail_owner")


def _owners_of_domains_expr(domains: ir.Table, accounts: ir.Table) -> ir.Table:
    """Return the one customer whose own a mail domain is: nobody else has it, and it looks like his name.

    Where no record of a company tells its domain, one that spells exactly the name of a single company is taken for it.
    """
    named = accounts.filter(_.name_key.notnull()).mutate(bare=_.name_key.replace(" ", ""))
    told = named.filter(_.domain_key.notnull())
    is_alike = _label_expr(_.domain_key).levenshtein(_.bare) <= 0.25 * _.bare.length()
    owners = told.group_by("domain_key").agg(n=_.anchor.nunique(), owner=_.anchor.min(), is_own=is_alike.any())
    by_name = (
        named.filter(_.bare.length() >= _LONG_NAME).group_by("bare").agg(n=_.anchor.nunique(), namesake=_.anchor.min())
    )
    met = domains.left_join(owners, [("mail_domain", "domain_key")]).mutate(label=_label_expr(_.mail_domain))
    spelt = met.left_join(by_name, [("label", "bare")], rname="{name}_spelt")
    owner = ibis.cases(
        (_.domain_key.notnull() & (_.n == 1) & _.is_own, _.owner),
        (_.domain_key.isnull() & (_.n_spelt == 1), _.namesake),
    )
    return spelt.select("mail_domain", domain_owner=owner).filter(_.domain_owner.notnull())


def _label_expr(domain: ir.StringColumn) -> ir.StringColumn:
    """Return what a domain says before its first dot, letters and digits only."""
    return domain.re_replace(r"\..*$", "").re_replace(r"[^a-z0-9]", "")


def _number_expr(number: ir.StringColumn) -> ir.StringColumn:
    """Return a registration number in plain form; null for one that names nobody, as written or once cleaned."""
    plain, namespace = registration_expr(number), ibis.literal("siren")
    is_sure = (trust_expr(namespace, number) == "sure") & (trust_expr(namespace, plain) == "sure")
    return is_sure.ifelse(plain, None)


def _mail_expr(address: ir.StringColumn) -> ir.StringColumn:
    """Return a personal address in plain form; null for that of a role or of nobody."""
    mail = address.strip().lower()
    return (trust_expr(ibis.literal("email"), mail) == "sure").ifelse(mail, None)


def _company_domain_expr(address: ir.StringColumn) -> ir.StringColumn:
    domain = domain_expr(address)
    return domain.re_search(_PUBLIC_MAIL).ifelse(None, domain)


def _without_crowds(records: ir.Table, columns: tuple[str, ...]) -> ir.Table:
    """Forget values that too many records share."""
    for column in columns:
        n_sharing = records.count().over(group_by=column)
        records = records.mutate(**{column: (n_sharing > _SWITCHBOARD).ifelse(None, records[column])})
    return records
