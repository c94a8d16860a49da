"""Let customers react to outreach as the truth says they would, so that a measured effect can be checked."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from prevenance.demo.chance import uniform_of
from prevenance.demo.scale import Ints
from prevenance.kit.problems import DataError

_MICROSECONDS_A_DAY = 86_400_000_000


def react(truth_folder: Path, exposures: pa.Table) -> pa.Table:
    """Draw what becomes of contacted and held-out customers within 90 days.

    Args:
        truth_folder: the `truth` folder of a practice company.
        exposures: one row per exposure with `truth_id`, `action`, `at` (timestamp) and `arm` (`treated` or `held_out`).

    Returns:
        The exposures with `left`, `satisfaction` (1 to 5) and `bought`. A customer draws the same luck in both arms, on
        the same day and whatever the order of the rows; only the probabilities differ.

    Raises:
        DataError: an arm or action is unknown, or a customer is none at that time.
    """
    seed = int(json.loads((truth_folder / "truth.json").read_text())["seed"])
    truth, at, treated = exposures["truth_id"].to_numpy(), _days(exposures), _is_treated(exposures)
    state = _state(truth_folder, truth, at)
    effect = _effect(truth_folder, truth, exposures["action"])
    share = np.where(treated, 1.0, 0.0)
    ratio = np.where(treated, effect["leaving_ratio"], 1.0)
    luck = [uniform_of(np.full(truth.size, seed), truth, at, np.full(truth.size, turn)) for turn in range(4)]
    noise = np.sqrt(-2 * np.log1p(-luck[2])) * np.cos(2 * np.pi * luck[3])  # Box and Muller: a normal draw
    satisfaction = np.clip(np.round(state["satisfaction"] + share * effect["satisfaction_change"] + 0.7 * noise), 1, 5)
    return (
        exposures.append_column("left", pa.array(luck[0] < np.clip(state["probability"] * ratio, 0, 1)))
        .append_column("satisfaction", pa.array(satisfaction))
        .append_column(
            "bought", pa.array(luck[1] < np.clip(state["buying_probability"] + share * effect["buying_change"], 0, 1))
        )
    )


def _days(exposures: pa.Table) -> Ints:
    instants = (
        exposures["at"].cast(pa.timestamp("us", exposures.schema.field("at").type.tz)).cast(pa.int64()).to_numpy()
    )
    return np.asarray(instants // _MICROSECONDS_A_DAY)


def _is_treated(exposures: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    unknown = set(pc.unique(exposures["arm"]).to_pylist()) - {"treated", "held_out"}
    if unknown:
        raise DataError(f"An exposure is “treated” or “held_out”, not {sorted(map(str, unknown))}.")
    return np.asarray(pc.equal(exposures["arm"], "treated"))


def _state(truth_folder: Path, truth: Ints, day: Ints) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Return each customer's true probabilities at the last monthly cutoff before the exposure."""
    table = pq.read_table(truth_folder / "leaving.parquet")
    known_day = table["cutoff"].cast(pa.int64()).to_numpy() // _MICROSECONDS_A_DAY
    key = table["truth_id"].to_numpy() * 1_000_000 + known_day  # sorted by customer, then cutoff
    place = np.searchsorted(key, truth * 1_000_000 + day, side="right") - 1
    held = table["truth_id"].to_numpy()[np.maximum(place, 0)]
    stale = (place < 0) | (held != truth) | (day - known_day[np.maximum(place, 0)] > 31 * 4)
    if stale.any():
        raise DataError(
            "Some exposures reach nobody: these are no customers at that time.", truth_ids=truth[stale][:10].tolist()
        )
    return {name: table[name].to_numpy()[place] for name in ("probability", "satisfaction", "buying_probability")}


def _effect(
    truth_folder: Path, truth: Ints, action: pa.ChunkedArray
) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    customers, effects = (pq.read_table(truth_folder / f"{name}.parquet") for name in ("customers", "effects"))
    kind = customers["customer_kind"].take(pa.array(truth - 1))
    wanted = pc.binary_join_element_wise(kind, action.cast(pa.string()), "|")
    known = pc.binary_join_element_wise(effects["customer_kind"], effects["action"], "|")
    place = pc.index_in(wanted, known)
    if place.null_count:
        raise DataError(f"Some actions are unknown. Choose among {pc.unique(effects['action']).to_pylist()}.")
    return {
        name: effects[name].take(place).to_numpy() for name in ("leaving_ratio", "satisfaction_change", "buying_change")
    }
