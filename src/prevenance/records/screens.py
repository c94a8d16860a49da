"""Hold what a page shows: frozen nouns of plain values, said in both languages, formatted by nobody yet.

This file imports nothing but `kit` and `records`. Instants are aware UTC, money is a decimal with its currency,
probabilities run from 0 to 1, `None` means unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from prevenance.kit.words import Language, Words
from prevenance.records.ids import CustomerId, DecisionId, UserId

Role = Literal["viewer", "agent", "manager", "analyst", "dpo", "admin"]
Kind = Literal["risk", "opportunity", "service", "parts"]
Consent = Literal["permitted", "refused", "undetermined"]
ProposalStatus = Literal["proposed", "approved", "rejected", "snoozed", "expired", "held_out", "not_acted", "waiting"]
RejectReason = Literal["wrong", "already_known", "not_suitable", "customer_asked", "other"]
Lane = Literal["usage", "conversation", "money", "machines", "contact"]
EvidenceLevel = Literal["model", "signals", "abstain"]
StageState = Literal["waiting", "running", "done", "failed", "skipped"]
RunState = Literal["running", "done", "failed", "interrupted"]
Verdict = Literal["models", "signals_only", "not_enough"]
TuningVerdict = Literal["better", "no better", "not confirmed", "too little past"]

KINDS: tuple[Kind, ...] = ("risk", "opportunity", "service", "parts")
LANES: tuple[Lane, ...] = ("usage", "conversation", "money", "machines", "contact")
ROLES: tuple[Role, ...] = ("viewer", "agent", "manager", "analyst", "dpo", "admin")
REJECT_REASONS: tuple[RejectReason, ...] = ("wrong", "already_known", "not_suitable", "customer_asked", "other")


@dataclass(frozen=True)
class Company:
    """Says whose product this is; `is_practice` labels invented data on every page."""

    name: str
    zone: str = "Europe/Paris"
    is_practice: bool = False
    login_hint: Words | None = None


@dataclass(frozen=True)
class Check:
    """Says whether one thing the service needs is there (ledger, lake, migrations)."""

    name: str
    is_ready: bool
    detail: str = ""


@dataclass(frozen=True)
class Preferences:
    """Holds what a member chose for the screens."""

    language: Language | None = None
    has_single_keys: bool = True


@dataclass(frozen=True)
class Member:
    """Names a person of the company who may sign in, and in which role."""

    user_id: UserId
    name: str
    email: str
    role: Role
    preferences: Preferences = field(default_factory=Preferences)


@dataclass(frozen=True)
class LiveLine:
    """Shows a signal that began to fire for a customer since this morning; `received_at` is the message behind it."""

    customer_id: CustomerId
    customer_name: str
    title: Words
    words: Words
    received_at: datetime


@dataclass(frozen=True)
class MatchSide:
    """Shows one of two records that may be the same: its number, where it stands, and what it says (label, value)."""

    subject: str
    source: str
    name: str
    lines: tuple[tuple[Words, str], ...]


@dataclass(frozen=True)
class Match:
    """Asks whether two records are the same: why it is asked, and what agrees."""

    left: MatchSide
    right: MatchSide
    is_account: bool
    reason: Words
    agreement: tuple[tuple[Words, tuple[Words, ...]], ...]
    probability: float


@dataclass(frozen=True)
class Matches:
    """Holds the first of the pairs to look at, likeliest first, and how many there are."""

    pairs: tuple[Match, ...]
    n_total: int


@dataclass(frozen=True)
class Recipient:
    """Says for whom an opt-out link speaks: a customer's person, who has no account here.

    Attributes:
        address: masked.
        is_offer: whether the message that brought the link was an offer rather than help.
        has_stopped_offers: nothing but help reaches this address.
        has_stopped_all: nothing proactive reaches this address at all.
    """

    address: str
    language: Language
    is_offer: bool
    has_stopped_offers: bool
    has_stopped_all: bool


@dataclass(frozen=True)
class Confidence:
    """Says how sure: what is predicted, and how often the same kind of statement was right on this company's past.

    Attributes:
        probability: of what is feared or hoped for, within `horizon_days`; `None` when only signals speak.
        n_right: how often it was right ...
        n_fired: ... out of so many times that it was said, on later data; `None` when never measured.
    """

    probability: float | None
    horizon_days: int | None
    n_right: int | None = None
    n_fired: int | None = None


@dataclass(frozen=True)
class Reason:
    """Says one reason, and whether it raises (`up`) or lowers (`down`) what is predicted.

    `without` is what would be predicted if that fact were as with a typical customer; `None` where it was not asked.
    """

    words: Words
    direction: Literal["up", "down"] = "up"
    without: float | None = None


@dataclass(frozen=True)
class Message:
    """Holds exactly what the customer would read or hear, in the customer's language."""

    subject: str
    body: str


