"""How the rows of an article stand side by side, so that one look reads all that it is known by.

Of each article: its title, its spelling, the mean of its tickets in words and in character n-grams,
its passages one after the other, and its whole text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from search.counting import Ints
from search.fields import ByRow, joined

_FIRST: Final = ("title", "spelling", "centroid", "manner")
_TEXTS: Final = 1


@dataclass(frozen=True)
class Profiles:
    """What some articles are known by, row after row; without their texts unless `with_text`."""

    rows: ByRow
    passage_counts: Ints
    with_text: bool = True

    def of(self, name: str) -> Ints:
        """The number of each article's row of that name."""
        if name == "text":
            return self._begins + len(_FIRST) + self.passage_counts
        return self._begins + _FIRST.index(name)

    def field(self, name: str) -> ByRow:
        """The rows of that name alone."""
        return self.rows.chosen(self.of(name))

    @property
    def passages(self) -> Ints:
        """The numbers of all rows that are passages."""
        starts = np.concatenate(([0], np.cumsum(self.passage_counts)))
        shift = np.repeat(self._begins + len(_FIRST) - starts[:-1], self.passage_counts)
        return np.arange(starts[-1]) + shift

    @cached_property
    def _begins(self) -> Ints:
        lengths = self.passage_counts + len(_FIRST) + (_TEXTS if self.with_text else 0)
        begins: Ints = np.cumsum(lengths) - lengths
        return begins


def record_rows(passage_starts: Ints, articles: Ints) -> Ints:
    """The first row of each article; of the number after the last article, the end."""
    begins: Ints = passage_starts[articles] + (len(_FIRST) + _TEXTS) * articles
    return begins


def record_starts(passage_starts: Ints) -> Ints:
    """The first row of every article, and the end."""
    return record_rows(passage_starts, np.arange(len(passage_starts)))


def recorded(fields: Mapping[str, ByRow], passage_starts: Ints) -> ByRow:
    """The rows of all articles in this order."""
    count = len(passage_starts) - 1
    passages = np.diff(passage_starts)
    every = joined([*(fields[name] for name in _FIRST), fields["text"], fields["passage"]])
    known = Profiles(every, passages)
    order = np.empty(every.row_count, dtype=np.int64)
    for at, name in enumerate((*_FIRST, "text")):
        order[known.of(name)] = np.arange(count) + count * at
    order[known.passages] = np.arange(int(passages.sum())) + count * (len(_FIRST) + _TEXTS)
    return every.chosen(order)


def in_turns(first: ByRow, second: ByRow) -> ByRow:
    """Row 0 of both, row 1 of both, and so on."""
    count = first.row_count
    order = np.arange(2 * count).reshape(2, count).T.ravel()
    return joined([first, second]).chosen(order)
