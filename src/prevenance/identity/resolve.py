"""Resolve who is who: exact identifiers first, then probable matches, and a person's word over both."""

from dataclasses import dataclass, replace
from datetime import datetime

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from prevenance.audit import trust_expr
from prevenance.identity.decisions import IdentityDecision, decisions
from prevenance.identity.evidence import Known, account_records_expr, known, person_records_expr
from prevenance.identity.exact import account_pairs_expr, person_pairs_expr
from prevenance.identity.grouping import Resolved, Work, codes, group, orders_between
from prevenance.identity.portraits import customers_expr, people_expr
from prevenance.identity.review import reviews_expr
from prevenance.kit.hashing import stable_integer
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.kit.words import Words
from prevenance.records.tables import CUSTOMERS, IDENTITIES, IDENTITY_REVIEWS, PEOPLE
from prevenance.storage import Lake, Ledger

PRECISION = 0.999  # of the probable links together, as estimated: a wrong link sends a message to the wrong person


@dataclass(frozen=True)
class IdentityReport:
    """Counts what was resolved.

    Attributes:
        rows_in: records read.
        rows_out: subjects placed.
        rows_new: of these, new or placed elsewhere than before.
        n_customers: customers.
        n_people: people.
        n_exact_links: records joined to others by an identifier or by a person's word.
        n_probable_links: groups joined to others by resemblance.
        n_review: pairs that a person should look at: alike but not enough, or claimed by two sides.
        notes: what the reader should know about how it was done.
    """

    rows_in: int
    rows_out: int
    rows_new: int
    n_customers: int
    n_people: int
    n_exact_links: int
    n_probable_links: int
    n_review: int
    notes: tuple[Words, ...] = ()


def resolve(
    lake: Lake,
    ledger: Ledger,
    *,
    as_of: datetime,
    cluster: Lake | None = None,
    progress: Progress | None = None,
    precision: float = PRECISION,
) -> IdentityReport:
    """Work out customers and people from all records known by `as_of`; write identities, customers and people.

    The result depends on the records and on people's decisions only: the same input gives the same ids. A decision
    counts whenever it was taken, because it says who somebody is, not what happened.

    Args:
        lake: where records are read and identities written.
        ledger: where people's decisions to merge and unmerge stand.
        as_of: nothing known later counts.
        cluster: the same lake on the engine that compares the records; `lake` itself when not given.
        progress: hears how it goes.
        precision: share of the probable links made that are expected to be right.
    """
    progress = progress or SilentProgress()
    progress.step("identity", 3)
    found = known(lake, as_of=as_of)
    orders = decisions(ledger)
    lakes = _Lakes(lake, cluster or lake)
    accounts = _accounts(lakes, found, orders, precision)
    progress.advance()
    people = _people(lakes, found, orders, precision, accounts)
    progress.advance()
    placed = lake.stage(found.parties.inner_join(lake.stage(_placed(accounts, people)), "party_id"))
    report = _write(lake, found, placed)
    lake.replace(IDENTITY_REVIEWS, reviews_expr(found, lake.stage(pa.concat_tables([accounts.review, people.review]))))
    progress.advance()
    return replace(
        report,
        n_exact_links=accounts.n_exact + people.n_exact,
        n_probable_links=accounts.n_probable + people.n_probable,
        n_review=accounts.review.num_rows + people.review.num_rows,
        notes=accounts.notes + people.notes,
    )


@dataclass(frozen=True)
class _Lakes:
    here: Lake
    cluster: Lake


def _accounts(lakes: _Lakes, found: Known, orders: tuple[IdentityDecision, ...], precision: float) -> Resolved:
    lake = lakes.here
    records = lake.collect(account_records_expr(found))
    exact = lake.collect(account_pairs_expr(found, lake.stage(records)).order_by("left", "right"))
    exact = exact.append_column("is_allowed", pa.array(np.ones(exact.num_rows, dtype=bool)))
    work = Work(lake, lakes.cluster, "account", records, codes(records["registration_key"]), exact)
    return group(work, orders_between(lake, found, orders, records), precision)


