"""Group the records of one kind: sure links, then probable ones, with people's decisions over both."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis import _

from prevenance.identity.base import PartyKind
from prevenance.identity.clusters import MUST, Apart, Clusters, Indexes, Links, put_together
from prevenance.identity.decisions import IdentityDecision
from prevenance.identity.evidence import Known
from prevenance.identity.exact import may_be_one_company_expr, may_be_one_person_expr
from prevenance.identity.probable import score
from prevenance.identity.review import Doubts, for_a_person
from prevenance.kit.words import Words
from prevenance.storage import Lake

_PROBABLE = 9  # the rank of a probable link; exact ones have 0 to 2
_LEAST = 0.99  # no single link is made below this, however sure the others are

_STRICT = Words(
    fr="{kind} : {n} fiches, trop peu pour apprendre ; règle stricte seulement (nom et lieu, domaine ou compte).",
    en="{kind}: {n} records, too few to learn resemblance from; strict rule only (name and place, domain or account).",
)
_KINDS = {"account": Words(fr="Comptes", en="Accounts"), "person": Words(fr="Personnes", en="People")}


@dataclass(frozen=True)
class Resolved:
    """Holds the records, each with its group (`anchor`, `evidence`, `match_probability`), and what was done."""

    rows: pa.Table
    n_exact: int
    n_probable: int
    review: pa.Table
    notes: tuple[Words, ...]


@dataclass(frozen=True)
class Work:
    """Holds what is to be grouped: records, the codes that keep them apart, and their exact pairs.

    `cluster` compares those that may be the same: the lake, on the engine of the settings.
    """

    lake: Lake
    cluster: Lake
    kind: PartyKind
    records: pa.Table
    keys: Indexes
    exact: pa.Table


@dataclass(frozen=True)
class Orders:
    """Holds people's decisions as positions of records."""

    must: dict[tuple[int, int], float]
    apart: tuple[tuple[int, int, float], ...]


def group(work: Work, orders: Orders, precision: float) -> Resolved:
    """Return the group of each record."""
    n = work.records.num_rows
    exact, foes = _exact_links(work)
    apart = Apart(work.keys, (*foes, *orders.apart))
    must = Links.of([(a, b, MUST, 1.0) for a, b in orders.must])
    sure = put_together(n, _both(exact, must), apart, must_times=orders.must)
    scored = score(_with_known_as(work.records, sure), work.kind, work.cluster.splink_api())
    pairs = _plausible(work, scored.pairs).sort_by([("left", "ascending"), ("right", "ascending")])
    probable = _links(work.records, pairs, np.full(pairs.num_rows, _PROBABLE), pairs["match_probability"])
    strong = _only(probable, probable.probability >= _threshold(probable.probability, precision))
    links = _both(_both(exact, must), strong)
    clusters = put_together(n, links, apart, must_times=orders.must)
    names = [*work.exact.filter(work.exact["is_allowed"])["evidence"].to_pylist(), *["operator"] * len(must.left)]
    evidence, probability = _evidence(n, links, clusters, [*names, *["resemblance"] * len(strong.left)])
    ids = work.records["party_id"]
    rows = work.records.append_column("anchor", ids.take(clusters.anchor))
    rows = rows.append_column("evidence", evidence).append_column("match_probability", probability)
    n_sure, n_final = len(np.unique(sure.anchor)), len(np.unique(clusters.anchor))
    strict = Words(
        fr=_STRICT.fr.format(kind=_KINDS[work.kind].fr, n=n), en=_STRICT.en.format(kind=_KINDS[work.kind].en, n=n)
    )
    return Resolved(
        rows=rows,
        n_exact=n - n_sure,
        n_probable=n_sure - n_final,
        review=for_a_person(work.records, work.kind, clusters, Doubts(probable, links, foes, orders.apart)),
        notes=() if scored.is_learnt or n == 0 else (strict,),
    )


def _threshold(probability: "np.typing.NDArray[np.float64]", precision: float) -> float:
    """Return the probability from which links are made, so that of them together enough are expected to be right."""
    ordered = np.sort(probability[probability >= _LEAST])[::-1]
    expected = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    enough = int((expected >= precision).sum())  # the mean of a falling sequence falls
    return float(ordered[enough - 1]) if enough else 2.0


