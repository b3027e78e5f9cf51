"""Values of many groups as one array: those of group g are `values[starts[g]:starts[g + 1]]`."""

from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Starts = npt.NDArray[np.integer[Any]]
_Scalar = TypeVar("_Scalar", bound=np.generic)

_MOST_NARROW: Final = np.iinfo(np.int32).max
_MOST_RUNS: Final = 4_096
# Counting by sorting pays for fewer numbers than this share of those that there may be.
_FEW: Final = 1 / 16


def ranges(starts: Starts, groups: Ints) -> Ints:
    """All the numbers from `starts[g]` up to `starts[g + 1]`, for each g of `groups`, in order."""
    begins = starts[groups]
    lengths = starts[groups + 1] - begins
    offsets = np.cumsum(lengths) - lengths
    return np.repeat(begins - offsets, lengths) + np.arange(int(lengths.sum()))


def narrowed(starts: Starts) -> Starts:
    """The same starts in half the room, if they fit."""
    return starts.astype(np.int32) if starts[-1] <= _MOST_NARROW else starts


def runs(begins: Starts, ends: Starts) -> tuple[list[int], list[int]]:
    """The same stretches from `begins[n]` up to `ends[n]`, where those that touch are one."""
    if not len(begins):
        return [], []
    apart = np.flatnonzero(begins[1:] != ends[:-1])
    firsts = np.concatenate((begins[:1], begins[apart + 1]))
    return firsts.tolist(), np.append(ends[apart], ends[-1]).tolist()


def taken(values: npt.NDArray[_Scalar], starts: Starts, groups: Ints) -> npt.NDArray[_Scalar]:
    """The values of some groups, in this order. Groups that stand together are copied as one."""
    begins, ends = runs(starts[groups], starts[groups + 1])
    if len(begins) > _MOST_RUNS or not begins:
        return values[ranges(starts, groups)]
    return np.concatenate([values[a:b] for a, b in zip(begins, ends, strict=True)])


def distinct(numbers: npt.NDArray[_Scalar]) -> npt.NDArray[_Scalar]:
    """The numbers in order, each once. Of many, sorting is far faster than NumPy's `unique`."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def tally(numbers: npt.NDArray[np.integer[Any]], size: int) -> tuple[Ints, Ints]:
    """The distinct of some numbers under `size`, in order, and how often each is there."""
    if len(numbers) > _FEW * size:
        counts = np.bincount(numbers, minlength=size)
        held = np.flatnonzero(counts)
        return held, counts[held]
    ordered = np.sort(numbers).astype(np.int64)
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[first], np.diff(first, append=len(ordered))
