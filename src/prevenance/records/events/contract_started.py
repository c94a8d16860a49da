"""Record that a contract began.

Example:
    >>> CONTRACT_STARTED.sentence.en
    'Contract started: {label}, {amount} a month'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

CONTRACT_STARTED = EventKind(
    name="contract_started",
    subject="customer",
    sentence=Words(
        fr="Contrat commencé : {label}, {amount} par mois", en="Contract started: {label}, {amount} a month"
    ),
    object="contract",
    fields={
        "object_id": Words(fr="le contrat", en="the contract"),
        "label": Words(fr="la formule", en="the plan"),
        "amount": Words(fr="le montant mensuel", en="the monthly fee"),
        "due_at": Words(fr="la fin de la période", en="the end of the term"),
    },
    sensitivity="personal",
)
