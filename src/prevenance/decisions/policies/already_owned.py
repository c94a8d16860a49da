"""Never offer what the customer already has."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from prevenance.decisions.base import Policy, World
from prevenance.kit.words import Words

_OWNING = ["order_placed", "contract_started", "contract_renewed", "plan_changed"]


def _refused(options: ir.Table, world: World) -> ir.Table:
    offers = [{"play": play.name, "label": label} for play in world.plays.values() for label in play.offers]
    offered = ibis.memtable(
        pa.Table.from_pylist(offers, schema=pa.schema([("play", pa.string()), ("label", pa.string())]))
    )
    events = world.timeline.events
    owned = events.filter(events.kind.isin(_OWNING)).select("customer_id", "label").distinct()
    return options.semi_join(offered.join(owned, "label"), ["play", "customer_id"])


ALREADY_OWNED = Policy(
    name="already_owned",
    order=50,
    reason=Words(
        fr="Ce client a déjà ce que cette action propose.",
        en="This customer already has what this play offers.",
    ),
    refused=_refused,
)
