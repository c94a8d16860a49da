"""Pass the options through the policies, cheapest first, and remember of each candidate why it was refused."""

from dataclasses import dataclass
from functools import cache

import ibis
import ibis.expr.types as ir

from prevenance.decisions.base import OPTION_KEY, Policy, World
from prevenance.kit import catalogue
from prevenance.storage import Lake

_CANDIDATE = ["play", "customer_id"]


@dataclass(frozen=True)
class Sifted:
    """Holds the options that every policy allows, and the candidates of which no option was left, with the reason."""

    allowed: ir.Table
    refused: ir.Table  # as the options, and rule, fr, en, is_undetermined


@cache
def policies() -> tuple[Policy, ...]:
    """Return the policies of the catalogue in the order in which they speak."""
    found = catalogue.load("prevenance.decisions.policies", Policy).values()
    return tuple(sorted(found, key=lambda policy: (policy.order, policy.name)))


def sift(lake: Lake, options: ir.Table, world: World) -> Sifted:
    """Ask every policy of what the ones before it left."""
    refusals: list[ir.Table] = []
    for policy in policies():
        said_no = lake.stage(_with_reason(policy, policy.refused(options, world)))
        refusals.append(options.join(said_no, list(OPTION_KEY)).mutate(order=ibis.literal(policy.order)))
        options = lake.stage(options.anti_join(said_no, list(OPTION_KEY)))
    return Sifted(allowed=options, refused=_furthest(ibis.union(*refusals)).anti_join(options, _CANDIDATE))


def _with_reason(policy: Policy, rows: ir.Table) -> ir.Table:
    if "rule" in rows.columns:  # the gate names its own rule and reason
        return rows.select(*OPTION_KEY, "rule", "fr", "en", "is_undetermined")
    return rows.select(
        *OPTION_KEY,
        rule=ibis.literal(policy.name),
        fr=ibis.literal(policy.reason.fr),
        en=ibis.literal(policy.reason.en),
        is_undetermined=ibis.literal(False),
    )


def _furthest(refused: ir.Table) -> ir.Table:
    """Keep of each candidate the refusal of the channel that came furthest: it says what is worth mending."""
    position = ibis.row_number().over(group_by=_CANDIDATE, order_by=[refused.order.desc(), refused.channel])
    return refused.mutate(position=position).filter(ibis._.position == 0).drop("position", "order")
