"""The desk: what does a person see and do?

It gathers from every room what a screen shows, in the frozen nouns of `records.screens`, and passes a person's verbs
on: approve, reject, snooze, sign in. The faces speak to it alone.
"""

from prevenance.desk.desk import Desk
from prevenance.desk.story import Story
from prevenance.desk.summary import summary_in_words, today_in_words

__all__ = ["Desk", "Story", "summary_in_words", "today_in_words"]
