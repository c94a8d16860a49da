"""Keep what people decided about identities: this is one customer, these are two. Nothing is lost by either.

A decision is an event in the ledger, never a change of rows; who the customers are is worked out again from the records
and all decisions, so that an unmerge gives back exactly what a merge put together (X18, ID-02).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, select

from prevenance.kit.problems import DataError
from prevenance.storage import Ledger, ledger_tables

DecisionKind = Literal["merge", "unmerge"]


@dataclass(frozen=True)
class IdentityDecision:
    """Holds one decision; of several about the same two subjects the latest counts."""

    kind: DecisionKind
    left: str
    right: str
    decided_at: datetime


def merge(ledger: Ledger, left: str, right: str, *, actor: str, reason: str) -> int:
    """Record that two subjects (`namespace:value`) are one customer or one person; return the decision's id.

    It takes effect when identities are resolved next.

    Example:
        >>> import tempfile
        >>> from prevenance.kit.clock import SystemClock
        >>> from prevenance.storage import open_ledger
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ledger = open_ledger(f"sqlite:///{folder}/ledger.db", clock=SystemClock())
        ...     _ = merge(ledger, "crm:C1", "erp:K7", actor="ada", reason="same site, new name")
        ...     _ = unmerge(ledger, "erp:K7", "crm:C1", actor="bo", reason="a subsidiary after all")
        ...     [decision.kind for decision in decisions(ledger)]
        ['unmerge']
    """
    return _decide(ledger, "merge", (left, right), actor=actor, reason=reason)


def unmerge(ledger: Ledger, left: str, right: str, *, actor: str, reason: str) -> int:
    """Record that two subjects are not the same, whatever their identifiers say; return the decision's id."""
    return _decide(ledger, "unmerge", (left, right), actor=actor, reason=reason)


def decisions(ledger: Ledger) -> tuple[IdentityDecision, ...]:
    """Return the decision in force about each two subjects, oldest first."""
    table = ledger_tables.identity_decisions
    with ledger.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.decision_id)).all()
    in_force = {
        (row.left_subject, row.right_subject): IdentityDecision(
            row.kind, row.left_subject, row.right_subject, row.decided_at
        )
        for row in rows
    }
    return tuple(sorted(in_force.values(), key=lambda decision: (decision.decided_at, decision.left, decision.right)))


def _decide(ledger: Ledger, kind: DecisionKind, subjects: tuple[str, str], *, actor: str, reason: str) -> int:
    left, right = sorted(subjects)
    if left == right or not all(":" in subject for subject in subjects):
        message = f"{left!r} and {right!r} cannot be compared. Name two different subjects, each as namespace:value."
        raise DataError(message, left=left, right=right)
    if not reason.strip():
        message = f"Say why {left} and {right} should {kind}; the reason is kept with the decision."
        raise DataError(message, left=left, right=right)
    row = {"left_subject": left, "right_subject": right, "actor": actor, "reason": reason}
    with ledger.begin() as tx:
        statement = insert(ledger_tables.identity_decisions).values(kind=kind, decided_at=ledger.clock.now(), **row)
        decision_id: int = tx.execute(statement.returning(ledger_tables.identity_decisions.c.decision_id)).scalar_one()
        ledger.record(tx, actor, f"identity_{kind}", f"identity_decision:{decision_id}", {"reason": reason})
    return decision_id
