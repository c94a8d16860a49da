"""Conversations: what are they telling us?

A reading is one file in `readings/` that finds one thing in a message - its language, its urgency - and says how sure
it is and which words made it so. `listen` reads every message that was not read before.
"""

from prevenance.conversations.base import Heard, Reading
from prevenance.conversations.listen import ListeningReport, listen, readings_of

__all__ = ["Heard", "ListeningReport", "Reading", "listen", "readings_of"]
