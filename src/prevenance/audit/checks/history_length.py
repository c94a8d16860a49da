"""Ask whether the past is long enough: twelve months to predict, twenty-four where seasons matter (A6)."""

from prevenance.audit.base import AuditContext, Check, Finding, tell
from prevenance.audit.history import history_of
from prevenance.kit.words import Words

_NEEDED, _SEASONAL = 12, 24
_TITLE = Words(fr="{n} mois d’histoire, il en faut {needed}", en="{n} {n|month|months} of history, {needed} are needed")
_DETAIL = Words(
    fr="Le premier fait utilisable est du {first} ; {n} mois {n|porte|portent} des faits.",
    en="The first usable fact is of {first}; {n} {n|month holds|months hold} facts.",
)
_SHORT = Words(fr="pour prédire avec des modèles", en="to predict with models")
_NO_SEASON = Words(fr="pour reconnaître les saisons", en="to recognise seasons")
_REPAIR = Words(
    fr="Demandez à chaque source un export plus ancien (archives, sauvegardes) et chargez-le.",
    en="Ask each source for an older export (archives, back-ups) and load it.",
)
_GAIN = Words(fr="Assez de passé {why}.", en="Enough past {why}.")


def _run(context: AuditContext) -> tuple[Finding, ...]:
    history = history_of(context)
    if history.first_on is None or history.n_months >= _SEASONAL:
        return ()
    is_short = history.n_months < _NEEDED
    needed, why = (_NEEDED, _SHORT) if is_short else (_SEASONAL, _NO_SEASON)
    return (
        Finding(
            check="history_length",
            severity="serious" if is_short else "advice",
            title=tell(_TITLE, n=history.n_months, needed=needed),
            detail=tell(_DETAIL, first=history.first_on, n=history.n_months),
            n_rows=needed - history.n_months,
            share=None,
            sample=(),
            repair=_REPAIR,
            gain=Words(fr=_GAIN.fr.format(why=why.fr), en=_GAIN.en.format(why=why.en)),
        ),
    )


HISTORY_LENGTH = Check(
    name="history_length",
    words=Words(fr="Le passé est-il assez long ?", en="Is the past long enough?"),
    run=_run,
)
