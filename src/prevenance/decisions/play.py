"""Read plays: what to do about a signal or a prediction, one readable YAML file each."""

import re
import string
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from prevenance.kit.hashing import fingerprint
from prevenance.kit.problems import ConfigurationError
from prevenance.kit.words import Words

Kind = Literal["risk", "opportunity", "service", "parts"]
Channel = Literal["email", "call_task"]
Medium = Literal["email", "phone"]
MessageClass = Literal["contract_service", "consent_marketing", "soft_optin", "b2b_legit"]
Basis = Literal["consent", "contract", "legitimate_interest"]

EVENT_FIELDS = frozenset({"asset", "due_day", "label", "quantity"})
MERGE_FIELDS = EVENT_FIELDS | {"customer_name", "contact_name", "contact_first_name", "contact_last_name"}
MEDIUM: dict[str, Medium] = {"email": "email", "call_task": "phone"}
_BASES: dict[str, tuple[Basis, ...]] = {
    "contract_service": ("contract", "legitimate_interest"),
    "consent_marketing": ("consent",),
    "soft_optin": ("legitimate_interest",),
    "b2b_legit": ("legitimate_interest",),
}
_BUILT_IN = Path(__file__).parent / "plays"

# What a message must never let a customer guess. A first guard; issue 6 widens it and measures it.
_NEVER_SAID = re.compile(
    r"churn|risque de départ|risk of leaving|nous quitter|quitter notre|leaving us|leave us|résili|cancel your|"
    r"nous avons (prédit|détecté|remarqué que vous)|we (predicted|detected|noticed (that )?you)|algorithm|score\b|"
    r"dernière chance|last chance|votre faute|your fault",
    re.IGNORECASE,
)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Said(_Strict):
    """Holds words as a file writes them."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def words(self) -> Words:
        """Return them as the rest of the product passes words around."""
        return Words(fr=self.fr.strip(), en=self.en.strip())


def _fields(template: str) -> frozenset[str]:
    return frozenset(field for _, field, _, _ in string.Formatter().parse(template) if field is not None)


def _only_merge_fields(template: str) -> str:
    unknown = sorted(_fields(template) - MERGE_FIELDS)
    if unknown:
        message = f"unknown merge fields {unknown}; there are {sorted(MERGE_FIELDS)}"
        raise ValueError(message)
    said = _NEVER_SAID.search(template)
    if said:
        message = f"says {said.group(0)!r}: a message helps, it never lets the reader think that a prediction was made"
        raise ValueError(message)
    return template.strip()


Template = Annotated[str, Field(min_length=1), AfterValidator(_only_merge_fields)]


class MessageTemplate(_Strict):
    """Holds a subject and a body with `{merge_fields}`."""

    subject: Template
    body: Template


class MessageTemplates(_Strict):
    """Holds the message in both languages."""

    fr: MessageTemplate
    en: MessageTemplate

    @property
    def fields(self) -> frozenset[str]:
        """Return the merge fields of both languages."""
        return _fields(self.fr.subject + self.fr.body + self.en.subject + self.en.body)


class Prediction(_Strict):
    """Asks for a prediction of at least some probability."""

    target: str
    at_least: float = Field(gt=0, lt=1)


class Trigger(_Strict):
    """Says what must have been seen: any of these signals and predictions, or all of them."""

    signals: tuple[str, ...] = ()
    predictions: tuple[Prediction, ...] = ()
    needs: Literal["any", "all"] = "any"

    @model_validator(mode="after")
    def _names_something(self) -> "Trigger":
        if not self.signals and not self.predictions:
            message = "a trigger names at least one signal or prediction"
            raise ValueError(message)
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Return the triggers as the candidates' facts name them."""
        return (*(f"signal:{s}" for s in self.signals), *(f"prediction:{p.target}" for p in self.predictions))


class Audience(_Strict):
    """Says for whom a play is; what is left out does not matter."""

    key_account: bool | None = None
    customer_kinds: tuple[Literal["account", "person"], ...] = ("account", "person")
    languages: tuple[Literal["fr", "en"], ...] = ("fr", "en")


class Action(_Strict):
    """Describes one way to act: by which channel, in which words, at what cost and disturbance (money per contact).

    `strength` is how much of the play's expected effect this way is assumed to have: a mail does less than a call.
    """

    channel: Channel
    suggestion: Said
    message: MessageTemplates
    strength: float = Field(default=1, gt=0, le=1)
    cost: Decimal = Field(default=Decimal(0), ge=0)
    agent_minutes: float = Field(default=0, ge=0)
    disturbance: Decimal = Field(default=Decimal(0), ge=0)


class About(_Strict):
    """Says which event of the customer a message speaks of, for its `{asset}`, `{label}`, `{quantity}` and `{due_day}`.

    `latest` is the newest event of these kinds; `next_due` the newest of each asset, and of these the one due first.
    """

    kinds: tuple[str, ...] = Field(min_length=1)
    pick: Literal["latest", "next_due"] = "latest"