def _people(
    lakes: _Lakes, found: Known, orders: tuple[IdentityDecision, ...], precision: float, accounts: Resolved
) -> Resolved:
    lake = lakes.here
    records = lake.collect(person_records_expr(found, lake.stage(accounts.rows)))
    exact = lake.collect(person_pairs_expr(found, lake.stage(records)).order_by("left", "right"))
    work = Work(lake, lakes.cluster, "person", records, codes(records["account"]), exact)
    resolved = group(work, orders_between(lake, found, orders, records), precision)
    told = _of_group(resolved.rows["anchor"], records["account"])  # what a record says itself goes before its domain
    account = pc.coalesce(told, _of_group(resolved.rows["anchor"], records["workplace"]))
    return replace(resolved, rows=resolved.rows.append_column("customer", account))


def _of_group(anchors: pa.ChunkedArray, values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the value of each record's group: that of its first record which has one."""
    known_values = pa.table({"anchor": anchors, "value": values}).filter(pc.is_valid(values))
    first = known_values.group_by("anchor", use_threads=False).aggregate([("value", "first")])
    return first["value_first"].take(pc.index_in(anchors, first["anchor"].combine_chunks()))


def _placed(accounts: Resolved, people: Resolved) -> pa.Table:
    """Return the customer and the person of each record."""
    columns = ["party_id", "evidence", "match_probability"]
    firms = accounts.rows.select(columns)
    firms = firms.append_column("customer_id", _ids(accounts.rows["anchor"]))
    firms = firms.append_column("person_id", pa.nulls(firms.num_rows, pa.int64()))
    firms = firms.append_column("is_own", pa.array(np.ones(firms.num_rows, dtype=bool)))
    persons = people.rows.select(columns)
    owner = pc.coalesce(people.rows["customer"], people.rows["anchor"])
    persons = persons.append_column("customer_id", _ids(owner))
    persons = persons.append_column("person_id", _ids(people.rows["anchor"]))
    persons = persons.append_column("is_own", pc.is_null(people.rows["customer"]))
    return pa.concat_tables([firms, persons])


def _ids(anchors: pa.ChunkedArray) -> pa.Array:
    """Return the id that each anchor - the group's first known record - gives its group."""
    encoded = anchors.combine_chunks().dictionary_encode()
    numbers = pa.array([stable_integer(anchor) for anchor in encoded.dictionary.to_pylist()], pa.int64())
    return numbers.take(encoded.indices)


def _write(lake: Lake, found: Known, placed: ir.Table) -> IdentityReport:
    people = lake.stage(people_expr(placed))
    customers = lake.stage(customers_expr(placed, people))
    lake.replace(PEOPLE, people)
    lake.replace(CUSTOMERS, customers)
    written = lake.replace(IDENTITIES, _identities_expr(found, placed))
    return IdentityReport(
        rows_in=lake.count(found.parties),
        rows_out=written.inserted + written.updated + written.unchanged,
        rows_new=written.inserted + written.updated,
        n_customers=lake.count(customers),
        n_people=lake.count(people),
        n_exact_links=0,
        n_probable_links=0,
        n_review=0,
    )


def _identities_expr(found: Known, placed: ir.Table) -> ir.Table:
    """Return which customer, and where it is sure which person, each subject names.

    A subject that two customers share names neither; its events wait as pending.
    """
    held = (
        found.identifiers.filter(trust_expr(_.namespace, _.value) != "nobody").select("subject", "party_id").distinct()
    )
    who = held.inner_join(
        placed.select("party_id", "customer_id", "person_id", "evidence", "match_probability"), "party_id"
    )
    by_subject = who.group_by("subject").agg(
        n_customers=_.customer_id.nunique(),
        n_people=_.person_id.nunique(),
        customer_id=_.customer_id.min(),
        person_id=_.person_id.min(),
        evidence=_.evidence.argmin(_.party_id),
        match_probability=_.match_probability.argmin(_.party_id),
        party_id=_.party_id.min(),
    )
    alone = by_subject.filter(_.n_customers == 1)
    return alone.mutate(person_id=ibis.ifelse(_.n_people == 1, _.person_id, ibis.null("int64")))
