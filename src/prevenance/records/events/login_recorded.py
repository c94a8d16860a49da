"""Record that a person signed in to the product.

Example:
    >>> LOGIN_RECORDED.sentence.en
    'Signed in to the product'
"""

from prevenance.kit.words import Words
from prevenance.records.event_kind import EventKind

LOGIN_RECORDED = EventKind(
    name="login_recorded",
    subject="customer",
    sentence=Words(fr="Connexion au produit", en="Signed in to the product"),
    object="session",
    sensitivity="personal",
)