@dataclass(frozen=True)
class Proposal:
    """Holds one line of Today: who, why, what, how sure, by which channel, what it is worth, until when, may we.

    The first fields are those of `prevenance.decisions.Proposal`, by the same names.

    Attributes:
        title: what the case is about: "Activité en baisse".
        suggestion: what to do, in the infinitive: "Appeler Mme Faure pour ...".
        reasons: facts in words, the strongest first; the list shows two, the review all.
        confidence: how sure, with measured precision: "sur 100 clients signalés ainsi, 41 sont partis".
        consent_words: why the channel is permitted, refused or undetermined.
        preview: the exact text that would be sent, or `None` for a call.
        problem: why it cannot be done as it is (a missing field, a doubtful address).
        measured_precision: the share behind `confidence`, for the small meter.
        content_hash: fingerprint of recipient and content; `approve` gets it back, so that what was seen is done.
        decided_by: name of who approved, rejected or snoozed it.
    """

    decision_id: DecisionId
    kind: Kind
    customer_id: CustomerId
    customer_name: str
    title: Words
    suggestion: Words
    reasons: tuple[Words, ...]
    confidence: Words
    channel: str
    consent: Consent
    consent_words: Words
    as_of: datetime
    status: ProposalStatus = "proposed"
    value: Decimal | None = None
    currency: str = "EUR"
    due_on: date | None = None
    contact_name: str | None = None
    language: Language = "fr"
    preview: Message | None = None
    problem: Words | None = None
    stage: str = "pilot"
    legal_basis: str = ""
    measured_precision: float | None = None
    is_key_account: bool = False
    content_hash: str = ""
    decided_by: str | None = None
    decided_at: datetime | None = None
    snoozed_until: date | None = None
    may_undo: bool = False


@dataclass(frozen=True)
class Rejection:
    """Says why a person refuses a proposal; it flows back into signals and models."""

    reason: RejectReason
    note: str = ""


@dataclass(frozen=True)
class Snooze:
    """Says until which day a proposal should rest, and why."""

    until: date
    note: str = ""


@dataclass(frozen=True)
class Today:
    """Holds this morning's list, best first, and what surrounds it.

    Attributes:
        proposals: those that wait, of the kind asked for (all kinds when none was).
        counts: how many wait of each kind, whatever was asked for.
        n_calls_planned: calls approved for the day, out of `n_calls_capacity`.
        has_run: false before the first run: the page then says how to start.
    """

    as_of: datetime | None
    proposals: tuple[Proposal, ...]
    counts: Mapping[Kind, int]
    n_calls_planned: int = 0
    n_calls_capacity: int | None = None
    next_check_at: datetime | None = None
    has_run: bool = True


@dataclass(frozen=True)
class CustomerLine:
    """Holds one customer of a search."""

    customer_id: CustomerId
    name: str
    is_account: bool
    city: str | None = None
    segment: str | None = None
    is_key_account: bool = False
    customer_since: date | None = None
    n_proposals: int = 0


