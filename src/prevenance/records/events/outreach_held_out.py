"""Record that chance kept an outreach back, so that its effect can be known.

Example:
    >>> OUTREACH_HELD_OUT.sentence.en
    'Outreach held out for comparison: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

OUTREACH_HELD_OUT = EventKind(
    name="outreach_held_out",
    subject="company",
    sentence=Words(
        fr="Prise de contact retenue pour comparaison : {label}", en="Outreach held out for comparison: {label}"
    ),
    object="decision",
    fields={
        "object_id": Words(fr="la décision", en="the decision"),
        "label": Words(fr="l’action ou la campagne", en="the play or the campaign"),
    },
    sensitivity="personal",
)
