"""Predict who under contract will have none at the end of the horizon: cancelled, or not renewed."""

from datetime import timedelta

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.models.base import ExampleEvent, History, Rule, Target, TargetExample
from prevenance.models.past import known_since, known_then, pairs_under_contract, with_label

_HORIZON_DAYS = 90
_CONTRACT = ("contract_started", "contract_renewed", "contract_ended")


def _population(history: History, grid: ir.Table) -> ir.Table:
    """Return the customers who, as was known at the cutoff, had a running contract."""
    return pairs_under_contract(known_then(history, grid, *_CONTRACT))


def _label(history: History, grid: ir.Table) -> ir.Table:
    """Say who has no running contract left when the horizon ends; a change of contract is not a departure."""
    horizon = timedelta(days=_HORIZON_DAYS)
    stayed = pairs_under_contract(known_since(history, grid, horizon, *_CONTRACT), after=horizon)
    left = grid.select("customer_id", "cutoff").anti_join(stayed, ["customer_id", "cutoff"])
    return with_label(grid, left)


CHURN = Target(
    name="churn",
    question=Words(
        fr="Quels clients sous contrat risquent de partir dans les 90 jours ?",
        en="Which customers under contract may leave within 90 days?",
    ),
    outcome=Words(fr="{n} sont partis", en="{n} left"),
    purpose=Words(
        fr="Aider le client à temps ; jamais pour augmenter un prix ni refuser un service.",
        en="To help the customer in time; never to raise a price or withhold a service.",
    ),
    legal_basis="GDPR 6(1)(f)",
    horizon_days=_HORIZON_DAYS,
    population=_population,
    label=_label,
    rule=Rule(
        words=Words(
            fr="Les clients qui ne se sont pas connectés depuis le plus longtemps partent en premier.",
            en="Customers who have not logged in for the longest time leave first.",
        ),
        feature="days_since_login",
    ),
    example=TargetExample(
        events=(
            ExampleEvent(1, "contract_started", -300, "A", due_day=65),
            ExampleEvent(1, "contract_renewed", 65, "B", due_day=430),
            ExampleEvent(2, "contract_started", -300, "C", due_day=65),
            ExampleEvent(2, "contract_ended", 65, "C"),
            ExampleEvent(3, "contract_started", -300, "D", due_day=40),  # runs out, and nobody renews it
            ExampleEvent(4, "contract_started", -700, "E", due_day=-335),  # left long ago: not asked about
            ExampleEvent(4, "contract_ended", -335, "E"),
            ExampleEvent(5, "contract_started", -300, "F", due_day=400),
            ExampleEvent(5, "contract_ended", 120, "F"),  # after the horizon
            ExampleEvent(6, "contract_started", -5, "G", due_day=360, known_day=3),  # not known at the cutoff
        ),
        labels={1: 0, 2: 1, 3: 1, 5: 0},
    ),
)
