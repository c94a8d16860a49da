"""Refuse a message that greets somebody by a name that is not known: no message goes out half filled."""

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from prevenance.decisions.base import Policy, World
from prevenance.kit.words import Words

_NAMES = ("customer_name", "contact_name", "contact_first_name", "contact_last_name")
_SPOKEN = pa.schema(
    [("play", pa.string()), ("channel", pa.string()), *((f"says_{name}", pa.bool_()) for name in _NAMES)]
)


def _refused(options: ir.Table, world: World) -> ir.Table:
    rows = [
        {"play": play.name, "channel": action.channel}
        | {f"says_{name}": name in action.message.fields for name in _NAMES}
        for play in world.plays.values()
        for action in play.actions
    ]
    spoken = ibis.memtable(pa.Table.from_pylist(rows, schema=_SPOKEN))
    joined = options.join(spoken, ["play", "channel"])
    return joined.filter(ibis.or_(*[joined[f"says_{name}"] & joined[name].isnull() for name in _NAMES]))


NAMED = Policy(
    name="named",
    order=35,
    reason=Words(
        fr="Le nom de l’interlocuteur à cette adresse n’est pas connu : compléter la fiche avant d’écrire.",
        en="The name of the contact at this address is not known: complete the record before writing.",
    ),
    refused=_refused,
)
