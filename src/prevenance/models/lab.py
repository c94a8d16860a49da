"""Gather what this room can do with a flat table that someone brings: one verb a capability."""

from prevenance.models.capabilities.fairness import fairness_table
from prevenance.models.capabilities.forecast import forecast_table
from prevenance.models.capabilities.next_basket import next_table
from prevenance.models.capabilities.policy_value import evaluate_policy_table
from prevenance.models.capabilities.survive import survive_table
from prevenance.models.capabilities.uplift import uplift_table
from prevenance.models.capabilities.value import value_table
from prevenance.models.classify import classify_table


class Lab:
    """Tries the estimators, measures and reports of production on a table; see each verb for its example."""

    classify = staticmethod(classify_table)
    evaluate_policy = staticmethod(evaluate_policy_table)
    fairness = staticmethod(fairness_table)
    forecast = staticmethod(forecast_table)
    next = staticmethod(next_table)
    survive = staticmethod(survive_table)
    uplift = staticmethod(uplift_table)
    value = staticmethod(value_table)
