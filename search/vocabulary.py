"""Counting texts before it is known which other texts an index will have.

A vocabulary numbers features in the order in which it meets them and never renumbers, so that the
counts of a text hold for every index that the text goes into. Which features an index has, and
their numbers there, is settled by `Vocabulary.numbered`.

Unigrams have even numbers, pairs of adjacent unigrams odd ones; character n-grams count apart.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, islice
from typing import Final

import numpy as np
import numpy.typing as npt

from search.analysis import Word
from search.counting import PAIR_SHIFT, Counts, Floats, Ints, count_grams, count_words
from search.lexicon import Lexicon

Numbers = npt.NDArray[np.int32]

_RIGHT: Final = (1 << PAIR_SHIFT) - 1


@dataclass(frozen=True, slots=True)
class Rows:
    """Counts of some texts, one after the other: the next `lengths[r]` entries are those of row r.

    `features` are a vocabulary's, `weights` dampened term frequencies as in `counting.Counts`.
    """

    features: Numbers
    weights: Floats
    lengths: Ints

    def parts(self, sizes: Sequence[int]) -> "list[Rows]":
        """The first `sizes[0]` rows, the next `sizes[1]`, and so on."""
        ends = np.concatenate(([0], np.cumsum(self.lengths))).tolist()
        found, begin = [], 0
        for size in sizes:
            entries = slice(ends[begin], ends[begin + size])
            lengths = self.lengths[begin : begin + size]
            found.append(Rows(self.features[entries], self.weights[entries], lengths))
            begin += size
        return found


def stacked(parts: Iterable[Rows]) -> Rows:
    """The rows of all parts, in order."""
    parts = [Rows(np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.int64)), *parts]
    return Rows(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.weights for part in parts]),
        np.concatenate([part.lengths for part in parts]),
    )


@dataclass(frozen=True, slots=True)
class Numbered:
    """A lexicon, and for each number in the vocabulary that of the same feature in the lexicon.

    Where the lexicon does not hold a feature, its number means nothing.
    """

    lexicon: Lexicon
    words: Numbers
    grams: Numbers


class Vocabulary:
    """Every feature met so far. Not for two threads at once."""

    def __init__(self) -> None:
        self._unigrams: dict[str, int] = {}
        self._grams: dict[str, int] = {}
        self._pair_keys: Ints = np.zeros(0, dtype=np.int64)  # in the order of their numbers
        self._sorted_pair_keys: Ints = self._pair_keys
        self._sorted_pairs: Ints = self._pair_keys  # their numbers
        self._named_pairs: Ints = self._pair_keys  # numbers, nearly in the order of the names
        self._sorted_unigrams: list[str] = []
        self._sorted_grams: list[str] = []

    @property
    def size(self) -> int:
        """How many features there are of all kinds."""
        return len(self._unigrams) + len(self._pair_keys) + len(self._grams)

    def word_rows(self, texts: Sequence[Sequence[Word]], common_weight: float) -> Rows:
        """The unigrams and pairs of each text; `common_weight` is that of a stop word."""
        return _rows(count_words(texts, self, common_weight), len(texts))

    def gram_rows(self, texts: Sequence[Sequence[Word]]) -> Rows:
        """The character n-grams of each text, stop words included."""
        return _rows(count_grams(texts, self), len(texts))

    def unigram(self, name: str) -> int:
        """The number of a unigram, a new one if need be."""
        return self._unigrams.setdefault(name, 2 * len(self._unigrams))

    def gram(self, name: str) -> int:
        """The number of a character n-gram, a new one if need be."""
        return self._grams.setdefault(name, len(self._grams))

    def pairs(self, keys: Ints) -> Ints:
        """The numbers of pairs by key (see `counting.Numbering`), new ones if need be."""
        wanted, place = np.unique(keys, return_inverse=True)
        at = np.searchsorted(self._sorted_pair_keys, wanted)
        known = np.zeros(len(wanted), dtype=bool)
        inside = at < len(self._sorted_pair_keys)
        known[inside] = self._sorted_pair_keys[at[inside]] == wanted[inside]
        numbers = np.empty(len(wanted), dtype=np.int64)
        numbers[known] = self._sorted_pairs[at[known]]
        new = ~known
        numbers[new] = 2 * (len(self._pair_keys) + np.arange(int(new.sum()))) + 1
        self._pair_keys = np.concatenate([self._pair_keys, wanted[new]])
        self._sorted_pair_keys = np.insert(self._sorted_pair_keys, at[new], wanted[new])
        self._sorted_pairs = np.insert(self._sorted_pairs, at[new], numbers[new])
        self._named_pairs = np.concatenate([self._named_pairs, numbers[new]])
        return numbers[place]

    def numbered(self, words: Iterable[Rows], grams: Iterable[Rows]) -> Numbered:
        """The lexicon of what stands in these rows. Its numbers follow the order of the names."""
        numbers = np.zeros(2 * max(len(self._unigrams), len(self._pair_keys)), dtype=np.int32)
        held = _held(words, len(numbers))
        unigrams = _ordered(self._unigrams, self._sorted_unigrams, held, numbers)
        is_held = held[self._named_pairs]
        pairs = self._named_pairs[is_held]
        keys = self._pair_keys[pairs >> 1]
        left, right = numbers[keys >> PAIR_SHIFT], numbers[keys & _RIGHT]
        keys = (left.astype(np.int64) << PAIR_SHIFT) | right
        # Sorting what the last call left in order takes little time, with a stable sort.
        order = np.argsort(keys, kind="stable")
        numbers[pairs[order]] = len(unigrams) + np.arange(len(pairs))
        self._named_pairs = np.concatenate([pairs[order], self._named_pairs[~is_held]])
        gram_numbers = np.zeros(len(self._grams), dtype=np.int32)
        held_grams = _held(grams, len(gram_numbers))
        named_grams = _ordered(self._grams, self._sorted_grams, held_grams, gram_numbers)
        return Numbered(Lexicon(unigrams, keys[order], named_grams), numbers, gram_numbers)


def _rows(counts: Counts, row_count: int) -> Rows:
    lengths = np.bincount(counts.rows, minlength=row_count)
    return Rows(counts.features.astype(np.int32), counts.weights, lengths)


def _held(parts: Iterable[Rows], feature_count: int) -> npt.NDArray[np.bool_]:
    held = np.zeros(feature_count, dtype=bool)
    for part in parts:
        held[part.features] = True
    return held


def _ordered(
    names: dict[str, int], in_order: list[str], held: npt.NDArray[np.bool_], numbers: Numbers
) -> dict[str, int]:
    """The held names, numbered in order, and `numbers` filled in for them.

    `in_order` are the names of an earlier call, sorted; the new ones are merged in.
    """
    in_order.extend(islice(names, len(in_order), None))
    in_order.sort()
    old = np.fromiter(map(names.__getitem__, in_order), dtype=np.int64, count=len(in_order))
    kept = held[old]
    numbers[old[kept]] = np.arange(int(kept.sum()))
    return dict(zip(compress(in_order, kept), range(len(in_order)), strict=False))
