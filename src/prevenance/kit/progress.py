"""Tell whoever waits how far a long piece of work has come."""

from typing import Protocol


class Progress(Protocol):
    """Hears how the work goes on; a terminal, a page or nobody may listen."""

    def step(self, name: str, total: int | None = None) -> None:
        """Begin a step, of `total` pieces when that is known."""
        ...

    def advance(self, n: int = 1) -> None:
        """Say that `n` more pieces of the present step are done."""
        ...

    def say(self, text: str) -> None:
        """Tell something worth knowing in passing."""
        ...


class SilentProgress:
    """Listens to nobody."""

    def step(self, name: str, total: int | None = None) -> None:
        """Begin a step, unheard."""

    def advance(self, n: int = 1) -> None:
        """Go on, unheard."""

    def say(self, text: str) -> None:
        """Speak, unheard."""
