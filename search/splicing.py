"""Parts of an index laid together: what of which part stands where in the whole."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from search.counting import Flags, Ints
from search.fields import Numbers
from search.groups import Starts, distinct
from search.keys import Keys
from search.stretches import Held
from search.strings import Strings

Runs = list[tuple[int, int, int]]
"""Neighbours that are copied together: of part `run[0]` the numbers `run[1]` up to `run[2]`."""


def in_order(ids: Sequence[Strings], dead: Sequence[Flags]) -> Runs:
    """Everything that is not dead, by its id; `ids[p]` are those of part p."""
    found = [
        (id_, part, row)
        for part, own in enumerate(ids)
        for row, (id_, is_dead) in enumerate(zip(own.encoded(), dead[part].tolist(), strict=True))
        if not is_dead
    ]
    # Most ids stand in order already, which Timsort is quick with.
    found.sort()
    runs: Runs = []
    before, begin, end = -1, 0, 0
    for _, part, row in found:
        if part != before or row != end:
            runs.append((before, begin, end))
            before, begin = part, row
        end = row + 1
    return [*runs, (before, begin, end)][1:]


def members(runs: Runs, starts: Sequence[Starts]) -> Runs:
    """What belongs to these groups: to group g of a part `starts[g]` up to `starts[g + 1]`."""
    return [(part, int(starts[part][a]), int(starts[part][b])) for part, a, b in runs]


def spliced(runs: Runs, columns: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """The values of these numbers; `columns[p]` has those of part p."""
    return np.concatenate([columns[0][:0], *(columns[part][a:b] for part, a, b in runs)])


def spliced_starts(runs: Runs, starts: Sequence[Starts]) -> Ints:
    """Where each of these groups begins when they stand together, and the end."""
    return np.concatenate(([0], np.cumsum(spliced(runs, [np.diff(each) for each in starts]))))


def spliced_texts(runs: Runs, texts: Sequence[Strings]) -> Strings:
    """The texts of these numbers; `texts[p]` has those of part p."""
    starts = [each.starts for each in texts]
    content = spliced(members(runs, starts), [each.content.whole() for each in texts])
    return Strings(spliced_starts(runs, starts), Held(content))


def places(runs: Runs, part: int, count: int) -> Numbers:
    """Where each of the `count` numbers of a part comes to stand; -1 where it is left out."""
    found = np.full(count, -1, dtype=np.int32)
    filled = 0
    for number, a, b in runs:
        if number == part:
            found[a:b] = np.arange(filled, filled + b - a)
        filled += b - a
    return found


def features_left(
    keys: Sequence[Keys], frequencies: Sequence[Ints]
) -> tuple[Keys, npt.NDArray[np.int32], list[Numbers]]:
    """The features that some text still has, in how many each stands, and each part's numbers.

    Part p says in how many of its texts each of `keys[p]` stands. A feature that is in none is
    numbered after the last.
    """
    every = distinct(np.concatenate(keys))
    at = [np.searchsorted(every, own) for own in keys]
    df = np.zeros(len(every), dtype=np.int32)
    for own, counts in zip(at, frequencies, strict=True):
        df[own] += counts.astype(np.int32)
    left = df > 0
    numbers = np.where(left, np.cumsum(left) - 1, np.count_nonzero(left)).astype(np.int32)
    return every[left], df[left], [numbers[own] for own in at]
