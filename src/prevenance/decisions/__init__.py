"""Decisions: what should we do, if anything, and why?

`decide` meets the day's signals and predictions with the plays (`plays/*.yaml`, and a project's own), asks every policy
(`policies/`) and the privacy gate, chooses by value within the team's capacity, help before offers, and lets chance
hold some of the chosen out, so that the effect can be known. Who is left alone is so for a recorded reason. People
meet the result as `todays_list` and answer it: `approve`, `reject`, `snooze`.

Beside the verbs this door hands out the nouns that callers must make or hold: `TeamCapacity`, `Play`, `Outreach`, ...
"""

from prevenance.decisions.answer import approve, reject, snooze
from prevenance.decisions.answer import undo as undo
from prevenance.decisions.base import DecisionReport as DecisionReport
from prevenance.decisions.base import Enqueue as Enqueue
from prevenance.decisions.base import Outreach as Outreach
from prevenance.decisions.base import TeamCapacity as TeamCapacity
from prevenance.decisions.decide import decide
from prevenance.decisions.play import Play as Play
from prevenance.decisions.play import load_plays
from prevenance.decisions.proposals import proposal, todays_list

__all__ = ["approve", "decide", "load_plays", "proposal", "reject", "snooze", "todays_list"]
