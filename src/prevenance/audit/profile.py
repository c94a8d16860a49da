"""Take a source's profile - a few shares that say how good it is - and keep it, so that the next audit sees the trend.

A share is of what could be right: 1 is best. The score of a source is the mean of its shares, out of a hundred.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis import _

from prevenance.audit.base import AuditContext, instant_literal
from prevenance.audit.placeholders import trust_expr
from prevenance.kit.clock import naive_utc
from prevenance.kit.words import Words
from prevenance.records.tables import LakeTable
from prevenance.storage import Lake

SOURCE_PROFILES = LakeTable(
    "source_profiles",
    {"as_of": "timestamp(6)", "source": "string", "measure": "string", "share": "float64", "n": "int64"},
    key=("as_of", "source", "measure"),
    sort_by=("source", "measure", "as_of"),
)

MEASURES: dict[str, Words] = {
    "believed": Words(fr="lignes dignes de foi", en="rows that can be believed"),
    "reachable": Words(fr="fiches avec un moyen de joindre", en="records with a way to reach"),
    "usable_address": Words(fr="adresses e-mail utilisables", en="usable e-mail addresses"),
    "in_order": Words(fr="faits connus après avoir eu lieu", en="facts known after they happened"),
}


@dataclass(frozen=True)
class Profile:
    """Holds the shares of one source by measure, and of how many rows each is a share."""

    shares: Mapping[str, float]
    n_rows: Mapping[str, int]

    @property
    def score(self) -> int:
        """Return the score out of a hundred.

        Example:
            >>> Profile({"believed": 1.0, "reachable": 0.5}, {"believed": 10, "reachable": 4}).score
            75
        """
        return round(100 * sum(self.shares.values()) / len(self.shares))


def profiles_of(context: AuditContext) -> dict[str, Profile]:
    """Take the profile of every source, each measure in one pass over its table."""
    return _by_source(context.rows(reduce(lambda left, right: left.union(right), _measures(context))))


def previous_profiles(context: AuditContext) -> dict[str, Profile]:
    """Return the profiles that the last audit before this instant kept."""
    earlier = context.lake.read(SOURCE_PROFILES).filter(_.as_of < instant_literal(context.as_of))
    return _by_source(context.rows(earlier.filter(earlier.as_of == earlier.as_of.max().as_scalar())))


def keep_profiles(lake: Lake, profiles: Mapping[str, Profile], *, as_of: datetime) -> None:
    """Keep the profiles of an audit; the same audit again changes nothing."""
    rows = [
        {"as_of": naive_utc(as_of), "source": source, "measure": measure, "share": share, "n": profile.n_rows[measure]}
        for source, profile in sorted(profiles.items())
        for measure, share in sorted(profile.shares.items())
    ]
    kinds = {"timestamp(6)": pa.timestamp("us"), "string": pa.string(), "float64": pa.float64(), "int64": pa.int64()}
    shape = pa.schema([(name, kinds[kind]) for name, kind in SOURCE_PROFILES.schema.items()])
    lake.upsert(SOURCE_PROFILES, pa.Table.from_pylist(rows, schema=shape))


def _measures(context: AuditContext) -> tuple[ir.Table, ...]:
    parties = context.parties
    mail, phone = parties.email.strip().nullif(""), parties.phone.strip().nullif("")
    believed = context.facts.select("source", is_right=True)
    refused = context.quarantine.filter(~_.reason.endswith("_left_blank")).select("source", is_right=False)
    described = parties.select("source", is_right=mail.notnull() | phone.notnull())
    written = parties.filter(mail.notnull())
    addresses = written.select("source", is_right=trust_expr(ibis.literal("email"), written.email) != "nobody")
    in_order = context.facts.select("source", is_right=context.facts.occurred_at <= context.facts.known_at)
    named = zip(MEASURES, (believed.union(refused), described, addresses, in_order), strict=True)
    return tuple(
        rows.group_by("source").agg(share=_.is_right.mean(), n=_.count()).mutate(measure=ibis.literal(measure))
        for measure, rows in named
    )


def _by_source(rows: list[dict[str, Any]]) -> dict[str, Profile]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["source"], []).append(row)
    return {
        source: Profile({row["measure"]: row["share"] for row in of}, {row["measure"]: row["n"] for row in of})
        for source, of in found.items()
    }
