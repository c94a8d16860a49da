"""Show what was found about a flat table as one self-contained page."""

import numpy as np

from prevenance.kit.html_page import between, heading, page, paragraph, table
from prevenance.kit.pictures import bar_picture
from prevenance.kit.words import Language, Words, number, percent
from prevenance.models.page import LADDER, LADDER_HEADS, LADDER_NOTE, evidence_pictures
from prevenance.models.scores import reliability, share_found
from prevenance.models.table_findings import TableFindings

_TITLE = Words(fr="Prédire « {label} »", en="Predicting “{label}”")
_LEAD = Words(
    fr="Parmi les {n} lignes jugées, les 10 % les plus probables contiennent {lift} fois plus de cas que la moyenne.",
    en="Of the {n} rows judged, the likeliest 10% hold {lift} times more cases than the average.",
)
_RULE = Words(
    fr="AUC {auc} ({interval}), contre {rule} pour la meilleure colonne seule ({name}). Exactitude {accuracy}.",
    en="AUC {auc} ({interval}), against {rule} for the best single column ({name}). Accuracy {accuracy}.",
)
_WARNINGS = Words(fr="À savoir sur les colonnes", en="What to know about the columns")
_DRIVERS = Words(fr="Ce qui pèse le plus", en="What weighs most")
_COLUMN, _DETAIL = Words(fr="Colonne", en="Column"), Words(fr="Constat", en="Finding")
_STEPS = tuple(round(0.05 * step, 2) for step in range(1, 21))


def table_page(report: TableFindings, language: Language) -> str:
    """Return the page."""
    rows = [
        [
            rung.estimator,
            number(rung.auc, language, 3),
            number(rung.auc_se, language, 3),
            number(rung.seconds, language, 1),
        ]
        for rung in report.ladder
    ]
    parts = [
        paragraph(lead(report, language), is_lead=True),
        paragraph(comparison(report, language)),
        _pictures(report, language),
        heading(LADDER.say(language)),
        table([words.say(language) for words in LADDER_HEADS], rows),
        paragraph(LADDER_NOTE.say(language, chosen=report.estimator.words.say(language))),
        heading(_DRIVERS.say(language)),
        bar_picture(report.drivers[:10], _DRIVERS.say(language)),
    ]
    if report.warnings:
        cells = [[warning.column, warning.detail.say(language)] for warning in report.warnings]
        parts += [heading(_WARNINGS.say(language)), table([_COLUMN.say(language), _DETAIL.say(language)], cells)]
    return page(_TITLE.say(language, label=report.label), language, parts)


def lead(report: TableFindings, language: Language) -> str:
    """Say in one sentence what the ranking is worth."""
    found = report.measures
    return _LEAD.say(language, n=number(found.n, language), lift=number(found.lift_at_10, language, 1))


def comparison(report: TableFindings, language: Language) -> str:
    """Say how good it is beside the best single column."""
    found = report.measures
    return _RULE.say(
        language,
        auc=number(found.auc, language, 3),
        interval=between(found.auc_interval, language),
        rule=number(report.baseline.auc, language, 3),
        name=report.baseline.name,
        accuracy=percent(report.accuracy, language, 1),
    )


def _pictures(report: TableFindings, language: Language) -> str:
    y = report.rows["label"].to_numpy().astype(np.int8)
    probability = report.rows["probability"].to_numpy()
    n_yes = max(int(y.sum()), 1)
    gains = [[share, share_found(y, probability, share) * share * len(y) / n_yes] for share in _STEPS]
    scores = (report.measures.ece, report.measures.brier)
    return evidence_pictures(reliability(y, probability), gains, scores, language)
