"""Fix how big, how dirty and how long the practice company's history is."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from prevenance.kit.problems import ConfigurationError

Size = Literal["tiny", "small", "medium", "large"]
Kind = Literal["standard", "dirty", "no-effect"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

COMPANY = "Mécaléa"
STARTED_ON = date(2023, 11, 1)
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)
N_MONTHS = 36
_FIRST_MONTH = np.datetime64("2023-11", "M")


@dataclass(frozen=True)
class Scale:
    """Holds what grows with the size: customers, and how densely a customer's usage is recorded."""

    n_customers: int
    usage_density: float
    n_field_reports: int


SCALES: dict[str, Scale] = {
    "tiny": Scale(80, 1.0, 40),
    "small": Scale(1_000, 1.0, 400),
    "medium": Scale(10_000, 1.0, 2_000),
    "large": Scale(100_000, 0.35, 5_000),
}


@dataclass(frozen=True)
class Dirt:
    """Holds the rate of each fault planted in the files (shares of rows)."""

    no_contact_details: float = 0.30
    absent_from_crm: float = 0.60
    doubled_client: float = 0.03
    invalid_email: float = 0.015
    placeholder_email: float = 0.03
    impossible_date: float = 0.004
    impossible_amount: float = 0.003
    doubled_event: float = 0.002
    doubled_invoice: float = 0.002
    no_organisation: float = 0.10
    contradicting_consent: float = 0.05
    stale_consent: float = 0.20
    garbled_text: float = 0.0
    broken_line: float = 0.0


def dirt_of(kind: Kind) -> Dirt:
    """Return the rates of a kind of company; the dirty one has three times the odds, and encoding mishaps.

    Example:
        >>> dirt_of("standard").no_contact_details, round(dirt_of("dirty").no_contact_details, 2)
        (0.3, 0.56)
    """
    usual = Dirt()
    if kind != "dirty":
        return usual
    tripled = {name: 3 * rate / (1 - rate + 3 * rate) for name, rate in vars(usual).items()}
    return Dirt(**(tripled | {"garbled_text": 0.02, "broken_line": 0.0005}))


def scale_of(size: str) -> Scale:
    """Return the scale of a size, or say which sizes exist."""
    if size not in SCALES:
        raise ConfigurationError(f"There is no practice company of size “{size}”. Choose one of: {', '.join(SCALES)}.")
    return SCALES[size]


def checked_kind(kind: str) -> None:
    """Refuse a kind that does not exist."""
    if kind not in get_args(Kind):
        raise ConfigurationError(
            f"There is no practice company of kind “{kind}”. Choose one of: {', '.join(get_args(Kind))}."
        )


def month_start(month: npt.ArrayLike) -> Ints:
    """Return the days since 1970 on which months (0 = November 2023, negative = before) begin.

    Example:
        >>> import numpy as np
        >>> np.datetime64(int(month_start(36)), "D")
        np.datetime64('2026-11-01')
    """
    months = _FIRST_MONTH + np.asarray(month, dtype=np.int64).astype("timedelta64[M]")
    return np.asarray(months.astype("datetime64[D]").astype(np.int64))


def month_of(day: npt.ArrayLike) -> Ints:
    """Return the month (0 = November 2023) in which days since 1970 lie."""
    days = np.asarray(day, dtype=np.int64).astype("datetime64[D]")
    return np.asarray((days.astype("datetime64[M]") - _FIRST_MONTH).astype(np.int64))


def season_month(month: npt.ArrayLike) -> Ints:
    """Return the calendar month, 0 = January, of months counted from November 2023."""
    return np.asarray((np.asarray(month, dtype=np.int64) + 10) % 12)


END_DAY = int(month_start(N_MONTHS))
START_DAY = int(month_start(0))
