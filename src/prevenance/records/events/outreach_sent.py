"""Record that the company reached out to a customer.

Example:
    >>> OUTREACH_SENT.sentence.en
    'Reached out: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

OUTREACH_SENT = EventKind(
    name="outreach_sent",
    subject="company",
    sentence=Words(fr="Prise de contact : {label}", en="Reached out: {label}"),
    object="decision",
    fields={
        "object_id": Words(fr="la décision", en="the decision"),
        "label": Words(fr="l’action ou la campagne", en="the play or the campaign"),
    },
    sensitivity="personal",
    is_touch_point=True,
)
