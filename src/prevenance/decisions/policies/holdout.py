"""Keep the control group a control group: whoever was held out stays so until the play's limit has passed."""

import ibis.expr.types as ir

from prevenance.decisions.base import Policy, World
from prevenance.kit.words import Words


def _refused(options: ir.Table, world: World) -> ir.Table:
    held = world.recent(world.past.filter(world.past.arm == "held_out"))
    return options.semi_join(held, ["play", "customer_id"])


HOLDOUT = Policy(
    name="holdout",
    order=20,
    reason=Words(
        fr="Ce client est dans le groupe témoin de cette action : ne pas le contacter permet d’en mesurer l’effet.",
        en="This customer is in the control group of this play: leaving him alone lets us measure its effect.",
    ),
    refused=_refused,
)
