"""Compose the application: settings in, wired rooms out. The only file that picks engines and vendors."""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from prevenance import actions, audit, identity, insights, intake, pipeline, sources
from prevenance.demo import Kind, Size, generate
from prevenance.desk import Desk, Story, summary_in_words, today_in_words
from prevenance.features import SignalsFile
from prevenance.intake import Intake, Line, WriteKeys
from prevenance.kit.clock import Clock, ReplayClock, SystemClock
from prevenance.kit.findings import Findings
from prevenance.kit.hashing import fingerprint
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.progress import Progress, SilentProgress
from prevenance.kit.words import Language
from prevenance.live import LiveWindow, is_live
from prevenance.models import Versions, target_cards
from prevenance.pipeline import RunContext, RunReport
from prevenance.records.answers import Refusal, Undetermined
from prevenance.records.ids import DecisionId
from prevenance.records.screens import ROLES, Matches, Rejection, SegmentLine, SignalLine, SignalTuning
from prevenance.records.tables import QUARANTINE
from prevenance.settings import Project, open_project, parse_as_of
from prevenance.sources import Files
from prevenance.storage import Lake, Ledger, open_lake, open_ledger

PRACTICE_MEMBER = "agent@mecalea.example"
_MORNING = timedelta(hours=8)
_LEDGER_KEY = "PREVENANCE_LEDGER_KEY"


