"""The words nearest to a misspelled one, among many."""

from collections.abc import Sequence
from typing import Final

import numpy as np

_MIN_CHARACTERS: Final = 3
_TWO_EDITS_FROM: Final = 7
_BUCKETS: Final = 32


class Spellings:
    """Words, each with the number of articles that hold it, made ready to be compared with.

    Takes some milliseconds to make and 32 bytes a word to keep.
    """

    def __init__(self, words: Sequence[tuple[str, int]]) -> None:
        self._words = [(word, count) for word, count in words if len(word) >= _MIN_CHARACTERS]
        lengths = [len(word) for word, _ in self._words]
        letters = _letters("".join(word for word, _ in self._words))
        rows = np.repeat(np.arange(len(self._words)), lengths)
        counted = np.bincount(rows * _BUCKETS + letters, minlength=len(self._words) * _BUCKETS)
        counts = np.minimum(counted, 127).astype(np.int8).reshape(-1, _BUCKETS)
        # By letter: a few long rows are summed faster than many short ones.
        self._counts = np.ascontiguousarray(counts.T)

    def nearest(self, word: str) -> list[str]:
        """The words within one edit, or two of a long one: nearest first, then most frequent."""
        edits = 2 if len(word) >= _TWO_EDITS_FROM else 1
        own = np.bincount(_letters(word), minlength=_BUCKETS).astype(np.int8)
        # An edit changes the counts of two letters by one each, or of one letter.
        alike = np.abs(self._counts - own[:, None]).sum(axis=0, dtype=np.int16) <= 2 * edits
        near = []
        for row in np.flatnonzero(alike).tolist():
            other, count = self._words[row]
            distance = edit_distance(word, other, edits)
            if distance <= edits:
                near.append((distance, -count, other))
        return [other for _, _, other in sorted(near)]


def _letters(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Each letter's bucket. That different letters may share one only lets more words through."""
    points = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(points, dtype=np.uint32) % _BUCKETS


def edit_distance(left: str, right: str, limit: int | None = None) -> int:
    """How many insertions, deletions, replacements and swaps of neighbours make one the other.

    The optimal string alignment distance. What is above `limit` is not computed to its end: the
    answer is then some number above it.
    """
    if limit is not None and abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = previous[j - 1] + (a != b)
            if previous[j] < cost:
                cost = previous[j] + 1
            if current[j - 1] < cost:
                cost = current[j - 1] + 1
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if limit is not None and min(current) > limit and min(previous) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]
