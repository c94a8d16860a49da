"""Live: what changed since this morning?

The nightly run sees whole days. Between two runs this room takes the messages of the live intake as they come, reads
them by the same mappings, puts them on top of the history of the customers concerned, and asks the same signals. What
fires and did not stand in this morning's list is written down for people to see; nothing is proposed or sent from here.
"""

from prevenance.live.hits import LiveHit, hits
from prevenance.live.window import Glance, LiveWindow, is_live

__all__ = ["Glance", "LiveHit", "LiveWindow", "hits", "is_live"]
