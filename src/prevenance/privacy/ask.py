"""Ask the gate: one request or many, by the same rules over the same facts."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import TypeAlias

from sqlalchemy import Connection

from prevenance.kit import catalogue
from prevenance.kit.hashing import fingerprint
from prevenance.privacy.base import Case, ContactRequest, Rule
from prevenance.privacy.evidence import look_up
from prevenance.privacy.permit import Permit, grant
from prevenance.privacy.policy import ContactPolicy
from prevenance.records.answers import Refusal, Undetermined

Answer: TypeAlias = Permit | Refusal | Undetermined
_RULES = "prevenance.privacy.rules"


def ask(tx: Connection, request: ContactRequest, *, at: datetime, policy: ContactPolicy | None = None) -> Answer:
    """Ask whether one contact is allowed at this moment.

    Example:
        >>> import tempfile
        >>> from datetime import UTC
        >>> from prevenance.kit.clock import SystemClock
        >>> from prevenance.storage import open_ledger
        >>> request = ContactRequest(1042, 7, "email", "ada@example.com", "service", "contract_service")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     with open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock()).read() as tx:
        ...         ask(tx, request, at=datetime(2026, 11, 24, 10, tzinfo=UTC)).message_class
        'contract_service'
    """
    return ask_many(tx, (request,), at=at, policy=policy)[0]


def ask_many(
    tx: Connection, requests: Sequence[ContactRequest], *, at: datetime, policy: ContactPolicy | None = None
) -> tuple[Answer, ...]:
    """Ask for many contacts at once; each gets the answer that it would get alone, in the same order."""
    policy = policy or ContactPolicy()
    rules = ranked_rules()
    version = policy_version(policy)
    answers: list[Answer] = []
    for request, (address_key, known) in zip(requests, look_up(tx, requests, at=at), strict=True):
        case = Case(request, known, at, policy)
        verdicts = [verdict for rule in rules if (verdict := rule.judge(case)) is not None]
        answers.append(verdicts[0] if verdicts else grant(case, address_key=address_key, policy_version=version))
    return tuple(answers)


@cache
def ranked_rules() -> tuple[Rule, ...]:
    """Return the rules of the catalogue, the one whose reason comes first at the head."""
    return tuple(sorted(catalogue.load(_RULES, Rule).values(), key=lambda rule: (rule.rank, rule.name)))


def policy_version(policy: ContactPolicy) -> str:
    """Return a mark that changes when a limit changes, or a rule comes or goes."""
    return fingerprint([policy.version, [rule.name for rule in ranked_rules()]])
