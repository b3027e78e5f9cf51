"""How often each feature stands in a text: unigrams, pairs of adjacent unigrams, character n-grams.

The same for articles and tickets (many texts at once) and for a draft (one).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.analysis import Word
from search.keys import Keys, gram_keys, grams_of, pair_keys

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

# What a stop word counts beside another word.
COMMON_WEIGHT: Final = 0.3
_NO_KEYS: Final = np.zeros(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Rows:
    """Features of some texts, one after the other: the next `lengths[r]` entries are row r's.

    `keys` are sorted within a row and do not repeat. `weights` are dampened term frequencies
    (1 + ln tf, less for stop words). `common` marks unigrams that are stop words.
    """

    keys: Keys
    weights: Floats
    lengths: Ints
    common: Flags

    @property
    def row_numbers(self) -> Ints:
        """The row of each entry."""
        return np.repeat(np.arange(len(self.lengths), dtype=np.int64), self.lengths)


def count_words(texts: Sequence[Sequence[Word]]) -> Rows:
    """Unigrams, exact forms and pairs of each text, stop words included."""
    rows, keys, common = _unigrams(texts)
    adjacent = rows[:-1] == rows[1:]
    pairs = pair_keys(keys[:-1][adjacent], keys[1:][adjacent])
    both_common = (common[:-1] & common[1:])[adjacent]
    exact_rows, exact = _exact_forms(texts)
    return _count(
        np.concatenate([rows, exact_rows, rows[:-1][adjacent]]),
        np.concatenate([keys, exact, pairs]),
        np.concatenate([common, np.zeros(len(exact), dtype=bool), both_common]),
        np.concatenate(
            [np.ones(len(rows) + len(exact), dtype=bool), np.zeros(len(pairs), dtype=bool)]
        ),
        len(texts),
    )


def count_telling_words(texts: Sequence[Sequence[Word]]) -> Rows:
    """Unigrams and exact forms of each text without stop words: what long texts are known by."""
    telling = [[word for word in text if not word.common] for text in texts]
    rows, keys, common = _unigrams(telling)
    exact_rows, exact = _exact_forms(telling)
    keys, rows = np.concatenate([keys, exact]), np.concatenate([rows, exact_rows])
    common = np.concatenate([common, np.zeros(len(exact), dtype=bool)])
    return _count(rows, keys, common, np.ones(len(keys), dtype=bool), len(texts))


def count_grams(texts: Sequence[Sequence[Word]]) -> Rows:
    """Character n-grams of each text, stop words included."""
    keys, words = gram_keys([word.folded for text in texts for word in text])
    rows = _row_numbers(texts)[words]
    flags = np.zeros(len(keys), dtype=bool)
    return _count(rows, keys, flags, flags, len(texts))


def count_grams_of(words: Sequence[Word]) -> Rows:
    """The same of one text, which is faster where its words were met before."""
    keys = np.concatenate([_NO_KEYS, *grams_of([word.folded for word in words])])
    keys.sort()
    starts = _starts(keys)
    weights = (1.0 + np.log(np.diff(starts, append=len(keys)))).astype(np.float32)
    return Rows(keys[starts], weights, np.array([len(starts)]), np.zeros(len(starts), dtype=bool))


def scaled(rows: Rows) -> Rows:
    """The same rows, each of length one."""
    numbers = rows.row_numbers
    squares = np.bincount(numbers, rows.weights.astype(np.float64) ** 2, len(rows.lengths))
    scale = (1.0 / np.sqrt(np.maximum(squares, 1e-30))).astype(np.float32)
    return Rows(rows.keys, rows.weights * scale[numbers], rows.lengths, rows.common)


def widened(row: Rows, others: Rows, share: float) -> Rows:
    """One row with the features of other rows besides, which weigh `share` of their weight."""
    keys = np.concatenate([row.keys, others.keys])
    weights = np.concatenate([row.weights, others.weights * np.float32(share)])
    common = np.concatenate([row.common, others.common])
    order = np.lexsort((-weights, keys))
    keys, weights, common = keys[order], weights[order], common[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = keys[1:] != keys[:-1]
    lengths = np.array([np.count_nonzero(first)], dtype=np.int64)
    return Rows(keys[first], weights[first], lengths, common[first])


def stacked(parts: Sequence[Rows]) -> Rows:
    """The rows of all parts, in order."""
    return Rows(
        np.concatenate([np.zeros(0, np.uint64), *(part.keys for part in parts)]),
        np.concatenate([np.zeros(0, np.float32), *(part.weights for part in parts)]),
        np.concatenate([np.zeros(0, np.int64), *(part.lengths for part in parts)]),
        np.concatenate([np.zeros(0, bool), *(part.common for part in parts)]),
    )


def divided(rows: Rows, sizes: Sequence[int]) -> list[Rows]:
    """The first `sizes[0]` rows, the next `sizes[1]`, and so on."""
    ends = np.concatenate(([0], np.cumsum(rows.lengths))).tolist()
    found, begin = [], 0
    for size in sizes:
        at = slice(ends[begin], ends[begin + size])
        lengths = rows.lengths[begin : begin + size]
        found.append(Rows(rows.keys[at], rows.weights[at], lengths, rows.common[at]))
        begin += size
    return found


def _unigrams(texts: Sequence[Sequence[Word]]) -> tuple[Ints, Keys, Flags]:
    rows = _row_numbers(texts)
    keys = np.fromiter((word.key for text in texts for word in text), np.uint64, len(rows))
    common = np.fromiter((word.common for text in texts for word in text), np.bool_, len(rows))
    return rows, keys, common


def _exact_forms(texts: Sequence[Sequence[Word]]) -> tuple[Ints, Keys]:
    found = [
        (row, key) for row, text in enumerate(texts) for word in text for key in word.exact_keys
    ]
    rows = np.array([row for row, _ in found], dtype=np.int64)
    return rows, np.array([key for _, key in found], dtype=np.uint64)


def _row_numbers(texts: Sequence[Sequence[Word]]) -> Ints:
    lengths = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    return np.repeat(np.arange(len(texts), dtype=np.int64), lengths)


def _count(rows: Ints, keys: Keys, common: Flags, unigram: Flags, row_count: int) -> Rows:
    if not len(rows):
        none = np.zeros(row_count, dtype=np.int64)
        return Rows(keys, np.zeros(0, dtype=np.float32), none, common)
    order = np.lexsort((keys, rows)) if row_count > 1 else np.argsort(keys, kind="stable")
    rows, keys, common, unigram = rows[order], keys[order], common[order], unigram[order]
    starts = _starts(keys, rows)
    frequency = np.diff(starts, append=len(rows))
    share_common = np.add.reduceat(common.astype(np.float64), starts) / frequency
    weights = (1.0 + np.log(frequency)) * (1.0 - (1.0 - COMMON_WEIGHT) * share_common)
    lengths = np.bincount(rows[starts], minlength=row_count)
    is_stop_word = common[starts] & unigram[starts]
    return Rows(keys[starts], weights.astype(np.float32), lengths, is_stop_word)


def _starts(keys: Keys, rows: Ints | None = None) -> Ints:
    """Where another key, or another row, begins."""
    first = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    if rows is not None:
        first[1:] |= rows[1:] != rows[:-1]
    return first.nonzero()[0]
