"""Gather what this room can do with a flat table that someone brings: one verb a capability."""

from prevenance.models.classify import classify_table


class Lab:
    """Tries the estimators, measures and reports of production on a table; see each verb for its example."""

    classify = staticmethod(classify_table)
