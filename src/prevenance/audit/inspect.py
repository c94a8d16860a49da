"""Inspect what the sources sent, before anything is predicted from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ibis import _

from prevenance.audit.adequacy import Verdict, judge
from prevenance.audit.base import AuditContext, Check, Finding, instant_literal
from prevenance.audit.coverage import Coverage, coverage_of
from prevenance.audit.history import History, history_of
from prevenance.audit.profile import Profile, keep_profiles, previous_profiles, profiles_of
from prevenance.audit.register import RegisterLine, register_of
from prevenance.audit.silos import Silo, silos_of
from prevenance.kit.catalogue import load
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.kit.words import Words
from prevenance.sources import SourceMapping
from prevenance.storage import Lake

_RANK = {"serious": 0, "important": 1, "advice": 2}


@dataclass(frozen=True)
class SourceFigures:
    """Holds what one source sent: records, facts, refused rows, and the days between which its facts lie."""

    source: str
    n_accounts: int
    n_people: int
    n_facts: int
    n_refused: int
    first_on: date | None
    last_on: date | None
    score: int
    """Out of a hundred; see `profile`."""
    previous_score: int | None
    """That of the audit before; None at the first."""


@dataclass(frozen=True)
class AuditReport:
    """Holds what an audit found; all figures are computed from the rows known by `as_of`.

    Attributes:
        as_of: the instant.
        sources: what each source sent.
        history: how long the past is, of how many customers, with how many outcomes.
        coverage: touch-point coverage of each source, where a CRM is there to compare with.
        findings: what to repair, what gains most first.
        questions: the question that each check asked, by its name.
        profiles: the shares behind each source's score.
    """

    as_of: datetime
    sources: tuple[SourceFigures, ...]
    history: History
    coverage: tuple[Coverage, ...]
    findings: tuple[Finding, ...]
    questions: Mapping[str, Words]
    profiles: Mapping[str, Profile]
    silos: tuple[Silo, ...] = ()
    """What joining every two sources adds."""
    register: tuple[RegisterLine, ...] = ()
    """Which personal data are used, for what and on which legal basis."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """Who looks after each source, where a mapping says so."""

    def keep(self, lake: Lake) -> None:
        """Keep the profiles, so that the next audit can tell the trend."""
        keep_profiles(lake, self.profiles, as_of=self.as_of)


def inspect(
    lake: Lake,
    *,
    as_of: datetime,
    progress: Progress | None = None,
    mappings: Sequence[SourceMapping] = (),
    n_samples: int = 5,
) -> AuditReport:
    """Run every check on what was known by `as_of`.

    Args:
        lake: where the sources' rows are.
        as_of: nothing known later counts.
        progress: hears how it goes.
        mappings: how the sources are read: which field has which legal basis, and who looks after which system.
        n_samples: how many ids each finding names; a work list wants them all.
    """
    progress = progress or SilentProgress()
    checks = load("prevenance.audit.checks", Check)
    progress.step("audit", len(checks) + 1)
    context = AuditContext(lake, as_of, SourceMapping.bases_of(mappings), n_samples, mappings)
    findings: list[Finding] = []
    for check in checks.values():
        findings += check.run(context)
        progress.advance()
    profiles = profiles_of(context)
    report = AuditReport(
        as_of=as_of,
        sources=_sources(context, profiles),
        history=history_of(context),
        coverage=coverage_of(context),
        findings=tuple(sorted(findings, key=lambda f: (_RANK[f.severity], -(f.share or 0.0), -f.n_rows, f.title.en))),
        questions={name: check.words for name, check in checks.items()},
        profiles=profiles,
        silos=silos_of(context),
        register=register_of(mappings),
        owners={mapping.source: mapping.owner for mapping in mappings if mapping.owner},
    )
    progress.advance()
    return report


def adequacy(report: AuditReport) -> dict[str, Verdict]:
    """Return, for each target, whether there is enough for models, for signals only, or not enough."""
    return judge(report.history)


def _sources(context: AuditContext, profiles: Mapping[str, Profile]) -> tuple[SourceFigures, ...]:
    parties = context.parties.group_by("source").agg(
        accounts=(_.party_kind == "account").sum(), people=(_.party_kind == "person").sum()
    )
    past = context.facts.filter(_.occurred_at <= instant_literal(context.as_of))
    facts = past.group_by("source").agg(n=_.count(), first=_.occurred_at.min(), last=_.occurred_at.max())
    before = previous_profiles(context)
    refused = context.quarantine.group_by("source").agg(n=_.count())
    described = {row["source"]: row for row in context.rows(parties)}
    told = {row["source"]: row for row in context.rows(facts)}
    turned_away = {row["source"]: row["n"] for row in context.rows(refused)}
    return tuple(
        SourceFigures(
            source=source,
            n_accounts=described.get(source, {}).get("accounts", 0),
            n_people=described.get(source, {}).get("people", 0),
            n_facts=told.get(source, {}).get("n", 0),
            n_refused=turned_away.get(source, 0),
            first_on=told[source]["first"].date() if source in told else None,
            last_on=told[source]["last"].date() if source in told else None,
            score=profiles[source].score,
            previous_score=before[source].score if source in before else None,
        )
        for source in sorted({*described, *told, *turned_away})
    )