class Application:
    """Is one company's installation, with every room at hand."""

    def __init__(self, project: Project, lake: Lake, ledger: Ledger, clock: Clock, data_folder: Path) -> None:
        self.project = project
        self.lake = lake
        self.ledger = ledger
        self.clock = clock
        self.data_folder = data_folder

    @property
    def public_url(self) -> str:
        """Return the address under which people reach the pages."""
        return self.project.settings.public_url

    @property
    def is_practice(self) -> bool:
        """Return whether the data are invented."""
        return (self.data_folder / "practice.json").is_file()

    def desk(self) -> Desk:
        """Return what the faces speak to."""
        return Desk(self.project, self.lake, self.ledger, self.clock, is_practice=self.is_practice)

    def open_intake(self) -> Intake:
        """Return what tracking clients write to; whoever asks for it closes it."""
        return Intake(self.ledger)

    @property
    def write_keys(self) -> WriteKeys:
        """Return the keys of the tracking clients."""
        return WriteKeys(self.ledger)

    def intake_books(self) -> tuple[Line, ...]:
        """Return what the live intake received and what became of it."""
        return intake.balance(self.ledger)

    def move_messages(self, *, looks_again: bool = False) -> dict[str, Any]:
        """Move what the live intake keeps into files below the data folder, and count it."""
        return vars(intake.move(self.ledger, self.data_folder, looks_again=looks_again))

    def open_live_window(self) -> LiveWindow:
        """Return what looks at the messages of today as they come; whoever asks for it closes it."""
        settings = self.project.settings
        return LiveWindow(
            self._context(SilentProgress()),
            lambda folder: open_lake(folder, memory_limit=settings.memory_limit, threads=settings.threads),
        )

    @property
    def has_live_streams(self) -> bool:
        """Say whether a mapping reads what the live intake takes."""
        folder = self.project.folder / "mappings"
        has_any = any(folder.glob("*.yaml")) or any(folder.glob("*.yml"))
        return has_any and any(map(is_live, sources.load_mappings(folder)))

    def run(self, progress: Progress) -> RunReport:
        """Run the whole road; a run that was cut short goes on where it stood."""
        self.move_messages()  # before the run looks at its inputs: the messages are among them
        self.files().recover()  # a load that was interrupted must not be half there
        context = self._context(progress, cluster=self._cluster)
        return pipeline.run(context, pipeline.ROAD, inputs=pipeline.inputs_of(context))

    @cached_property
    def _cluster(self) -> Lake:
        """Return the lake as the company's engine runs it; files and pages need no more than this machine."""
        settings = self.project.settings
        if settings.engine == "duckdb":
            return self.lake
        return open_lake(
            self.project.lake_folder,
            engine=settings.engine,
            memory_limit=settings.memory_limit,
            threads=settings.threads,
            options=settings.spark,
        )

    def _context(self, progress: Progress, *, cluster: Lake | None = None) -> RunContext:
        return RunContext(
            project=self.project,
            lake=self.lake,
            cluster=cluster or self.lake,
            ledger=self.ledger,
            clock=self.clock,
            as_of=pipeline.floor_to_day(self.clock.now()),
            data_folder=self.data_folder,
            progress=progress,
        )

    def files(self) -> Files:
        """Return what adds files to this project."""
        settings = self.project.settings
        return Files(
            folder=self.project.folder,
            data_folder=self.data_folder,
            lake=self.lake,
            # The instant of a run, so that the next run sees what was loaded today.
            as_of=pipeline.floor_to_day(self.clock.now()),
            language=settings.language,
            currency=settings.currency,
            time_zone=settings.time_zone,
        )

    def audit(self, folder: Path | None, *, n_samples: int) -> tuple[audit.AuditReport, tuple[Path, ...]]:
        """Inspect what the lake holds now and write the report, by default where a run of today would."""
        as_of = pipeline.floor_to_day(self.clock.now())
        mappings = sources.load_mappings(self.project.folder / "mappings")
        report = audit.inspect(self.lake, as_of=as_of, mappings=mappings, n_samples=n_samples)
        return report, audit.write(report, folder or self.project.reports_folder(as_of))

    def refused(self, source: str | None, *, limit: int) -> tuple[int, list[dict[str, Any]]]:
        """Return how many rows stand in quarantine, and the first of them with the reason in words."""
        kept = self.lake.read(QUARANTINE)
        kept = kept.filter(kept.repaired_at.isnull())
        rows = kept if source is None else kept.filter(kept.source == source)
        first = self.lake.collect(
            rows.drop("row_hash", "as_of", "repaired_at", "repaired_by")
            .order_by("source", "stream", "record_id")
            .limit(limit)
        )
        language = self.project.settings.language
        said = {name: words.say(language) for name, words in sources.QUARANTINE_REASONS.items()}
        return self.lake.count(rows), [
            {**row, "said": said.get(row["reason"], row["reason"])} for row in first.to_pylist()
        ]

    def story(self, customer: str, *, is_past: bool, limit: int) -> Story:
        """Return one customer's story as the last run knew it, or as it was known on the day that was opened."""
        as_of = pipeline.floor_to_day(self.clock.now()) if is_past else None
        return self.desk().story(customer, as_of=as_of, limit=limit)

    def segments(self) -> tuple[SegmentLine, ...]:
        """Return the groups that customers are sorted into, as the last run did."""
        return self.desk().segments()

    def signals(self) -> tuple[SignalLine, ...]:
        """Return every signal, with what the last run measured of it."""
        return self.desk().signals()

    def tune_signals(
        self, names: Sequence[str], *, alerts_a_month: float | None, ranges: Mapping[str, tuple[float, float]]
    ) -> tuple[SignalTuning, ...]:
        """Look for better thresholds on the company's own past, within what the user allows."""
        context = self._context(SilentProgress(), cluster=self._cluster)
        story = context.story(context.cluster)
        limits: dict[str, Any] = {"alerts_a_month": alerts_a_month, "ranges": ranges}
        return self._signals_file.tune(context.cluster, story, signals=names, **limits)

    def adopt_signals(self, tunings: Sequence[SignalTuning], *, actor: str, reason: str) -> None:
        """Write thresholds that proved better into `signals.yaml`; the trail keeps who, why, and from what to what."""
        with self.ledger.begin() as tx:
            for one in tunings:
                detail = {"reason": reason, "from": dict(one.present), "to": dict(one.proposed)}
                self.ledger.record(tx, actor, "signal tuned", one.signal, detail)
            self._signals_file.adopt(tunings)

    def patterns(self, target: str, *, seed: int) -> Findings:
        """Find in words what went with an outcome on the company's own past.

        Raises:
            ConfigurationError: no prediction has this name.
            DataError: the past holds too few customers with the outcome.
        """
        cards = target_cards()
        if target not in cards:
            message = f"There is no question named {target!r}. Choose one of {', '.join(cards)}."
            raise ConfigurationError(message, target=target)
        card, context = cards[target], self._context(SilentProgress(), cluster=self._cluster)
        return insights.company_patterns(
            context.cluster,
            context.story(context.cluster),
            question=card.question,
            outcome=card.outcome,
            horizon_days=card.horizon_days,
            population=card.population,
            label=card.label,
            seed=seed,
        )

    @property
    def _signals_file(self) -> SignalsFile:
        return SignalsFile(self.project.folder / "signals.yaml")

    def language(self, wanted: str | None) -> Language:
        """Return the language that was asked for, or the company's own.

        Raises:
            ConfigurationError: it is not one of ours.
        """
        if wanted not in {None, "fr", "en"}:
            raise ConfigurationError(f"The language {wanted!r} is not one of ours. Choose fr or en.", language=wanted)
        return self.project.settings.language if wanted is None else "fr" if wanted == "fr" else "en"

    def summary(self, report: RunReport) -> str:
        """Return a run and this morning's list in words."""
        return summary_in_words(report, self.desk().today(None), self.project.settings.language)

    def today_in_words(self, *, limit: int) -> str:
        """Return this morning's list in words."""
        return today_in_words(self.desk().today(None).proposals, self.project.settings.language, limit=limit)

    def today_as_data(self, *, limit: int) -> list[dict[str, Any]]:
        """Return this morning's list as plain values."""
        return [
            {
                "decision_id": p.decision_id,
                "customer_id": p.customer_id,
                "customer": p.customer_name,
                "kind": p.kind,
                "title": vars(p.title),
                "reasons": [vars(reason) for reason in p.reasons],
                "suggestion": vars(p.suggestion),
                "channel": p.channel,
                "value": p.value,
                "confidence": vars(p.confidence),
                "due_on": p.due_on,
                "consent": p.consent,
            }
            for p in self.desk().today(None).proposals[:limit]
        ]

    def approve(self, decision_id: str, *, actor: str) -> str:
        """Approve a proposal and say what came of it."""
        return self._said(self.desk().proposals.approve(DecisionId(decision_id), actor))

    def reject(self, decision_id: str, *, actor: str, reason: str) -> str:
        """Reject a proposal and say what came of it."""
        return self._said(self.desk().proposals.reject(DecisionId(decision_id), actor, Rejection("other", reason)))

    def deliver(self, *, for_real: bool, limit: int | None) -> dict[str, Any]:
        """Send what was approved, or show what would go."""
        report = actions.deliver(
            self.ledger,
            actions.load_channels(self._mail()),
            clock=self.clock,
            for_real=for_real,
            limit=limit,
            address_of=self.desk().address_of,
        )
        counts = {
            name: getattr(report, name)
            for name in ("sent", "refused", "unknown", "failed", "expired", "queued", "previewed", "is_held")
        }
        return {**counts, "previews": [line.preview for line in report.lines if line.preview]}

    def add_member(self, email: str, name: str, role: str, password: str) -> None:
        """Add a member of the team who may sign in.

        Raises:
            ConfigurationError: the role is unknown or the password too short.
        """
        known = next((one for one in ROLES if one == role), None)
        if known is None:
            message = f"There is no role {role!r}. Choose one of: {', '.join(ROLES)}."
            raise ConfigurationError(message, role=role)
        self.desk().members.add(email, name, known, password)

    def practice_login(self) -> tuple[str, str]:
        """Make a fresh login for the practice company and return its address and password."""
        password = secrets.token_urlsafe(12)
        self.add_member(PRACTICE_MEMBER, "Camille Laurent", "agent", password)
        return PRACTICE_MEMBER, password

    def matches(self, *, limit: int) -> Matches:
        """Return the records that may be the same and wait for a person's word."""
        return self.desk().matches(limit=limit)

    @property
    def versions(self) -> Versions:
        """Return the shelf of this project's models."""
        return Versions(self.ledger, self.project.models_folder, self.project.signing_key)

    def merge(self, left: str, right: str, *, actor: str, reason: str) -> None:
        """Say that two subjects are the same customer, from the next run on."""
        identity.merge(self.ledger, left, right, actor=actor, reason=reason)

    def unmerge(self, left: str, right: str, *, actor: str, reason: str) -> None:
        """Say that two subjects are not the same customer, from the next run on."""
        identity.unmerge(self.ledger, left, right, actor=actor, reason=reason)

    def health(self) -> list[dict[str, Any]]:
        """Return what is in order and what is not, one line each."""
        language = self.project.settings.language
        trail = self.ledger.verify_audit()
        ledger = self.ledger.health()
        sending = actions.Sending(self.ledger).state()
        lines = [
            {
                "name": "ledger",
                "is_fine": True,
                "detail": "; ".join([f"{ledger.engine} {ledger.version}", *(n.say(language) for n in ledger.notes)]),
            },
            {
                "name": "audit trail",
                "is_fine": trail.is_intact,
                "detail": trail.problem or f"{trail.n_entries} entries",
            },
            {"name": "sending", "is_fine": not sending.is_held, "detail": sending.reason or "released"},
        ]
        checks = self.desk().readiness()
        return [*lines, *({"name": c.name, "is_fine": c.is_ready, "detail": c.detail or "readable"} for c in checks)]

    def _mail(self) -> actions.MailSettings:
        mail = self.project.settings.mail
        # A link that only works on this machine must not stand in a mail that leaves it.
        is_reachable = not _is_this_machine(urlsplit(self.public_url).hostname) or _is_this_machine(mail.host)
        return actions.MailSettings(
            host=mail.host,
            port=mail.port,
            security=mail.security,
            user=_secret(mail.username_from),
            password=_secret(mail.password_from),
            sender=mail.sender,
            sender_name=mail.sender_name,
            public_url=self.public_url if is_reachable else None,
        )

    def _said(self, answer: object) -> str:
        language = self.project.settings.language
        if isinstance(answer, Refusal | Undetermined):
            return answer.reason.say(language)
        return str(getattr(answer, "status", answer))