@dataclass(frozen=True)
class CustomersFound:
    """Holds the first lines of a search and how many there are in all."""

    lines: tuple[CustomerLine, ...]
    n_total: int


@dataclass(frozen=True)
class IdentityLink:
    """Says under which number another system knows the customer, and what proves it."""

    source: str
    subject: str
    evidence: Words
    match_probability: float | None = None


@dataclass(frozen=True)
class ContactPerson:
    """Names a person of an account."""

    name: str
    email: str | None = None
    phone: str | None = None
    is_main_contact: bool = False


@dataclass(frozen=True)
class Prediction:
    """Answers one question about a customer: probability, interval, horizon, reasons, measured precision.

    Attributes:
        question: "Va-t-il résilier son contrat ?"
        abstention: why there is no figure, when `evidence_level` is `abstain`.
    """

    target: str
    question: Words
    as_of: datetime
    evidence_level: EvidenceLevel
    confidence: Confidence
    low: float | None = None
    high: float | None = None
    reasons: tuple[Reason, ...] = ()
    abstention: Words | None = None
    has_card: bool = False


@dataclass(frozen=True)
class Signal:
    """Says one sign seen on a customer, and how often that sign was right before."""

    name: str
    sentence: Words
    as_of: datetime
    n_right: int | None = None
    n_fired: int | None = None


@dataclass(frozen=True)
class ConsentLine:
    """Says whether a channel may be used for a purpose, since when and from which source; `None` is: never asked."""

    channel: str
    purpose: Literal["marketing", "service", "profiling"]
    is_given: bool | None
    recorded_at: datetime | None = None
    source: str | None = None


