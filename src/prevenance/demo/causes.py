"""State the true causes: what drives leaving and how strongly, and how the year turns."""

from dataclasses import dataclass, field

import numpy as np

CATEGORIES = (
    "billing",
    "breakdown",
    "part_order",
    "login",
    "slowness",
    "training",
    "delivery",
    "feature_request",
    "cancellation",
)
ORDER_CAUSES = ("usual", "failure", "licences", "maintenance_contract", "capacity")
NEVER = 999

TICKET_SEASON = np.array([1.15, 1.0, 1.05, 0.95, 0.9, 1.0, 0.8, 0.7, 1.3, 1.1, 1.05, 1.0])
ORDER_SEASON = np.array([0.8, 0.9, 1.25, 1.3, 1.05, 0.9, 0.7, 0.55, 1.35, 1.3, 1.05, 0.85])
# steady, peak in summer, peak in winter
USAGE_SEASON = np.array(
    [
        [1.0, 1.0, 1.04, 1.04, 1.0, 1.0, 0.93, 0.82, 1.07, 1.07, 1.04, 0.93],
        [0.78, 0.82, 0.93, 1.04, 1.17, 1.33, 1.33, 1.20, 1.04, 0.93, 0.86, 0.78],
        [1.27, 1.20, 1.04, 0.93, 0.86, 0.82, 0.78, 0.74, 0.93, 1.10, 1.23, 1.30],
    ]
)
SEASON_PEAK = np.array([8, 5, 11])


@dataclass(frozen=True)
class Causes:
    """Holds the true strengths of what drives leaving (log hazards per month, jumps of strain)."""

    memory: float = 0.86
    noise: float = 0.20
    delay: float = 0.6  # share of its former self that the resolve keeps each month
    pull: float = 1.30  # log hazard per unit of resolve
    early: float = -6.5
    term: float = -3.75
    monthly: float = -4.9
    dropout: float = -5.2
    jumps: dict[str, float] = field(
        default_factory=lambda: {
            "slow_ticket": 0.60,
            "late_delivery": 0.50,
            "failure": 0.28,
            "crash": 0.45,
            "account_problem": 0.60,
            "crowded": 0.15,
            "decline": 3.2,
        }
    )


CAUSES = Causes()
DECLINE_RATE = 0.017
