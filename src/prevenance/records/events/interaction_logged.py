"""Record a contact that someone noted in the CRM, often a copy of what another system knows.

Example:
    >>> INTERACTION_LOGGED.sentence.en
    'Contact noted in the CRM: {label}'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

INTERACTION_LOGGED = EventKind(
    name="interaction_logged",
    subject="company",
    sentence=Words(fr="Échange noté dans le CRM : {label}", en="Contact noted in the CRM: {label}"),
    object="interaction",
    fields={
        "object_id": Words(fr="l’échange", en="the interaction"),
        "label": Words(fr="le moyen : call, visit, email", en="the means: call, visit, email"),
        "text": Words(fr="l’objet et le compte rendu", en="the subject and the notes"),
    },
    sensitivity="text",
    is_touch_point=True,
)
