"""Gather the pairs that a person should look at: alike but not enough, claimed by two sides, or one number for two.

Of two groups only the likeliest pair is asked about: one answer settles it. A pair about which somebody has spoken is
not asked again.
"""

import json
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from ibis import _

from prevenance.audit import trust_expr
from prevenance.identity.base import PartyKind
from prevenance.identity.clusters import Clusters, Links
from prevenance.identity.evidence import Known
from prevenance.identity.probable import comparisons_of
from prevenance.kit.scratch import scratch_session

_ALIKE, _CLAIMED, _SHARED = "alike", "claimed_by_two", "shared_identifier"
MOST = 10_000  # a queue longer than this is no queue: the rest waits until these are answered
_SCHEMA = pa.schema(
    [
        ("left_party", pa.string()),
        ("right_party", pa.string()),
        ("party_kind", pa.string()),
        ("reason", pa.string()),
        ("match_probability", pa.float64()),
        ("levels", pa.string()),
    ]
)


@dataclass(frozen=True)
class Doubts:
    """Holds what may be doubted: probable links, links that were tried, pairs that differ, and what people parted."""

    probable: Links
    tried: Links
    foes: tuple[tuple[int, int, float], ...]
    parted: tuple[tuple[int, int, float], ...]


def for_a_person(records: pa.Table, kind: PartyKind, clusters: Clusters, doubts: Doubts) -> pa.Table:
    """Return the pairs to look at, likeliest first, each with the degree to which every comparison agrees."""
    refused = ~clusters.accepted
    foes = Links.of([(a, b, 0, 0.5) for a, b, _at in doubts.foes])
    claimed = Links(*(getattr(doubts.tried, name)[refused] for name in Links.__slots__))
    sides = {_CLAIMED: claimed, _ALIKE: doubts.probable, _SHARED: foes}
    left, right, probability = (
        np.concatenate([getattr(side, name) for side in sides.values()]) for name in ("left", "right", "probability")
    )
    reason = np.repeat(list(sides), [len(side.left) for side in sides.values()])
    settled = {_ends(clusters, a, b) for a, b, _at in doubts.parted}
    asked: set[tuple[int, int]] = set()
    kept = []
    for place in np.lexsort((right, left, -probability)):
        ends = _ends(clusters, int(left[place]), int(right[place]))
        if ends[0] != ends[1] and ends not in settled and ends not in asked:
            asked.add(ends)
            kept.append(place)
    chosen = np.array(kept[:MOST], dtype=np.int64)
    ids = records["party_id"].combine_chunks()
    left_ids, right_ids = (ids.take(pa.array(side[chosen].astype(np.int64))) for side in (left, right))
    pairs = pa.table({"left_party": left_ids, "right_party": right_ids})
    found = pairs.append_column("party_kind", pa.array([kind] * len(chosen), pa.string()))
    found = found.append_column("reason", pa.array(reason[chosen].tolist(), pa.string()))
    found = found.append_column("match_probability", pa.array(np.round(probability[chosen], 6)))
    return found.append_column("levels", _levels(records, kind, pairs)).cast(_SCHEMA)


def reviews_expr(found: Known, pairs: ir.Table) -> ir.Table:
    """Return the pairs with a subject for each side, by which a person can name it: its own number where it has one."""
    own = found.identifiers.filter(trust_expr(_.namespace, _.value) != "nobody")
    ranked = own.mutate(told=_.namespace.isin(["email", "phone", "domain", "siren"]).ifelse("1", "0") + _.subject)
    named = ranked.group_by("party_id").agg(told=_.told.min()).select("party_id", subject=_.told.substr(1))
    left = pairs.inner_join(named, [("left_party", "party_id")]).drop("party_id").rename(left_subject="subject")
    return left.inner_join(named, [("right_party", "party_id")]).drop("party_id").rename(right_subject="subject")


def _ends(clusters: Clusters, left: int, right: int) -> tuple[int, int]:
    a, b = int(clusters.anchor[left]), int(clusters.anchor[right])
    return (min(a, b), max(a, b))


def _levels(records: pa.Table, kind: PartyKind, pairs: pa.Table) -> pa.Array:
    """Return, for each pair, the name of the level that each comparison reaches (`unknown` where a side is empty)."""
    comparisons = comparisons_of(kind)
    if not pairs.num_rows:
        return pa.array([], pa.string())
    columns = sorted({one.column for one in comparisons})
    sides = ", ".join(f"{side}.{column} as {column}_{side}" for column in columns for side in ("l", "r"))
    told = ", ".join(f"{one.case_sql()} as {one.name}" for one in comparisons)
    numbered = pairs.append_column("place", pa.array(range(pairs.num_rows), pa.int64()))
    with scratch_session() as engine:
        engine.register("records", records)
        engine.register("pairs", numbered)
        joined = (
            f"select place, {sides} from pairs"
            " join records l on l.party_id = left_party join records r on r.party_id = right_party"
        )
        rows = engine.execute(f"select place, {told} from ({joined}) order by place").fetchall()
    names = [{-1: "unknown", **{place: level.name for place, level in enumerate(one.levels)}} for one in comparisons]
    return pa.array(
        [
            json.dumps({one.name: known[at] for one, known, at in zip(comparisons, names, row[1:], strict=True)})
            for row in rows
        ],
        pa.string(),
    )
