"""Lay the road: which stage comes after which, and what each asks of its room."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from prevenance import (
    audit,
    conversations,
    decisions,
    features,
    identity,
    insights,
    models,
    monitoring,
    outcomes,
    privacy,
    sources,
    timeline,
)
from prevenance.kit.hashing import fingerprint
from prevenance.kit.words import Words
from prevenance.pipeline.base import RunContext, Stage, StageCounts
from prevenance.records.tables import (
    ALARMS,
    CONSENT_RECORDS,
    EVENTS,
    FACTS,
    IDENTITIES,
    KPI_VALUES,
    PARTIES,
    PREDICTIONS,
    SEGMENTS,
    SIGNAL_HITS,
    SIGNAL_RECORDS,
)


def _sources(context: RunContext) -> StageCounts:
    mappings = sources.load_mappings(context.project.folder / "mappings")
    reports = sources.pull(
        context.lake, mappings, data_folder=context.data_folder, as_of=context.as_of, progress=context.progress
    )
    return StageCounts(
        rows_in=sum(report.rows_in for report in reports),
        rows_out=context.lake.count(context.lake.read(FACTS)) + context.lake.count(context.lake.read(PARTIES)),
        rows_new=sum(report.inserted + report.updated for report in reports),
        quarantined=sum(report.quarantined for report in reports),
        detail={"streams": [report.as_detail() for report in reports]},
    )


def _audit(context: RunContext) -> StageCounts:
    mappings = sources.load_mappings(context.project.folder / "mappings")
    report = audit.inspect(context.lake, as_of=context.as_of, progress=context.progress, mappings=mappings)
    report.keep(context.lake)
    audit.write(report, context.project.reports_folder(context.as_of))
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(FACTS)),
        rows_out=len(report.findings),
        detail={"findings": len(report.findings)},
    )


def _identity(context: RunContext) -> StageCounts:
    report = identity.resolve(
        context.lake, context.ledger, as_of=context.as_of, cluster=context.cluster, progress=context.progress
    )
    return StageCounts(
        rows_in=report.rows_in,
        rows_out=report.rows_out,
        rows_new=report.rows_new,
        detail={"customers": report.n_customers, "people": report.n_people, "to_review": report.n_review},
    )


def _consents(context: RunContext) -> StageCounts:
    counts = privacy.import_consents(context.lake, context.ledger, as_of=context.as_of)
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(CONSENT_RECORDS)),
        rows_out=counts.taken + counts.known,
        rows_new=counts.taken,
        detail={"unresolved": counts.unresolved},
    )


def _timeline(context: RunContext) -> StageCounts:
    report = timeline.record(context.cluster, as_of=context.as_of)
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(FACTS)),
        rows_out=context.lake.count(context.lake.read(EVENTS)),
        rows_new=report.counts.inserted + report.counts.updated,
        detail={"pending_identity": report.n_pending},
    )


def _conversations(context: RunContext) -> StageCounts:
    report = conversations.listen(context.lake, context.story(context.lake), progress=context.progress)
    return StageCounts(rows_in=report.n_messages, rows_out=report.n_readings, rows_new=report.n_readings)


def _insights(context: RunContext) -> StageCounts:
    version = context.lake.version(SEGMENTS)
    counts = insights.discover(context.cluster, context.story(context.cluster))
    n_sorted = sum(count.n_customers for count in counts)
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(EVENTS)),
        rows_out=n_sorted,
        rows_new=n_sorted if context.lake.version(SEGMENTS) != version else 0,
        detail={"segments": [[c.segmentation, c.segment, c.n_customers] for c in counts]},
    )


def _monitoring(context: RunContext) -> StageCounts:
    version = context.lake.version(ALARMS)
    raised = monitoring.watch(context.lake, timeline.read(context.lake, as_of=context.as_of))
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(EVENTS)),
        rows_out=len(raised),
        rows_new=len(raised) if context.lake.version(ALARMS) != version else 0,
        detail={"alarms": [{"about": one.about, "fr": one.words.fr, "en": one.words.en} for one in raised]},
    )


def _signals(context: RunContext) -> StageCounts:
    before = _sizes(context)
    records = features.detect(
        context.cluster,
        context.story(context.cluster),
        thresholds=features.SignalsFile(context.project.folder / "signals.yaml").thresholds(),
        progress=context.progress,
    )
    after = _sizes(context)
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(IDENTITIES)),
        rows_out=after["hits"],
        rows_new=max(0, after["hits"] - before["hits"]) + max(0, after["records"] - before["records"]),
        detail={"signals": [_signal(record) for record in records]},
    )


def _sizes(context: RunContext) -> dict[str, int]:
    return {
        "hits": context.lake.count(context.lake.read(SIGNAL_HITS)),
        "records": context.lake.count(context.lake.read(SIGNAL_RECORDS)),
    }


def _signal(record: Any) -> dict[str, Any]:
    return {
        "name": record.signal,
        "fired": record.n_fired,
        "right": record.n_right,
        "precision": record.precision,
        "precision_interval": [record.precision_low, record.precision_high],
        "recall": record.recall,
        "lead_days": record.lead_days,
    }


def _models(context: RunContext) -> StageCounts:
    story = timeline.read(context.cluster, as_of=context.as_of)
    before = context.lake.count(context.lake.read(PREDICTIONS))
    verdicts = audit.adequacy(audit.inspect(context.lake, as_of=context.as_of))
    found = [_target(context, story, name, verdicts.get(name)) for name in context.project.settings.targets]
    after = context.lake.count(context.lake.read(PREDICTIONS))
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(EVENTS)),
        rows_out=after,
        rows_new=max(0, after - before),
        detail={"targets": found},
    )


def _target(context: RunContext, story: timeline.Timeline, name: str, verdict: audit.Verdict | None) -> dict[str, Any]:
    folder = context.project.models_folder
    report = models.train(
        context.cluster,
        context.ledger,
        story,
        name,
        folder=folder,
        key=context.project.signing_key,
        adequacy="models" if verdict is None else verdict.answer,
        progress=context.progress,
    )
    models.predict(
        context.cluster,
        context.ledger,
        story,
        name,
        folder=folder,
        key=context.project.signing_key,
        currency=context.project.settings.currency,
    )
    question = models.target_cards()[name].question
    measures = report.speaking.get("measures", {})
    n_flagged, precision = measures.get("n_flagged"), measures.get("precision_at_flagged")
    return {
        **report.to_json(),
        "question": {"fr": question.fr, "en": question.en},
        "n_flagged": n_flagged,
        "n_right": None if n_flagged is None or precision is None else round(n_flagged * precision),
        "has_card": bool(report.manifest),
    }


def _decisions(context: RunContext) -> StageCounts:
    team = context.project.settings.team
    report = decisions.decide(
        context.lake,
        context.ledger,
        timeline.read(context.lake, as_of=context.as_of),
        plays=decisions.load_plays(context.project.folder / "plays"),
        capacity=decisions.TeamCapacity(
            calls_per_day=team.calls_per_day,
            mails_per_day=team.mails_per_day,
            cost_per_hour=Decimal(str(team.cost_per_hour)),
            currency=context.project.settings.currency,
            time_zone=context.project.settings.time_zone,
            language=context.project.settings.language,
        ),
        seed=context.project.settings.seed,
        as_of=context.as_of,
        progress=context.progress,
    )
    counts = {
        "acted": report.acted,
        "held_out": report.held_out,
        "waiting": report.waiting,
        "not_acted": report.not_acted,
    }
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(SIGNAL_HITS)),
        rows_out=sum(counts.values()),
        rows_new=report.new,
        detail={"decisions": counts},
    )


def _outcomes(context: RunContext) -> StageCounts:
    story = timeline.read(context.cluster, as_of=context.as_of)
    before = context.lake.count(context.lake.read(KPI_VALUES))
    settings = outcomes.KpiSettings(
        cost_per_hour=Decimal(str(context.project.settings.team.cost_per_hour)),
        currency=context.project.settings.currency,
    )
    values = outcomes.measure(context.cluster, context.ledger, story, as_of=context.as_of, settings=settings)
    effects = outcomes.effects(context.cluster, context.ledger, story, as_of=context.as_of)
    after = context.lake.count(context.lake.read(KPI_VALUES))
    return StageCounts(
        rows_in=context.lake.count(context.lake.read(EVENTS)),
        rows_out=len(values),
        rows_new=max(0, after - before),
        detail={"effects": [_effect(effect) for effect in effects]},
    )


def _effect(effect: outcomes.Effect) -> dict[str, Any]:
    return {
        "play": effect.play,
        "outcome": effect.outcome,
        "difference": effect.comparison.difference,
        "interval": [effect.comparison.low, effect.comparison.high],
        "verdict": effect.comparison.verdict,
        "needs": effect.comparison.needs,
    }


def inputs_of(context: RunContext) -> str:
    """Return the fingerprint of everything that goes into a run: settings, mappings, plays, thresholds, file stamps."""
    folder = context.project.folder
    declared = [folder / "prevenance.yaml", folder / "signals.yaml"]
    declared += [path for name in ("mappings", "plays", "extensions") for path in sorted((folder / name).rglob("*.*"))]
    texts = {path.name: path.read_text(encoding="utf-8") for path in declared if path.is_file()}
    files = sorted(path for path in context.data_folder.rglob("*") if path.is_file())
    stamps = {
        str(path.relative_to(context.data_folder)): [s.st_size, s.st_mtime_ns] for path in files for s in [path.stat()]
    }
    return fingerprint({"declared": texts, "files": stamps})


def floor_to_day(instant: datetime) -> datetime:
    """Return the midnight (UTC) that a morning's list is made of."""
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


