"""Insights: what pattern runs through it?

A segmentation is one file in `segments/` that sorts customers into groups with names that a person understands.
`discover` sorts everybody as of an instant.
"""

from prevenance.insights.base import Group, Segmentation
from prevenance.insights.discover import SegmentCount, discover, segmentations

__all__ = ["Group", "SegmentCount", "Segmentation", "discover", "segmentations"]