@contextmanager
def open_application(
    folder: Path, *, data_folder: Path | None = None, as_of: str | None = None, clock: Clock | None = None
) -> Iterator[Application]:
    """Open the installation in a project folder.

    A project whose `as_of` is a day is a replay: its clock starts on the morning of that day.

    Raises:
        ConfigurationError: the folder or its settings are not right; all mistakes are told together.
    """
    project = open_project(folder)
    data = data_folder if data_folder is not None else project.data_folder
    if not data.is_dir():
        message = f"There is no data folder {data}. Put the company's files there, or name another with --data."
        raise ConfigurationError(message, folder=str(data))
    clock = clock or _clock_for(as_of or project.settings.as_of)
    lake = open_lake(project.lake_folder, memory_limit=project.settings.memory_limit, threads=project.settings.threads)
    project.lake_folder.parent.mkdir(parents=True, exist_ok=True)
    key = os.environ.get(_LEDGER_KEY)
    ledger = open_ledger(project.ledger_url, clock=clock, key=key.encode() if key else None)
    try:
        yield Application(project, lake, ledger, clock, data)
    finally:
        ledger.close()


def make_project(folder: Path, *, company: str, language: str) -> tuple[str, ...]:
    """Make a project folder to begin with and return the names of what was written.

    Raises:
        ConfigurationError: the folder already holds a project, or the language is not one of ours.
    """
    if language not in {"fr", "en"}:
        message = f"The language {language!r} is not one of ours. Choose fr or en."
        raise ConfigurationError(message, language=language)
    if (folder / "prevenance.yaml").exists():
        message = f"{folder} already holds a project. Choose another folder, or edit what is there."
        raise ConfigurationError(message, folder=str(folder))
    template = files("prevenance.demo").joinpath("starter")
    written = {
        "prevenance.yaml": template.joinpath("prevenance.yaml").read_text(encoding="utf-8"),
        "mappings/example.yaml.txt": template.joinpath("example_mapping.yaml").read_text(encoding="utf-8"),
        "mappings/tracking.yaml.txt": template.joinpath("tracking_mapping.yaml").read_text(encoding="utf-8"),
        ".env.example": template.joinpath("env.example").read_text(encoding="utf-8"),
        ".gitignore": "data/\nkeys/\n.env\n",
        "signals.yaml": SignalsFile.by_default(),
    }
    for name, text in written.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("{company}", company).replace("{language}", language), encoding="utf-8")
    for name in ("files", "plays", "extensions"):
        (folder / name).mkdir(exist_ok=True)
    return (*sorted(written), "files/", "plays/", "extensions/")


