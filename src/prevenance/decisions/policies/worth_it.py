"""Do nothing where acting would bring less than it costs us and disturbs the customer."""

import ibis.expr.types as ir

from prevenance.decisions.base import Policy, World
from prevenance.kit.words import Words


def _refused(options: ir.Table, _: World) -> ir.Table:
    return options.filter(options["value"].isnull() | (options["value"] <= 0))


WORTH_IT = Policy(
    name="worth_it",
    order=60,
    reason=Words(
        fr="Le bénéfice attendu ne couvre pas le coût et le dérangement : ne rien faire est la meilleure action.",
        en="The expected benefit does not cover cost and disturbance: doing nothing is the best action.",
    ),
    refused=_refused,
)
