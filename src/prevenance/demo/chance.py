"""Draw by chance in a way that anyone can repeat: one seeded generator per named part of the work."""

import numpy as np
import numpy.typing as npt

from prevenance.demo.scale import Bools, Floats, Ints
from prevenance.kit.hashing import stable_integer


def generator(seed: int, *parts: str) -> np.random.Generator:
    """Return the generator of one part of the work, independent of what other parts draw.

    Example:
        >>> generator(7, "names").integers(100) == generator(7, "names").integers(100)
        np.True_
    """
    return np.random.default_rng([seed, stable_integer(*parts)])


def pick_index(weights: npt.ArrayLike, n: int, chance: np.random.Generator) -> Ints:
    """Return n indices drawn with unequal weights."""
    shares = np.cumsum(np.asarray(weights, dtype=np.float64))
    return np.searchsorted(shares / shares[-1], chance.random(n), side="right").astype(np.int64)


def expand(counts: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Return (row, column) of every single thing counted in a matrix, row by row."""
    flat = counts.ravel()
    cells = np.repeat(np.arange(flat.size, dtype=np.int64), flat)
    return cells // counts.shape[1], cells % counts.shape[1]


def first_of_each(group: Ints, wanted: Ints, chance: np.random.Generator) -> Bools:
    """Return a mask choosing by chance, in each group, as many members as `wanted[group]` says."""
    order = np.lexsort((chance.random(group.size), group))
    ordered = group[order]
    begins = np.searchsorted(ordered, ordered, side="left")
    mask = np.empty(group.size, dtype=bool)
    mask[order] = np.arange(group.size) - begins < wanted[ordered]
    return mask


def uniform_of(*keys: Ints) -> Floats:
    """Return a number in [0, 1) for each row of integer keys, the same whatever the order of the rows (splitmix64)."""
    mixed = np.full(keys[0].shape, 0x9E3779B97F4A7C15, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for key in keys:
            mixed = mix(mixed ^ key.astype(np.uint64))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / 2.0**53)


def mix(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return well scattered 64-bit numbers, a different one for each input (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = state + np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(mixed ^ (mixed >> np.uint64(31)))
