"""Sell nothing over an open problem: whoever waits for help gets help first."""

import ibis.expr.types as ir

from prevenance.decisions.base import Policy, World
from prevenance.kit.words import Words


def _refused(options: ir.Table, _: World) -> ir.Table:
    return options.filter(options.is_selling & options.has_open_problem)


OPEN_PROBLEM_BLOCKS_SELLING = Policy(
    name="open_problem_blocks_selling",
    order=40,
    reason=Words(
        fr="Une demande de ce client est encore ouverte : on l’aide avant de lui proposer quoi que ce soit.",
        en="A request of this customer is still open: we help before we offer anything.",
    ),
    refused=_refused,
)
