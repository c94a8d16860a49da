"""Say what stands apart: for each two sources, whom both know, and what each knows that the other does not.

Who is the same customer is taken from the identities resolved last; before the first run there are none.
"""

from dataclasses import dataclass
from itertools import combinations

from ibis import _

from prevenance.audit.base import AuditContext, instant_literal
from prevenance.records.tables import IDENTITIES


@dataclass(frozen=True)
class Silo:
    """Holds two sources: their customers, those that both know, and the facts that each adds for these.

    `kinds_left` are the kinds of fact that only the left source tells, most frequent first; so `kinds_right`.
    """

    left: str
    right: str
    n_left: int
    n_right: int
    n_both: int
    n_facts_left: int
    n_facts_right: int
    kinds_left: tuple[str, ...]
    kinds_right: tuple[str, ...]


def silos_of(context: AuditContext) -> tuple[Silo, ...]:
    """Compare every two sources; those that share nobody are told too: nothing joins them yet."""
    sources = [row["source"] for row in context.rows(context.parties.select("source").distinct().order_by("source"))]
    identities = context.lake.read(IDENTITIES).select("subject", "customer_id")
    own = identities.mutate(source=_.subject.split(":")[0]).filter(_.source.isin(sources))
    members = context.lake.stage(own.select("source", "customer_id").distinct())
    if not sources or not context.rows(members.limit(1)):
        return ()
    past = context.facts.filter(_.occurred_at <= instant_literal(context.as_of)).inner_join(identities, "subject")
    facts = context.lake.stage(past.group_by("source", "customer_id", "kind").agg(n=_.count()))
    left, right = members.view(), members.view()
    met = left.inner_join(right, [left.customer_id == right.customer_id, left.source < right.source], rname="{name}_r")
    pairs = context.lake.stage(met.select(customer_id="customer_id", left="source", right="source_r"))
    told = pairs.inner_join(facts, "customer_id").group_by("left", "right", "source", "kind").agg(n=_.n.sum())
    n_both = {
        (row["left"], row["right"]): row["n"] for row in context.rows(pairs.group_by("left", "right").agg(n=_.count()))
    }
    sizes = {row["source"]: row["n"] for row in context.rows(members.group_by("source").agg(n=_.count()))}
    kinds: dict[tuple[str, str], dict[str, dict[str, int]]] = {}
    for row in context.rows(told.order_by(["left", "right", "source", "kind"])):
        if row["source"] in (row["left"], row["right"]):
            kinds.setdefault((row["left"], row["right"]), {}).setdefault(row["source"], {})[row["kind"]] = row["n"]
    found = []
    for pair in combinations([source for source in sources if source in sizes], 2):
        one, other = (kinds.get(pair, {}).get(source, {}) for source in pair)
        found.append(
            Silo(
                left=pair[0],
                right=pair[1],
                n_left=sizes[pair[0]],
                n_right=sizes[pair[1]],
                n_both=n_both.get(pair, 0),
                n_facts_left=sum(one.values()),
                n_facts_right=sum(other.values()),
                kinds_left=_only(one, other),
                kinds_right=_only(other, one),
            )
        )
    return tuple(sorted(found, key=lambda silo: (-silo.n_both, silo.left, silo.right)))


def _only(own: dict[str, int], other: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted((kind for kind in own if kind not in other), key=lambda kind: (-own[kind], kind)))
