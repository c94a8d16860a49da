"""Insights: what pattern runs through it?

A segmentation is one file in `segments/` that sorts customers into groups with names that a person understands.
`discover` sorts everybody as of an instant, by use of the product too (`usage.py` learns these groups and names them).
`patterns_table` finds rules in words on a flat table, and claims only those that hold on customers who were not
searched.
"""

from prevenance.insights.base import Group, Segmentation
from prevenance.insights.discover import SegmentCount, discover, segment_words, segmentations
from prevenance.insights.patterns import patterns_table

__all__ = ["Group", "SegmentCount", "Segmentation", "discover", "patterns_table", "segment_words", "segmentations"]
