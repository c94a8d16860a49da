"""Notice that a source changed its shape: columns new, gone, renamed, emptied, of another kind, unit or encoding.

A change that would make the rows mean something else stops the stream before anything is written; one that leaves what
is read as it was is told. A person who has looked says so by correcting the mapping, or by `drift: accept`.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from prevenance.kit.problems import SourceError
from prevenance.kit.words import Words
from prevenance.sources.plan import Plan
from prevenance.sources.shapes import FEWEST_VALUES, ColumnShape, Shape

WORDS: dict[str, Words] = {
    "new": Words(fr="La colonne « {column} » est nouvelle ; elle n’est pas lue.",
                 en="The column “{column}” is new; it is not read."),
    "gone": Words(fr="La colonne « {column} » n’est plus proposée{now}.",
                  en="The column “{column}” is no longer offered{now}."),
    "blank": Words(fr="La colonne « {column} » ne contient rien.", en="The column “{column}” holds nothing."),
    "emptied": Words(fr="La colonne « {column} » était remplie à {before} ; elle l’est à {now}.",
                     en="The column “{column}” was filled in {before} of rows; now in {now}."),
    "kind": Words(fr="La colonne « {column} » a changé de nature ({before} → {now}).",
                  en="The column “{column}” changed its kind ({before} → {now})."),
    "scale": Words(fr="La colonne « {column} » a changé d’unité ? Valeur médiane {before}, maintenant {now}.",
                   en="Did the column “{column}” change its unit? Median {before}, now {now}."),
    "encoding": Words(fr="La colonne « {column} » contient des caractères mal encodés.",
                      en="The column “{column}” holds wrongly encoded characters."),
    "words": Words(fr="La colonne « {column} » emploie d’autres mots qu’avant ({now} des lignes).",
                   en="The column “{column}” uses other words than before ({now} of rows)."),
    "cut": Words(fr="La colonne « {column} » semble coupée : {before} caractères au plus, maintenant {now}.",
                 en="The column “{column}” seems cut: at most {before} characters, now {now}."),
}  # fmt: skip


@dataclass(frozen=True)
class Drift:
    """Tells one change of a stream's shape.

    Attributes:
        kind: which change.
        column: where.
        before: what it was.
        now: what it is.
        stops: whether rows would mean something else, so that nothing is written.
    """

    kind: str
    column: str
    before: str = ""
    now: str = ""
    stops: bool = True

    @property
    def words(self) -> Words:
        """Return what to say to a person."""
        values = {"column": self.column, "before": self.before, "now": self.now}
        return Words(fr=WORDS[self.kind].say("fr", **values), en=WORDS[self.kind].say("en", **values))


def drifts_of(known: Shape | None, shape: Shape, plan: Plan) -> tuple[Drift, ...]:
    """Return how a stream's shape changed since it was last read."""
    blank = (
        Drift("blank", c, stops=False) for c, s in shape.columns.items() if s.n_rows >= FEWEST_VALUES and not s.n_filled
    )
    if known is None:
        return tuple(blank)
    found = [*_of_columns(known, shape)] if shape.offered else []
    for column, now in shape.columns.items():
        before = known.columns.get(column)
        if before is not None and min(before.n_rows, now.n_rows) >= FEWEST_VALUES:
            found += _of_column(column, before, now, plan)
    said = {drift.column for drift in found}
    told = (*found, *(drift for drift in blank if drift.column not in said))
    # With another mapping a person has just looked; what he changed is told, and stops nothing.
    return told if known.mapping == shape.mapping else tuple(replace(drift, stops=False) for drift in told)


def stop_on(drifts: Iterable[Drift], plan: Plan, *, place: str) -> None:
    """Refuse rows that would mean something else than before.

    Raises:
        SourceError: some drift stops, and the mapping does not accept it.
    """
    grave = [drift for drift in drifts if drift.stops]
    if not grave or plan.stream.drift == "accept":
        return
    message = (
        f"{plan.source.source}.{plan.name} ({place}) changed: {' '.join(d.words.en for d in grave)} Nothing was "
        "loaded. Correct the mapping or the source; if it is right so, write `drift: accept` in the stream, load, "
        "and take it away again."
    )
    raise SourceError(message, place=place, drift=[(d.kind, d.column) for d in grave], retry=False)


def _of_columns(known: Shape, shape: Shape) -> Iterator[Drift]:
    new = [column for column in shape.offered if column not in known.offered]
    for column in new:
        yield Drift("new", column, stops=False)
    for column in known.offered:
        if column not in shape.offered:
            near = difflib.get_close_matches(column, new, n=1, cutoff=0.5) or new[:1]
            is_read = column in known.columns
            # Of a small JSON export a rare field may be missing by chance; the share of filled rows judges that.
            was_full = is_read and known.columns[column].filled_rate >= 0.2 and _n_rows(shape) >= FEWEST_VALUES
            yield Drift("gone", column, now=f" → {near[0]}" if near else "", stops=was_full)


def _n_rows(shape: Shape) -> int:
    return max((column.n_rows for column in shape.columns.values()), default=0)


def _of_column(column: str, before: ColumnShape, now: ColumnShape, plan: Plan) -> Iterator[Drift]:
    if before.filled_rate >= 0.2 and now.filled_rate < before.filled_rate / 5:
        yield Drift("emptied", column, f"{before.filled_rate:.0%}", f"{now.filled_rate:.0%}")
    if min(before.n_filled, now.n_filled) < FEWEST_VALUES:
        return
    if now.n_wrong_encoding > before.n_wrong_encoding and not before.n_wrong_encoding:
        yield Drift("encoding", column)
    if _distance(before.kinds, now.kinds) >= 0.5:
        yield Drift("kind", column, _main(before.kinds), _main(now.kinds))
    elif column in _measures(plan) and _is_rescaled(before.median, now.median):
        yield Drift("scale", column, f"{before.median:g}", f"{now.median:g}")
    elif before.words is not None and column not in plan.stream.record_id:
        yield from _of_words(column, before, now)
    if before.longest >= 30 and before.words is None and now.longest <= before.longest / 3:
        yield Drift("cut", column, str(before.longest), str(now.longest))


def _of_words(column: str, before: ColumnShape, now: ColumnShape) -> Iterator[Drift]:
    assert before.words is not None, "the caller looked"
    new = set(now.words or ()) - set(before.words) if now.words is not None else None
    if new is None:
        yield Drift("words", column, now="100 %")
    elif new:
        share = len(new) / len(now.words or (1,))
        yield Drift("words", column, now=f"{share:.0%}", stops=share > 0.5)


def _distance(before: dict[str, float], now: dict[str, float]) -> float:
    """Return the share of values that would have to change their kind (total variation)."""
    return sum(abs(before.get(kind, 0.0) - now.get(kind, 0.0)) for kind in {*before, *now}) / 2


def _main(kinds: dict[str, float]) -> str:
    return max(kinds, key=lambda kind: kinds[kind]) if kinds else "nothing"


def _measures(plan: Plan) -> set[str]:
    """Return the columns read as numbers or as seconds since 1970."""
    numbers = {c for use in plan.uses if use.slot == "number" for c in use.value.columns}
    return numbers | {c for c, f in plan.stream.fields.items() if f.parse in {"number", "decimal_comma", "epoch"}}


def _is_rescaled(before: float | None, now: float | None) -> bool:
    if not before or not now:
        return False
    ratio = abs(now / before)
    return ratio >= 8 or ratio <= 1 / 8