ROAD: tuple[Stage, ...] = (
    Stage("sources", Words(fr="Lire les sources", en="Reading the sources"), _sources),
    Stage("identity", Words(fr="Reconnaître les clients", en="Recognising the customers"), _identity),
    Stage("audit", Words(fr="Contrôler les données", en="Checking the data"), _audit),
    Stage("consents", Words(fr="Relever les consentements", en="Taking in the consents"), _consents),
    Stage("timeline", Words(fr="Ordonner l’histoire de chacun", en="Ordering each one’s history"), _timeline),
    Stage("conversations", Words(fr="Lire les messages", en="Reading the messages"), _conversations),
    Stage("signals", Words(fr="Guetter les signaux", en="Watching for signals"), _signals),
    Stage("insights", Words(fr="Former des groupes", en="Forming groups"), _insights),
    Stage("models", Words(fr="Apprendre et prédire", en="Learning and predicting"), _models),
    Stage("decisions", Words(fr="Choisir quoi proposer", en="Choosing what to propose"), _decisions),
    Stage("outcomes", Words(fr="Mesurer les résultats", en="Measuring the results"), _outcomes),
    Stage(
        "monitoring", Words(fr="Vérifier que tout est encore vrai", en="Checking that it is still true"), _monitoring
    ),
)
