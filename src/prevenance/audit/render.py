"""Show an audit: as one page that needs nothing else, and as data."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from prevenance.audit.inspect import AuditReport, adequacy
from prevenance.kit.catalogue import load
from prevenance.kit.words import Language, Words, day, fr_typo, number, percent
from prevenance.records.event_kind import EventKind

LANGUAGES: tuple[Language, ...] = get_args(Language)
_WORDS = {
    "title": Words(fr="Audit des données", en="Data audit"),
    "lead": Words(
        fr="Ce que vos sources contiennent, ce qu’il faut corriger en premier, et ce que chaque correction apporte.",
        en="What your sources hold, what to repair first, and what each repair brings.",
    ),
    "as_of": Words(fr="Situation au", en="As known on"),
    "enough": Words(fr="Y a-t-il assez de données ?", en="Is there enough data?"),
    "sources": Words(fr="Sources", en="Sources"),
    "source": Words(fr="Source", en="Source"),
    "score": Words(fr="Note sur 100", en="Score of 100"),
    "accounts": Words(fr="Entreprises", en="Companies"),
    "people": Words(fr="Personnes", en="People"),
    "facts": Words(fr="Faits", en="Facts"),
    "refused": Words(fr="Lignes refusées", en="Refused rows"),
    "from": Words(fr="Du", en="From"),
    "to": Words(fr="Au", en="To"),
    "coverage": Words(fr="Couverture des échanges", en="Touch-point coverage"),
    "coverage_lead": Words(
        fr="Part des échanges connus d’un autre système et retrouvés dans le CRM.",
        en="Share of the contacts known to another system that the CRM knows too.",
    ),
    "findings": Words(fr="À corriger, dans cet ordre", en="To repair, in this order"),
    "nothing": Words(fr="Rien à corriger.", en="Nothing to repair."),
    "repair": Words(fr="Quoi faire", en="What to do"),
    "gain": Words(fr="Ce que cela apporte", en="What it brings"),
    "sample": Words(fr="Par exemple", en="For example"),
    "command": Words(fr="À taper ou à écrire", en="To type or to write"),
    "owner": Words(fr="Avec qui", en="With whom"),
    "silos": Words(fr="Ce que réunir les sources apporte", en="What joining the sources adds"),
    "silos_lead": Words(
        fr="Clients connus des deux, et ce que chacune raconte d’eux que l’autre ignore.",
        en="Customers that both know, and what each tells of them that the other does not.",
    ),
    "both": Words(fr="Connus des deux", en="Known to both"),
    "only": Words(fr="Seulement dans", en="Only in"),
    "register": Words(fr="Données personnelles et base légale", en="Personal data and legal basis"),
    "purpose": Words(fr="Finalité", en="Purpose"),
    "basis": Words(fr="Base légale", en="Legal basis"),
    "kept": Words(fr="Conservées", en="Kept"),
    "fields": Words(fr="Champs", en="Fields"),
    "days": Words(fr="jours", en="days"),
    "customers": Words(fr="clients", en="customers"),
    "months": Words(fr="mois d’histoire", en="months of history"),
    "problems": Words(fr="points à corriger", en="things to repair"),
}
_SEVERITIES = {
    "serious": Words(fr="Grave", en="Serious"),
    "important": Words(fr="Important", en="Important"),
    "advice": Words(fr="Conseil", en="Advice"),
}
_ANSWERS = {
    "models": Words(fr="Modèles", en="Models"),
    "signals_only": Words(fr="Signaux seulement", en="Signals only"),
    "not_enough": Words(fr="Pas assez", en="Not enough"),
}
_TARGETS = {
    "churn": Words(fr="Risque de départ (contrat)", en="Risk of leaving (contract)"),
    "silent_attrition": Words(fr="Éloignement silencieux", en="Silent drifting away"),
    "next_purchase": Words(fr="Prochain achat", en="Next purchase"),
    "ticket": Words(fr="Demande d’aide à venir", en="Request for help to come"),
    "late_payment": Words(fr="Paiement en retard", en="Late payment"),
    "limit_reached": Words(fr="Limite atteinte", en="Limit reached"),
}


_BASES = {
    "contract": Words(fr="contrat", en="contract"),
    "consent": Words(fr="consentement", en="consent"),
    "legal_obligation": Words(fr="obligation légale", en="legal obligation"),
    "legitimate_interest": Words(fr="intérêt légitime", en="legitimate interest"),
    "vital_interest": Words(fr="intérêt vital", en="vital interest"),
    "public_task": Words(fr="mission d’intérêt public", en="public task"),
}


def _kind_words(kind: str, language: Language) -> str:
    """Return a kind of event in a few words: its sentence without what differs from event to event."""
    known = load("prevenance.records.events", EventKind).get(kind)
    if known is None:
        return kind.replace("_", " ")
    said = known.sentence.fr if language == "fr" else known.sentence.en
    bare = re.sub(r"[\s\u00a0]*(?:[,:(]|\b(?:en|in|de|by|par|pour|to))?[\s\u00a0]*\{.*$", "", said)
    return bare[:1].lower() + bare[1:]


def write(report: AuditReport, folder: Path) -> tuple[Path, ...]:
    """Write the report as a page in each language and as data; return the files, the JSON last."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = {folder / f"audit.{language}.html": to_html(report, language) for language in LANGUAGES}
    data = {folder / "audit.json": json.dumps(to_json(report), ensure_ascii=False, indent=2)}
    for path, text in (pages | data).items():
        path.write_text(text, encoding="utf-8")
    return (*pages, *data)


