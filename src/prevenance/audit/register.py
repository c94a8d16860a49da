"""List which personal data are used, for what and on which legal basis: the company's part of its Art. 30 record."""

from collections.abc import Iterable
from dataclasses import dataclass

from prevenance.sources import SourceMapping


@dataclass(frozen=True)
class RegisterLine:
    """Holds what one source gives for one purpose: its fields (`stream.field`), the basis, and how long it is kept."""

    source: str
    owner: str
    purpose: str
    basis: str
    why: str
    retention_days: int | None
    fields: tuple[str, ...]


def register_of(mappings: Iterable[SourceMapping]) -> tuple[RegisterLine, ...]:
    """Return one line for each purpose of each source; fields without a basis are in none, for they are not loaded.

    Example:
        >>> register_of([])
        ()
    """
    lines = []
    for mapping in mappings:
        for name, ground in mapping.grounds.items():
            fields = tuple(
                f"{stream}.{field}"
                for stream, declared in mapping.streams.items()
                for field, used in declared.fields.items()
                if used.ground == name
            )
            if fields:
                why, kept = ground.why, ground.retention_days
                lines.append(
                    RegisterLine(mapping.source, mapping.owner, ground.purpose, ground.basis, why, kept, fields)
                )
    return tuple(lines)