def _exact_links(work: Work) -> tuple[Links, tuple[tuple[int, int, float], ...]]:
    """Return the exact links that may be made, and the pairs that share an identifier but are known to differ."""
    allowed = work.exact.filter(work.exact["is_allowed"])
    links = _links(work.records, allowed, allowed["rank"].to_numpy(), pa.array(np.ones(allowed.num_rows)))
    refused = work.exact.filter(pc.invert(work.exact["is_allowed"]))
    left, right = (_positions(work.records, refused[side]) for side in ("left", "right"))
    return links, tuple((int(a), int(b), 0.0) for a, b in zip(left, right, strict=True))


def _plausible(work: Work, pairs: pa.Table) -> pa.Table:
    """Leave out pairs that look alike to the model but that a person would not take for one."""
    if not pairs.num_rows:
        return pairs
    records = work.lake.stage(work.records)
    left, right, scored = records.view(), records.view(), work.lake.stage(pairs)
    joined = scored.inner_join(left, [("left", "party_id")]).inner_join(
        right, [("right", "party_id")], rname="{name}_r"
    )
    is_plausible = may_be_one_company_expr(joined) if work.kind == "account" else may_be_one_person_expr(joined)
    kept = joined.filter(is_plausible).select("left", "right", "match_probability")
    return work.lake.collect(kept)


def _evidence(n: int, links: Links, clusters: Clusters, names: list[str]) -> tuple[pa.Array, pa.Array]:
    """Return what joined each record to its group, by its strongest link."""
    taken = np.flatnonzero(clusters.accepted)
    ends = np.concatenate([links.left[taken], links.right[taken]])
    link = np.concatenate([taken, taken])
    order = np.lexsort((link, -links.probability[link], links.rank[link], ends))
    record, first = np.unique(ends[order], return_index=True)
    best = link[order][first]
    evidence = np.full(n, "own", dtype=object)
    probability = np.ones(n)
    evidence[record] = np.array(names, dtype=object)[best] if len(best) else []
    probability[record] = links.probability[best]
    return pa.array(evidence.tolist(), pa.string()), pa.array(np.round(probability, 6))


def orders_between(lake: Lake, found: Known, orders: tuple[IdentityDecision, ...], records: pa.Table) -> Orders:
    """Return the decisions whose two subjects each name records of this kind."""
    subjects = sorted({subject for order in orders for subject in (order.left, order.right)})
    if not subjects:
        return Orders({}, ())
    held = lake.collect(
        found.identifiers.filter(_.subject.isin(subjects)).select("subject", "party_id").order_by("party_id")
    )
    spots = pc.index_in(held["party_id"], records["party_id"].combine_chunks()).to_pylist()
    of_subject: dict[str, list[int]] = {}
    for subject, spot in zip(held["subject"].to_pylist(), spots, strict=True):
        if spot is not None:
            of_subject.setdefault(subject, []).append(spot)
    must: dict[tuple[int, int], float] = {}
    apart: list[tuple[int, int, float]] = []
    for order in orders:
        at = order.decided_at.timestamp()
        pairs = [(a, b) for a in of_subject.get(order.left, []) for b in of_subject.get(order.right, []) if a != b]
        if order.kind == "merge":
            must |= dict.fromkeys(pairs, at)
        else:
            apart += [(a, b, at) for a, b in pairs]
    return Orders(must, tuple(apart))


def codes(values: pa.ChunkedArray) -> Indexes:
    """Return a number for each distinct value, -1 where it is unknown."""
    encoded = values.combine_chunks().dictionary_encode().indices
    return np.asarray(pc.fill_null(encoded, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def _positions(records: pa.Table, party_ids: pa.ChunkedArray) -> Indexes:
    found = pc.index_in(party_ids, records["party_id"].combine_chunks())
    return np.asarray(found.to_numpy(), dtype=np.int64)


def _links(records: pa.Table, pairs: pa.Table, rank: Indexes, probability: pa.ChunkedArray) -> Links:
    left, right = (_positions(records, pairs[side]) for side in ("left", "right"))
    return Links(left, right, np.asarray(rank, dtype=np.int64), np.asarray(probability.to_numpy(), dtype=np.float64))


def _both(first: Links, second: Links) -> Links:
    return Links(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in first.__slots__))


def _only(links: Links, wanted: "np.typing.NDArray[np.bool_]") -> Links:
    return Links(*(getattr(links, name)[wanted] for name in links.__slots__))


def _with_known_as(records: pa.Table, sure: Clusters) -> pa.Table:
    """Add the group that is already sure, where it holds more than one record."""
    sizes = np.bincount(sure.anchor, minlength=records.num_rows)
    shared = pa.array(sure.anchor, mask=sizes[sure.anchor] < 2)
    return records.append_column("known_as", shared)
