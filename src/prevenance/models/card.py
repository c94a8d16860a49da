"""Write the card of a model: how good it is in one sentence, how that is known, and what it must not be used for."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from prevenance import features
from prevenance.kit.catalogue import load
from prevenance.kit.html_page import between, heading, page, paragraph, table
from prevenance.kit.pictures import bar_picture
from prevenance.kit.words import Language, Words, number, percent
from prevenance.models.base import Estimator, Target
from prevenance.models.model_file import SigningKey, read_manifest
from prevenance.models.page import LADDER, LADDER_HEADS, LADDER_NOTE, evidence_pictures
from prevenance.models.reasons import Card
from prevenance.models.registry import Registry
from prevenance.models.target_catalogue import target_named
from prevenance.models.training_report import measured_words
from prevenance.storage import Ledger

_LATER = Words(fr="Sur une période plus tardive, jamais regardée avant", en="On a later period, never looked at before")
_HEADS = (
    Words(fr="Mesure", en="Figure"),
    Words(fr="Valeur", en="Value"),
    Words(fr="Intervalle à 95 %", en="95% interval"),
)
_DRIVERS = Words(fr="Ce qui pèse le plus", en="What weighs most")
_CHECKS = Words(fr="Recherche de fuites", en="Search for leaks")
_USE = Words(fr="À quoi il sert, et rien d’autre", en="What it is for, and nothing else")
_MORE, _LESS = (
    Words(fr="plus → plus probable", en="more → likelier"),
    Words(fr="plus → moins probable", en="more → less likely"),
)
_CLEAN = Words(
    fr="Aucune donnée ne connaissait l’avenir : {n} lignes recalculées sans les faits ultérieurs sont identiques ; "
    "avec des réponses distribuées au hasard, l’AUC est de {shuffled}.",
    en="No data knew the future: {n} rows computed again without later facts are the same; with answers dealt out at "
    "random the AUC is {shuffled}.",
)
_FOUND = Words(
    fr="{n} données ont été écartées parce qu’elles semblaient connaître l’avenir ; avec des réponses distribuées au "
    "hasard, l’AUC est de {shuffled}.",
    en="{n} columns were left out because they seemed to know the future; with answers dealt out at random the AUC is "
    "{shuffled}.",
)
_OVER = Words(
    fr="AUC sur ce qui a été appris : {learned} ; en validation : {checked} ; sur la période plus tardive : {later}.",
    en="AUC on what was learned from: {learned}; in validation: {checked}; on the later period: {later}.",
)
_FITTED = Words(
    fr="Ces mesures sont celles du modèle appris avant cette période ; le modèle en service a ensuite été réappris "
    "avec la même méthode sur toute l’histoire connue.",
    en="These figures are those of the model learned before that period; the model in use was then learned again, by "
    "the same method, from all the history known.",
)


def model_card(
    ledger: Ledger, target_name: str, *, folder: Path, language: Language, key: Path | None = None
) -> str | None:
    """Return the card of the model that speaks for a target as a page, or None when there is no model.

    Raises:
        DataError: the model's manifest is not the one that was signed.
    """
    registry = Registry(ledger, folder, SigningKey(key or folder / "signing.key"))
    row = registry.champion_row(target_name)
    if row is None:
        return None
    return card_page(read_manifest(folder / row["path"], registry.key), target_named(target_name), language)


def card_page(manifest: Mapping[str, Any], target: Target, language: Language) -> str:
    """Return the card as one self-contained page."""
    measures = manifest["measures"]
    parts = [
        paragraph(measured_words(dict(manifest), target).say(language), is_lead=True),
        heading(_LATER.say(language)),
        paragraph(f"{manifest['test_cutoffs'][0]} – {manifest['test_cutoffs'][1]}"),
        _figures(manifest, language),
        paragraph(_FITTED.say(language)),
        evidence_pictures(manifest["reliability"], manifest["gains"], (measures["ece"], measures["brier"]), language),
        heading(LADDER.say(language)),
        _ladder(manifest, language),
        paragraph(_over(manifest, language)),
        heading(_DRIVERS.say(language)),
        bar_picture(_drivers(manifest, language), _DRIVERS.say(language)),
        heading(_CHECKS.say(language)),
        paragraph(_checks(manifest["leak_checks"], language)),
        heading(_USE.say(language)),
        paragraph(f"{target.purpose.say(language)} {manifest['legal_basis']}"),
        paragraph(f"{manifest['model_id']} · {manifest['as_of']} · {number(manifest['n_customers'], language)}"),
    ]
    return page(target.question.say(language), language, parts)


def _figures(manifest: Mapping[str, Any], language: Language) -> str:
    found, rule = manifest["measures"], manifest["baseline"]
    precision = Words(fr="part juste parmi les signalés", en="right among the flagged").say(language)
    rows = [
        [
            precision,
            percent(found["precision_at_flagged"], language),
            between(found["precision_interval"], language, 2),
        ],
        ["AUC", number(found["auc"], language, 3), between(found["auc_interval"], language)],
        [Words(fr="règle simple : ", en="plain rule: ").say(language) + rule["words"][language], "", ""],
        ["Brier", number(found["brier"], language, 4), between(found["brier_interval"], language, 4)],
        [
            Words(fr="gain sur le hasard à 10 %", en="lift at 10%").say(language),
            number(found["lift_at_10"], language, 2),
            "",
        ],
    ]
    if rule["auc"] is not None:
        rows[2][1:] = [number(rule["auc"], language, 3), between(rule["auc_interval"], language)]
    return table([words.say(language) for words in _HEADS], rows)


def _ladder(manifest: Mapping[str, Any], language: Language) -> str:
    names = {name: entry.words.say(language) for name, entry in load("prevenance.models.estimators", Estimator).items()}
    rows = [
        [
            names.get(rung["estimator"], rung["estimator"]),
            number(rung["auc"], language, 3),
            number(rung["auc_se"], language, 3),
            number(rung["seconds"], language, 1),
        ]
        for rung in manifest["ladder"]
    ]
    chosen = names.get(manifest["estimator"], manifest["estimator"])
    note = paragraph(LADDER_NOTE.say(language, chosen=chosen))
    return table([words.say(language) for words in LADDER_HEADS], rows) + note


def _over(manifest: Mapping[str, Any], language: Language) -> str:
    aucs = (manifest["learned_auc"], manifest["checked_auc"], manifest["measures"]["auc"])
    learned, checked, later = (number(value, language, 3) for value in aucs)
    return _OVER.say(language, learned=learned, checked=checked, later=later)


def _drivers(manifest: Mapping[str, Any], language: Language) -> list[tuple[str, float]]:
    cards: Mapping[str, Card] = features.feature_cards()
    bars = []
    for name, share, direction in manifest["drivers"][:10]:
        if name in cards:
            way = {1: f" ({_MORE.say(language)})", -1: f" ({_LESS.say(language)})"}.get(direction, "")
            bars.append((f"{cards[name].words.say(language)}{way}", float(share)))
    return bars


def _checks(checks: Mapping[str, Any], language: Language) -> str:
    shuffled = number(checks["shuffled_auc"], language, 2)
    n_left_out = len(checks["too_good"]) + len(checks["out_of_time"])
    if n_left_out:
        return _FOUND.say(language, n=number(n_left_out, language), shuffled=shuffled)
    return _CLEAN.say(language, n=number(checks["n_compared"], language), shuffled=shuffled)