def make_practice_project(folder: Path, *, size: Size, kind: Kind, seed: int, progress: Progress) -> None:
    """Make the practice company's project folder: settings, mappings, thresholds and its files."""
    asked = {"size": size, "kind": kind, "seed": seed}
    stamp = folder / ".practice"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint(asked)):
        generate(folder / "files", size=size, kind=kind, seed=seed, progress=progress)
        shutil.rmtree(folder / "data", ignore_errors=True)
        stamp.write_text(fingerprint(asked), encoding="utf-8")
    with as_file(files("prevenance.demo").joinpath("project")) as template:
        shutil.copytree(template, folder, dirs_exist_ok=True)
    (folder / "signals.yaml").write_text(SignalsFile.by_default(), encoding="utf-8")
    (folder / "plays").mkdir(exist_ok=True)


def _clock_for(as_of: str) -> Clock:
    if as_of == "now":
        return SystemClock()
    day: datetime = parse_as_of(as_of)
    return ReplayClock(pipeline.floor_to_day(day) + _MORNING, SystemClock())


def _is_this_machine(host: str | None) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _secret(variable: str | None) -> str | None:
    if variable is None:
        return None
    value = os.environ.get(variable)
    if value is None:
        message = f"The environment variable {variable} is not set, and the mail settings ask for it."
        raise ConfigurationError(message, variable=variable)
    return value
