"""Go back to the model before this one, in one step."""

from pathlib import Path

from prevenance.models.model_file import SigningKey
from prevenance.models.registry import Registry
from prevenance.storage import Ledger


def rollback(
    ledger: Ledger, target_name: str, *, folder: Path, actor: str, reason: str, key: Path | None = None
) -> str:
    """Let the model before the present one speak for a target again, and return its id; the trail keeps who and why.

    Raises:
        ConfigurationError: there is no earlier model.
        DataError: its files are not those that were signed.
    """
    registry = Registry(ledger, folder, SigningKey(key or folder / "signing.key"))
    return registry.roll_back(target_name, actor=actor, reason=reason)
