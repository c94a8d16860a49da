"""Ask whether one category is spelled in several ways: each team writes its own word, and counts fall apart.

Only proposes: the dictionary is a line of the mapping that a person reads before he takes it.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from ibis import _

from prevenance.audit.base import AuditContext, Check, Finding, share_of, tell
from prevenance.kit.words import Words
from prevenance.sources import SourceMapping

_TITLE = Words(
    fr="« {source} », {n} façons d’écrire {m} catégories ({column})",
    en="“{source}”, {n} ways of writing {m} categories ({column})",
)
_DETAIL = Words(
    fr="Par exemple {example}. {p} des lignes sont concernées.", en="For example {example}. {p} of the rows."
)
_REPAIR = Words(
    fr="Relisez le dictionnaire proposé, puis écrivez-le dans la correspondance, au champ « {column} ».",
    en="Read the dictionary that is proposed, then write it in the mapping, at the field “{column}”.",
)
_GAIN = Words(
    fr="Une catégorie se compte une fois : les fréquences et les signaux deviennent justes.",
    en="A category is counted once: frequencies and signals become right.",
)
_MOST_VALUES = 200  # more different values than this are texts or products, no categories
_SHORTEST = 3  # letters that an abbreviation has
_ALIKE = 0.86
# The words of service that French and English teams use for one thing.
_SAME_WORDS = (
    {"facturation", "facture", "billing", "invoice"}, {"panne", "breakdown", "outage"}, {"livraison", "delivery"},
    {"formation", "training"}, {"contrat", "contract"}, {"commande", "order"}, {"compte", "account"},
    {"reclamation", "complaint"}, {"piece", "part", "piece detachee", "spare part"}, {"entretien", "maintenance"},
    {"question", "inquiry", "demande"}, {"mot de passe", "password"}, {"remboursement", "refund"},
    {"erreur", "error", "bug"}, {"lenteur", "performance"}, {"autre", "other", "divers"},
)  # fmt: skip


def _run(context: AuditContext) -> tuple[Finding, ...]:
    found = []
    for place, column in _label_columns(context.mappings).items():
        source, stream, kind = place
        facts = context.facts.filter((_.source == source) & (_.stream == stream) & (_.kind == kind) & _.label.notnull())
        counted = context.rows(facts.group_by("label").agg(n=_.count()).order_by("label").limit(_MOST_VALUES + 1))
        counts = {row["label"]: row["n"] for row in counted}
        groups = [] if len(counts) > _MOST_VALUES else spellings(counts)
        if groups:
            n_rows = sum(counts[value] for group in groups for value in group[1:])
            total = sum(counts.values())
            found.append(
                Finding(
                    check="category_spellings",
                    severity="important" if n_rows >= 0.05 * total else "advice",
                    title=tell(
                        _TITLE, source=f"{source} / {stream}", n=sum(map(len, groups)), m=len(groups), column=column
                    ),
                    detail=tell(_DETAIL, example=" = ".join(groups[0][:4]), p=n_rows / total),
                    n_rows=n_rows,
                    share=share_of(n_rows, total),
                    sample=tuple(value for group in groups for value in group)[: context.n_samples],
                    repair=tell(_REPAIR, column=column),
                    gain=_GAIN,
                    source=source,
                    command=f"mappings/{source}.yaml, streams.{stream}.fields, {column}:  values: {_yaml(groups)}",
                )
            )
    return tuple(found)


def spellings(counts: dict[str, int]) -> list[list[str]]:
    """Return the values that seem to be one category, the most frequent spelling first; single ones are left out.

    Example:
        >>> spellings({"Facturation": 90, "FACT": 7, "billing": 5, "Panne": 40})
        [['Facturation', 'FACT', 'billing']]
    """
    groups: list[list[str]] = []
    for value in sorted(counts, key=lambda value: (-counts[value], value)):
        home = next((group for group in groups if any(_is_same(value, other) for other in group)), None)
        if home is None:
            groups.append([value])
        else:
            home.append(value)
    return [group for group in groups if len(group) > 1]


def _is_same(one: str, other: str) -> bool:
    left, right = _plain(one), _plain(other)
    short, long = sorted((left, right), key=len)
    if not short:
        return False
    is_abbreviation = len(short) >= _SHORTEST and " " not in short and long.startswith(short) and len(short) < 6
    is_synonym = any(left in same and right in same for same in _SAME_WORDS)
    is_typo = (
        len(short) >= 5 and SequenceMatcher(None, left, right).ratio() >= _ALIKE and _digits(left) == _digits(right)
    )
    return left == right or is_abbreviation or is_synonym or is_typo


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", "".join(c for c in bare if not unicodedata.combining(c))).split())


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _yaml(groups: list[list[str]]) -> str:
    told = (f"{_quoted(group[0])}: [{', '.join(map(_quoted, group[1:]))}]" for group in groups)
    return "{" + ", ".join(told) + "}"


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[^\W\d_][\w -]*", value) and value == value.strip() else f'"{value}"'


def _label_columns(mappings: Iterable[SourceMapping]) -> dict[tuple[str, str, str], str]:
    """Return the column that gives the label of each kind of event of each stream, where it is one column."""
    return {
        (mapping.source, name, event.kind): event.label.columns[0]
        for mapping in mappings
        for name, stream in mapping.streams.items()
        for event in stream.events
        if event.label is not None and len(event.label.columns) == 1 and event.label.constant is None
    }


CATEGORY_SPELLINGS = Check(
    name="category_spellings",
    words=Words(
        fr="La même catégorie est-elle écrite de plusieurs façons ?", en="Is one category written in several ways?"
    ),
    run=_run,
)
