"""Actions: do it once, prove it, remember it.

`enqueue` puts an approved `Draft` into the outbox, bound to exactly what was approved. `deliver` takes it from there,
as a dry run unless told otherwise: `queued -> attempting -> committing -> sent | unknown`, or refused, failed,
expired. The mark `committing` is on disk before the last byte leaves, in the transaction in which the gate was asked
for the last time; so nothing is sent twice, nothing vanishes, and what nobody can know is `unknown`, for a person to
`reconcile`.
`Sending` is the switch that stops everything. The catalogue `channels/` holds one file per way of reaching someone.
"""

from prevenance.actions.base import MailSettings, load_channels
from prevenance.actions.deliver import deliver
from prevenance.actions.enqueue import Draft, enqueue
from prevenance.actions.reconcile import reconcile
from prevenance.actions.sending import Sending

__all__ = ["Draft", "MailSettings", "Sending", "deliver", "enqueue", "load_channels", "reconcile"]