def to_html(report: AuditReport, language: Language) -> str:
    """Return the report as a page: one file, no scripts, nothing fetched."""

    def say(words: Words) -> str:
        return fr_typo(words.fr) if language == "fr" else words.en

    return _template().render(
        language=language,
        say=say,
        words={name: say(words) for name, words in _WORDS.items()},
        severities={name: say(words) for name, words in _SEVERITIES.items()},
        answers={name: say(words) for name, words in _ANSWERS.items()},
        targets={name: say(words) for name, words in _TARGETS.items()},
        number=lambda value: number(value, language),
        percent=lambda value: percent(value, language),
        day=lambda value: "–" if value is None else day(value, language),
        trend=lambda points: "=" if points == 0 else f"{'+' if points > 0 else '−'}{abs(points)}",
        bases={name: say(words) for name, words in _BASES.items()},
        kind_words=lambda kinds: ", ".join(_kind_words(kind, language) for kind in kinds[:4]) or "–",
        report=report,
        verdicts=adequacy(report),
    )


def to_json(report: AuditReport) -> dict[str, Any]:
    """Return the report as plain data, words in both languages."""
    history = report.history
    return {
        "as_of": report.as_of.isoformat(),
        "sources": [
            {**vars(source), "first_on": _iso(source.first_on), "last_on": _iso(source.last_on)}
            for source in report.sources
        ],
        "history": {
            "n_customers": history.n_customers,
            "n_months": history.n_months,
            "first_on": _iso(history.first_on),
            "n_outcomes": dict(history.n_outcomes),
        },
        "coverage": [{**vars(covered), "rate": covered.rate} for covered in report.coverage],
        "adequacy": {
            target: {**vars(verdict), "reason": _both(verdict.reason)} for target, verdict in adequacy(report).items()
        },
        "silos": [vars(silo) for silo in report.silos],
        "register": [vars(line) for line in report.register],
        "owners": dict(report.owners),
        "profiles": {source: dict(profile.shares) for source, profile in report.profiles.items()},
        "findings": [
            {name: _both(value) if isinstance(value, Words) else value for name, value in vars(finding).items()}
            for finding in report.findings
        ],
    }


def _both(words: Words) -> dict[str, str]:
    return {"fr": fr_typo(words.fr), "en": words.en}


def _iso(value: Any) -> str | None:
    return None if value is None else str(value.isoformat())


@cache
def _template() -> Template:
    loader = PackageLoader("prevenance.audit", "pages")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("audit.html.j2")
