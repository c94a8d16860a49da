"""Say what went wrong: exceptions are for broken promises, and carry facts, not only words."""

from typing import ClassVar


class PrevenanceWarning(UserWarning):
    """Tells of something that will not stop the run but that a person should know."""


class PrevenanceError(Exception):
    """Stops what cannot go on, with a sentence a person understands and the facts behind it.

    Example:
        >>> problem = DataError("Order 812 ends before it begins. Fix it in the shop.", source="shop", row_ids=["812"])
        >>> problem.facts["source"], problem.exit_code
        ('shop', 1)
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class ConfigurationError(PrevenanceError):
    """The project folder or the call asks for something that cannot be."""

    exit_code = 2


class DataError(PrevenanceError):
    """The data contradict themselves or what was declared of them."""


class SourceError(PrevenanceError):
    """A source could not be read; `facts["retry"]` says whether trying again may help."""

    exit_code = 3


class PolicyError(PrevenanceError):
    """Consent, approval or hold-out forbid what was asked."""

    exit_code = 4


class BrokenPromiseError(PrevenanceError):
    """The product found itself breaking one of its own promises; this is a bug."""


class CatalogueError(PrevenanceError):
    """A catalogue folder holds an entry that is incomplete, doubled or of the wrong kind."""

    exit_code = 2
