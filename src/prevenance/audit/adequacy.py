"""Judge whether there is enough to predict with, target by target: models, signals only, or not enough (A6).

Rules, as published practice has them: twelve months of history (twenty-four for seasons), about a thousand customers
for full models, and at least a hundred outcomes to learn from. From two hundred customers on, models are fitted too,
with intervals as wide as so few customers make them. Fifty to two hundred get signals; fewer get an honest no.
"""

from dataclasses import dataclass
from typing import Literal

from prevenance.audit.base import tell
from prevenance.audit.history import OUTCOMES, History
from prevenance.kit.words import Words

Answer = Literal["models", "signals_only", "not_enough"]

MONTHS_FOR_SIGNALS, MONTHS_FOR_MODELS = 3, 12
CUSTOMERS_FOR_SIGNALS, CUSTOMERS_FOR_MODELS, CUSTOMERS_FOR_FULL_MODELS = 50, 200, 1000
OUTCOMES_FOR_MODELS = 100

_NO_HISTORY = Words(
    fr="{present} mois d’histoire ; il en faut au moins {needed} pour le moindre signal.",
    en="{present} months of history; at least {needed} are needed for any signal.",
)
_FEW_CUSTOMERS = Words(
    fr="{present} clients ; il en faut au moins {needed} pour que des signaux soient vérifiables.",
    en="{present} customers; at least {needed} are needed for signals to be checked.",
)
_SHORT = Words(
    fr="{present} mois d’histoire ; les modèles en demandent {needed}. Les signaux fonctionnent.",
    en="{present} months of history; models need {needed}. Signals work.",
)
_SMALL = Words(
    fr="{present} clients ; les modèles en demandent {needed}. Les signaux fonctionnent.",
    en="{present} customers; models need {needed}. Signals work.",
)
_RARE = Words(
    fr="{present} cas passés pour apprendre ; les modèles en demandent {needed}. Les signaux fonctionnent.",
    en="{present} past cases to learn from; models need {needed}. Signals work.",
)
_WIDE = Words(
    fr="{present} clients, moins de {needed} : les modèles sont simples et leurs intervalles larges, et le disent.",
    en="{present} customers, fewer than {needed}: models are simple and their intervals wide, and say so.",
)
_ENOUGH = Words(
    fr="{customers} clients, {months} mois d’histoire, {outcomes} cas passés : assez pour des modèles.",
    en="{customers} customers, {months} months of history, {outcomes} past cases: enough for models.",
)


@dataclass(frozen=True)
class Verdict:
    """Answers for one target, with the reason in words and, where something lacks, how much is there and needed."""

    answer: Answer
    reason: Words
    needed: int | None = None
    present: int | None = None


def judge(history: History) -> dict[str, Verdict]:
    """Judge each target.

    Example:
        >>> from datetime import date
        >>> tiny = History(n_customers=80, n_months=36, first_on=date(2023, 11, 1), n_outcomes={"churn": 21})
        >>> judge(tiny)["churn"].answer
        'signals_only'
    """
    return {target: _verdict(history, history.n_outcomes.get(target, 0)) for target in OUTCOMES}


def _verdict(history: History, n_outcomes: int) -> Verdict:
    months, customers = history.n_months, history.n_customers
    floors: tuple[tuple[int, int, Answer, Words], ...] = (
        (months, MONTHS_FOR_SIGNALS, "not_enough", _NO_HISTORY),
        (customers, CUSTOMERS_FOR_SIGNALS, "not_enough", _FEW_CUSTOMERS),
        (customers, CUSTOMERS_FOR_MODELS, "signals_only", _SMALL),
        (months, MONTHS_FOR_MODELS, "signals_only", _SHORT),
        (n_outcomes, OUTCOMES_FOR_MODELS, "signals_only", _RARE),
        (customers, CUSTOMERS_FOR_FULL_MODELS, "models", _WIDE),
    )
    for present, needed, answer, words in floors:
        if present < needed:
            return Verdict(answer, tell(words, present=present, needed=needed), needed, present)
    return Verdict("models", tell(_ENOUGH, customers=customers, months=months, outcomes=n_outcomes))
