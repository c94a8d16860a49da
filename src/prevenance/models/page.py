"""Show the evidence for a prediction: calibration, gains, and what each step of the ladder bought."""

from collections.abc import Sequence

from prevenance.kit.html_page import figures
from prevenance.kit.pictures import calibration_picture, gain_picture
from prevenance.kit.words import Language, Words, number

CALIBRATION = Words(fr="Ce qui était annoncé, ce qui est arrivé", en="What was said, what happened")
_SAID, _HAPPENED = Words(fr="annoncé", en="said"), Words(fr="arrivé", en="happened")
GAINS = Words(fr="Ce que l’on atteint", en="What is reached")
_LOOKED_AT = Words(fr="clients regardés", en="customers looked at")
_REACHED = Words(fr="cas atteints", en="cases reached")
_CALIBRATION_NOTE = Words(
    fr="Dixièmes des clients, avec intervalle à 95 %. Écart moyen {ece} ; score de Brier {brier}.",
    en="Tenths of the customers, with 95% intervals. Mean gap {ece}; Brier score {brier}.",
)
_GAIN_NOTE = Words(
    fr="En pointillé : au hasard.",
    en="Dashed: by chance.",
)
LADDER_HEADS = (
    Words(fr="Méthode", en="Method"),
    Words(fr="AUC en validation", en="AUC in validation"),
    Words(fr="erreur type", en="standard error"),
    Words(fr="secondes", en="seconds"),
)
LADDER = Words(fr="Ce que chaque degré de complexité a apporté", en="What each step of complexity bought")
LADDER_NOTE = Words(
    fr="La plus simple à moins d’une erreur type de la meilleure est retenue : {chosen}.",
    en="The simplest within one standard error of the best is kept: {chosen}.",
)


def evidence_pictures(
    bins: Sequence[dict[str, float]], gains: Sequence[Sequence[float]], scores: tuple[float, float], language: Language
) -> str:
    """Return the pictures of calibration and gains; `scores` are the calibration error and the Brier score."""
    said = [words.say(language) for words in (CALIBRATION, _SAID, _HAPPENED)]
    reached = [words.say(language) for words in (GAINS, _LOOKED_AT, _REACHED)]
    ece, brier = (number(score, language, 3) for score in scores)
    note = _CALIBRATION_NOTE.say(language, ece=ece, brier=brier)
    return figures(
        [
            (calibration_picture(bins, said[0], said[1], said[2]), note),
            (gain_picture(gains, reached[0], reached[1], reached[2]), _GAIN_NOTE.say(language)),
        ]
    )
