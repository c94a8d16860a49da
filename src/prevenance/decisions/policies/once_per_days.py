"""Meet the same customer with the same play once in its limit, whatever was decided the last time."""

import ibis.expr.types as ir

from prevenance.decisions.base import Policy, World
from prevenance.kit.words import Words


def _refused(options: ir.Table, world: World) -> ir.Table:
    # A proposal that merely lapsed reached nobody and bars nothing; an open one is refreshed, not repeated.
    answered = world.recent(world.past.filter(world.past.status.isin(["approved", "rejected"])))
    return options.semi_join(answered, ["play", "customer_id"])


ONCE_PER_DAYS = Policy(
    name="once_per_days",
    order=25,
    reason=Words(
        fr="Cette action a déjà été décidée pour ce client il y a peu.",
        en="This play was already decided on for this customer not long ago.",
    ),
    refused=_refused,
)
