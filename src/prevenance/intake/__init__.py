"""Intake: what is happening right now?

Tracking clients - Segment's and RudderStack's own, unchanged - post what people do; a message is answered when it is on
disk in the ledger, once for each source and message id, for ever. What cannot be believed is set aside with its reason,
and the books balance: `received = stored + duplicate + quarantined`. A write key lets one source write, nothing else.
"""

from prevenance.intake.balance import Line, balance
from prevenance.intake.intake import Intake
from prevenance.intake.keys import WriteKeys
from prevenance.intake.messages import RefusedError
from prevenance.intake.move import move
from prevenance.intake.recent import recent

__all__ = ["Intake", "Line", "RefusedError", "WriteKeys", "balance", "move", "recent"]
