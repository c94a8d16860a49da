"""Lay out a report as one self-contained page: headings, sentences, tables, pictures; no script, no outside file."""

from collections.abc import Sequence
from html import escape

from prevenance.kit.words import Language, Words, number
from prevenance.models.pictures import calibration_picture, gain_picture

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}.lead{font-size:1.2rem}"
    "table{border-collapse:collapse}td,th{padding:.3rem .8rem;text-align:left;border-bottom:1px solid #ddd}"
    ".row{display:flex;flex-wrap:wrap;gap:1.5rem}figure{margin:0}figcaption{font-size:.85rem;max-width:17rem}"
)

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


def page(title: str, language: Language, parts: Sequence[str]) -> str:
    """Return a whole page."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>"
    )


def heading(text: str) -> str:
    """Return a heading."""
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str, *, is_lead: bool = False) -> str:
    """Return a paragraph; the lead is what a reader should take away."""
    return f'<p class="lead">{escape(text)}</p>' if is_lead else f"<p>{escape(text)}</p>"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def between(interval: Sequence[float] | None, language: Language, digits: int = 3) -> str:
    """Word an interval."""
    if interval is None:
        return ""
    low, high = (number(value, language, digits) for value in interval)
    return Words(fr="entre {low} et {high}", en="between {low} and {high}").say(language, low=low, high=high)


def evidence_pictures(
    bins: Sequence[dict[str, float]], gains: Sequence[Sequence[float]], scores: tuple[float, float], language: Language
) -> str:
    """Return the pictures of calibration and gains; `scores` are the calibration error and the Brier score."""
    said = [words.say(language) for words in (CALIBRATION, _SAID, _HAPPENED)]
    reached = [words.say(language) for words in (GAINS, _LOOKED_AT, _REACHED)]
    ece, brier = (number(score, language, 3) for score in scores)
    note = _CALIBRATION_NOTE.say(language, ece=ece, brier=brier)
    figures = (
        (calibration_picture(bins, said[0], said[1], said[2]), note),
        (gain_picture(gains, reached[0], reached[1], reached[2]), _GAIN_NOTE.say(language)),
    )
    drawn = (f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>" for svg, caption in figures)
    return f'<div class="row">{"".join(drawn)}</div>'