class Limits(_Strict):
    """Bounds how often a play meets the same customer and how long a proposal may wait."""

    once_per_days: int = Field(default=90, ge=1)
    due_in_days: int = Field(default=3, ge=0)
    valid_for_days: int = Field(default=14, ge=1)


class Worth(_Strict):
    """Says what a success is worth: an amount, or so many months of the customer's fee where it is known."""

    amount: Decimal = Field(ge=0)
    months_of_fee: float | None = Field(default=None, gt=0)


class Effect(_Strict):
    """States what to expect before anything was measured here, and who says so.

    `success`: this share of the customers contacted takes it up. `avoided`: this share of what would have happened
    is avoided; how likely that was is said by the prediction `risk`, else by the trigger's own probability or measured
    precision, else by `assumed_risk`.
    """

    share: float = Field(gt=0, lt=1)
    kind: Literal["success", "avoided"]
    source: str = Field(min_length=1)
    risk: str | None = None
    assumed_risk: float = Field(default=0.1, gt=0, lt=1)


class Play(_Strict):
    """Holds what to do about a trigger: for whom, how, in which words, how often, on which legal basis."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)
    kind: Kind
    title: Said
    trigger: Trigger
    audience: Audience = Audience()
    actions: tuple[Action, ...] = Field(min_length=1)
    about: About | None = None
    offers: tuple[str, ...] = ()
    message_class: MessageClass
    purpose: Literal["service", "marketing"]
    legal_basis: Basis
    effect_class: Literal["C0", "C1"]  # C2 (refuse, suspend, price, dun) is never a play
    limits: Limits = Limits()
    hold_out: float = Field(default=0.10, ge=0, le=0.5)
    stage: Literal["pilot"] = "pilot"
    owner: str = Field(min_length=1)
    worth: Worth
    effect: Effect
    max_lateness_hours: float = Field(default=2, gt=0)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Play":
        channels = [action.channel for action in self.actions]
        if len(set(channels)) < len(channels):
            message = "two actions share a channel; keep one for each"
            raise ValueError(message)
        sells = (self.message_class != "contract_service", self.purpose == "marketing", self.effect_class == "C1")
        if self.is_selling and not all(sells):
            message = "an opportunity is an offer: a marketing message_class, purpose marketing, effect_class C1"
            raise ValueError(message)
        if not self.is_selling and any(sells[:2]):
            message = "only a play of kind opportunity may sell; make this one contract_service, or an opportunity"
            raise ValueError(message)
        spoken = frozenset().union(*(action.message.fields for action in self.actions)) & EVENT_FIELDS
        if spoken and self.about is None:
            message = f"say with `about:` which event {sorted(spoken)} are taken from"
            raise ValueError(message)
        if self.legal_basis not in _BASES[self.message_class]:
            message = f"a {self.message_class} message rests on {' or '.join(_BASES[self.message_class])}"
            raise ValueError(message)
        return self

    @property
    def is_selling(self) -> bool:
        """Say whether the customer is asked to buy something."""
        return self.kind == "opportunity"

    @cached_property
    def version(self) -> str:
        """Return a fingerprint that changes with anything in the file."""
        return fingerprint(self.model_dump(mode="json"))

    def action(self, channel: str) -> Action:
        """Return the action of a channel."""
        return next(action for action in self.actions if action.channel == channel)


def load_plays(folder: Path | None = None) -> dict[str, Play]:
    """Read the built-in plays and a project's own; a file of the same name takes the built-in one's place.

    Raises:
        ConfigurationError: some files are wrong; the message lists every problem of every file.

    Example:
        >>> load_plays()["maintenance_due"].hold_out
        0.1
    """
    files = {path.stem: path for path in sorted(_BUILT_IN.glob("*.yaml"))}
    if folder is not None and folder.is_dir():
        files |= {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    plays: dict[str, Play] = {}
    problems: list[str] = []
    for stem, path in sorted(files.items()):
        try:
            plays[stem] = _read(path)
        except ValidationError as error:
            problems += [f"{path.name}: {_place(found)}: {found['msg']}" for found in error.errors()]
        except (yaml.YAMLError, ValueError) as error:
            problems.append(f"{path.name}: {error}")
    if problems:
        message = "Some plays cannot be used:\n- " + "\n- ".join(problems)
        raise ConfigurationError(message, problems=problems)
    return plays


def _read(path: Path) -> Play:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        message = "the file holds no play; begin with `name:`"
        raise ValueError(message)  # noqa: TRY004 - listed with the other problems of the file, not a wrong argument
    play = Play.model_validate(content)
    if play.name != path.stem:
        message = f"the play is named {play.name!r}; give it the name of its file"
        raise ValueError(message)
    return play


def _place(problem: Any) -> str:  # pydantic's ErrorDetails, a plain dictionary
    return ".".join(str(part) for part in problem["loc"]) or "play"
