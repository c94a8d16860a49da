"""Hold an example message for the doctests and contracts of channels."""

from dataclasses import replace
from datetime import UTC, datetime

from prevenance.actions.base import Message

_EXAMPLE = Message(
    send_key="5f" * 32,
    customer_id=1042,
    person_id=7,
    medium="email",
    address="ada@example.com",
    language="fr",
    subject="Votre guide est prêt",
    body_text="Bonjour Ada, voici le guide promis.",
    body_html=None,
    message_class="contract_service",
    expires_at=datetime(2026, 11, 25, 10, tzinfo=UTC),
    unsubscribe_token="0f" * 16,
)


def message(**changes: object) -> Message:
    """Return the example, with changes.

    Example:
        >>> message(language="en").language
        'en'
    """
    return replace(_EXAMPLE, **changes)  # type: ignore[arg-type]  # examples only: a wrong field name raises
