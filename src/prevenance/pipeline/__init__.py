"""The pipeline: the one place that knows the order.

It conducts the stages from the company's files to this morning's list, keeps a journal of each run in the ledger, and
goes on where a killed run stood.
"""

from prevenance.pipeline.base import RunContext, RunReport, StageReport
from prevenance.pipeline.road import ROAD, floor_to_day, inputs_of
from prevenance.pipeline.run import run

__all__ = ["ROAD", "RunContext", "RunReport", "StageReport", "floor_to_day", "inputs_of", "run"]