@dataclass(frozen=True)
class CustomerPage:
    """Holds everything about one customer but the timeline, which comes page by page."""

    customer_id: CustomerId
    name: str
    is_account: bool
    email: str | None = None
    phone: str | None = None
    language: Language | None = None
    city: str | None = None
    country: str | None = None
    segment: str | None = None
    owner: str | None = None
    is_key_account: bool = False
    customer_since: date | None = None
    people: tuple[ContactPerson, ...] = ()
    identities: tuple[IdentityLink, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    signals: tuple[Signal, ...] = ()
    consents: tuple[ConsentLine, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    segments: tuple[tuple[Words, Words], ...] = ()
    """What the customer was sorted by, and into which group."""


@dataclass(frozen=True)
class SegmentLine:
    """Counts the customers of one group of one segmentation."""

    segmentation: str
    segment: str
    sorted_by: Words
    words: Words
    n_customers: int
    share: float


@dataclass(frozen=True)
class SignalLine:
    """Tells one signal: its thresholds, how often it speaks today, and how it did on the company's own past.

    `thresholds` holds value, unit and meaning of each, by name. What was never measured is `None`.
    """

    signal: str
    promise: str
    words: Words
    thresholds: Mapping[str, tuple[float, Words, Words]]
    n_today: int
    n_fired: int | None = None
    n_right: int | None = None
    precision_interval: tuple[float | None, float | None] = (None, None)
    recall: float | None = None
    base_rate: float | None = None
    lead_days: float | None = None

    @property
    def precision(self) -> float | None:
        """Return the share of right alerts."""
        return self.n_right / self.n_fired if self.n_fired and self.n_right is not None else None


@dataclass(frozen=True)
class SignalScore:
    """Counts how a signal did over some months, in which so many customers were seen, each once a month.

    Example:
        >>> score = SignalScore(n_months=4, n_seen=400, n_fired=20, n_right=10, n_followed=40)
        >>> score.precision, score.recall, score.base_rate, score.alerts_a_month, round(score.worth, 3)
        (0.5, 0.25, 0.1, 5.0, 0.417)
    """

    n_months: int
    n_seen: int
    n_fired: int
    n_right: int
    n_followed: int
    precision_low: float | None = None
    precision_high: float | None = None

    @property
    def precision(self) -> float | None:
        """Return the share of right alerts."""
        return self.n_right / self.n_fired if self.n_fired else None

    @property
    def recall(self) -> float | None:
        """Return the share of the outcomes that were announced."""
        return self.n_right / self.n_followed if self.n_followed else None

    @property
    def base_rate(self) -> float | None:
        """Return the share of all customers and months that the outcome followed: the precision of firing blindly."""
        return self.n_followed / self.n_seen if self.n_seen else None

    @property
    def alerts_a_month(self) -> float:
        """Return how often it fired in a month."""
        return self.n_fired / max(1, self.n_months)

    @property
    def worth(self) -> float:
        """Return F0.5, which values being right above missing nothing; zero when it was never right."""
        return 1.25 * self.n_right / (self.n_fired + 0.25 * self.n_followed) if self.n_right else 0.0


@dataclass(frozen=True)
class SignalTuning:
    """Tells which thresholds would have served better.

    Attributes:
        signal: its name.
        words: what it tells.
        present: its thresholds now.
        proposed: those that did best on the older months; the present ones when none did better.
        older: how present and proposed did on the months they were chosen by; `None` with too little past.
        newer: how they did on the months after.
        verdict: `better` when the newer months confirm it.
    """

    signal: str
    words: Words
    present: Mapping[str, float]
    proposed: Mapping[str, float]
    older: tuple[SignalScore, SignalScore] | None
    newer: tuple[SignalScore, SignalScore] | None
    verdict: TuningVerdict


@dataclass(frozen=True)
class TimelineEntry:
    """Tells one event: when, what, who, from which source, and the words people wrote (shown as text, never HTML)."""

    event_id: str
    occurred_at: datetime
    lane: Lane
    sentence: Words
    source: str
    person: str | None = None
    text: str | None = None
    text_language: Language | None = None


@dataclass(frozen=True)
class TimelinePage:
    """Holds some events, latest first, how many each lane has, and where the next page starts."""

    entries: tuple[TimelineEntry, ...]
    counts: Mapping[Lane, int]
    next_before: datetime | None = None


@dataclass(frozen=True)
class Stage:
    """Says what one stage of a run did."""

    name: str
    title: Words
    state: StageState
    seconds: float | None = None
    rows_in: int | None = None
    rows_out: int | None = None
    rows_new: int | None = None
    n_quarantined: int = 0
    message: Words | None = None


@dataclass(frozen=True)
class TargetVerdict:
    """Says whether one prediction may be used, and how good it was on a later period beside the plain rule."""

    target: str
    question: Words
    verdict: Verdict
    reason: Words
    auc: float | None = None
    auc_low: float | None = None
    auc_high: float | None = None
    baseline_auc: float | None = None
    n_right: int | None = None
    n_fired: int | None = None
    has_card: bool = False


@dataclass(frozen=True)
class Run:
    """Tells one run of the road, stage by stage."""

    run_id: str
    as_of: datetime
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    stages: tuple[Stage, ...]
    targets: tuple[TargetVerdict, ...] = ()
    n_acted: int | None = None
    n_held_out: int | None = None
    n_waiting: int | None = None
    has_audit: bool = False


@dataclass(frozen=True)
class ModelVersion:
    """Holds one model of a target.

    Attributes:
        question: what the target asks.
        status: `champion` speaks, `challenger` waits, `retired` spoke once.
        precision: of 100 flagged customers, so many did it.
        chosen_by: who chose it; None when training did.
        waits_because: why it was not let to speak.
        measures: what was measured on the later period.
    """

    target: str
    question: Words
    version: int
    model_id: str
    status: str
    estimator: str
    as_of: datetime
    precision: Words
    chosen_by: str | None
    waits_because: Words | None
    measures: dict[str, Any]  # JSON, as the model's manifest has it
    rule_auc: float | None
