"""Insights: what pattern runs through it?

A segmentation is one file in `segments/` that sorts customers into groups with names that a person understands.
`discover` sorts everybody as of an instant, by use of the product too (`usage.py` learns these groups and names them).
`patterns_table` finds rules in words on a flat table, `company_patterns` on a company's own past; both claim only those
that hold on customers who were not searched.
"""

from prevenance.insights.company_patterns import company_patterns
from prevenance.insights.discover import SegmentCount, discover, segment_words
from prevenance.insights.patterns import patterns_table

__all__ = ["SegmentCount", "company_patterns", "discover", "patterns_table", "segment_words"]
