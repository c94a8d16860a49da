"""Leave alone whoever objected to profiling: no proposal may rest on it (GDPR article 21)."""

import ibis.expr.types as ir

from prevenance.decisions.base import Policy, World
from prevenance.kit.words import Words
from prevenance.privacy import Wishes


def _refused(options: ir.Table, world: World) -> ir.Table:
    objectors = Wishes(world.tx, at=world.as_of, actor="prevenance").objectors("profiling")
    ids = [int(customer) for customer in sorted(objectors)] or [0]  # no customer has the id 0
    return options.filter(options.customer_id.isin(ids))


OBJECTION = Policy(
    name="objection",
    order=10,
    reason=Words(
        fr="Ce client s’est opposé au profilage : aucune proposition n’est faite.",
        en="This customer objected to profiling: nothing is proposed.",
    ),
    refused=_refused,
)
