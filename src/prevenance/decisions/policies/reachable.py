"""Refuse a channel for which the customer has no address."""

import ibis.expr.types as ir

from prevenance.decisions.base import Policy, World
from prevenance.kit.words import Words


def _refused(options: ir.Table, _: World) -> ir.Table:
    return options.filter(options.address.isnull() | (options.address.strip() == ""))


REACHABLE = Policy(
    name="reachable",
    order=30,
    reason=Words(
        fr="Aucune adresse ni aucun numéro connus pour ce canal : à compléter.",
        en="No address or number is known for this channel: to be completed.",
    ),
    refused=_refused,
)
