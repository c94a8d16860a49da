"""Predict who will ask for help within the next fortnight."""

from datetime import timedelta

import ibis.expr.types as ir

from prevenance.kit.words import Words
from prevenance.models.base import ExampleEvent, History, Rule, Target, TargetExample
from prevenance.models.past import did_since, did_within, known_since, known_then, with_label

_HORIZON_DAYS = 14
_ALIVE_DAYS = 365
_ALIVE = ("ticket_opened", "login_recorded", "order_placed", "maintenance_done")


def _population(history: History, grid: ir.Table) -> ir.Table:
    """Return the customers who asked, came, ordered or were visited within a year."""
    return did_within(known_then(history, grid, *_ALIVE), _ALIVE_DAYS)


def _label(history: History, grid: ir.Table) -> ir.Table:
    """Say who opens a ticket within the horizon."""
    return with_label(grid, did_since(known_since(history, grid, timedelta(days=_HORIZON_DAYS), "ticket_opened")))


TICKET = Target(
    name="ticket",
    question=Words(
        fr="Quels clients demanderont de l’aide dans les 14 jours ?",
        en="Which customers will ask for help within 14 days?",
    ),
    outcome=Words(fr="{n} ont demandé de l’aide", en="{n} asked for help"),
    purpose=Words(
        fr="Aider avant que le client n’ait à demander, et prévoir l’équipe.",
        en="To help before the customer has to ask, and to plan the team.",
    ),
    legal_basis="GDPR 6(1)(f)",
    horizon_days=_HORIZON_DAYS,
    population=_population,
    label=_label,
    rule=Rule(
        words=Words(
            fr="Les clients qui ont demandé le plus souvent en douze semaines demandent de nouveau.",
            en="Customers who asked most often in twelve weeks ask again.",
        ),
        feature="n_tickets_84",
    ),
    example=TargetExample(
        events=(
            ExampleEvent(1, "ticket_opened", -40),
            ExampleEvent(1, "ticket_opened", 5),
            ExampleEvent(2, "login_recorded", -2),
            ExampleEvent(2, "ticket_opened", 14),  # the horizon is over
            ExampleEvent(3, "order_placed", -400),
            ExampleEvent(3, "ticket_opened", 3),  # silent for over a year: not asked about
        ),
        labels={1: 1, 2: 0},
    ),
)
