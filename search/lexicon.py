"""The feature space: unigrams, word pairs and character n-grams, each with a number.

Numbers are given in sorted order, so that the same texts make the same lexicon whatever their
order. Features are counted here, for many texts at once (building) and for one (a draft).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from search.analysis import Word, character_grams

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

_PAIR_SHIFT: Final = 32
UNKNOWN: Final = -1


@dataclass(frozen=True, slots=True)
class Counts:
    """Features of some texts: entry i says that `rows[i]` holds `features[i]` with `weights[i]`.

    Weights are dampened term frequencies (1 + ln tf), less for stop words. Sorted by row, feature.
    A feature of UNKNOWN stands for one word (or gram) that the lexicon does not hold.
    """

    rows: Ints
    features: Ints
    weights: Floats


@dataclass(frozen=True)
class Lexicon:
    """Numbers for features. Word features: unigrams first, then pairs of adjacent unigrams."""

    unigrams: dict[str, int]
    pairs: Ints  # sorted keys: left unigram << 32 | right unigram
    grams: dict[str, int]

    @property
    def word_features(self) -> int:
        """How many unigrams and pairs there are."""
        return len(self.unigrams) + len(self.pairs)

    def word_counts(self, texts: Sequence[Sequence[Word]], common_weight: float) -> Counts:
        """Unigrams and pairs of each text. Unknown unigrams stay, as UNKNOWN; unknown pairs go."""
        stream = _stream(texts, self.unigrams)
        pair_rows, pair_keys, pair_common = _pairs(stream)
        if len(self.pairs):
            found = np.searchsorted(self.pairs, pair_keys)
            found[found == len(self.pairs)] = 0
            known = self.pairs[found] == pair_keys
        else:
            found = np.zeros(len(pair_keys), dtype=np.int64)
            known = np.zeros(len(pair_keys), dtype=bool)
        rows = np.concatenate([stream.rows, stream.exact_rows, pair_rows[known]])
        features = np.concatenate(
            [stream.features, stream.exact_features, found[known] + len(self.unigrams)]
        )
        common = np.concatenate(
            [stream.common, np.zeros(len(stream.exact_rows), dtype=bool), pair_common[known]]
        )
        return _count(rows, features, common, common_weight)

    def gram_counts(self, texts: Sequence[Sequence[Word]]) -> Counts:
        """Character n-grams of each text, stop words included."""
        folded: dict[str, int] = {}
        flat = [folded.setdefault(word.folded, len(folded)) for text in texts for word in text]
        rows = _row_numbers(texts)
        gram_words: list[int] = []
        gram_ids: list[int] = []
        unknown = len(self.grams)
        for number, word in enumerate(folded):
            ids = [self.grams.get(gram, unknown) for gram in character_grams(word)]
            gram_ids.extend(ids)
            gram_words.extend([number] * len(ids))
        shape = (len(texts), len(folded))
        holds = sparse.csr_array(
            (np.ones(len(flat)), (rows, np.array(flat, dtype=np.int64))), shape
        )
        spells = sparse.csr_array(
            (np.ones(len(gram_ids)), (gram_words, gram_ids)), (len(folded), unknown + 1)
        )
        product = sparse.csr_array(holds @ spells)
        product.sort_indices()
        counted = np.repeat(np.arange(len(texts)), np.diff(product.indptr))
        features = product.indices.astype(np.int64)
        features[features == unknown] = UNKNOWN
        weights = (1.0 + np.log(product.data)).astype(np.float32)
        return Counts(counted.astype(np.int64), features, weights)


def learn_lexicon(texts: Iterable[Sequence[Word]], spelled: Iterable[Sequence[Word]]) -> Lexicon:
    """Number every unigram and pair of `texts`, and every character n-gram of `spelled`."""
    texts = list(texts)
    names = {word.stem for text in texts for word in text}
    names.update(chain.from_iterable(word.exact for text in texts for word in text if word.exact))
    unigrams = {name: number for number, name in enumerate(sorted(names))}
    _, keys, _ = _pairs(_stream(texts, unigrams))
    words = {word.folded for text in spelled for word in text}
    grams = sorted(set(chain.from_iterable(map(character_grams, words))))
    return Lexicon(unigrams, np.unique(keys), {gram: number for number, gram in enumerate(grams)})


@dataclass(frozen=True, slots=True)
class _Stream:
    rows: Ints
    features: Ints
    common: npt.NDArray[np.bool_]
    exact_rows: Ints
    exact_features: Ints


def _row_numbers(texts: Sequence[Sequence[Word]]) -> Ints:
    lengths = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    return np.repeat(np.arange(len(texts), dtype=np.int64), lengths)


def _stream(texts: Sequence[Sequence[Word]], unigrams: dict[str, int]) -> _Stream:
    rows = _row_numbers(texts)
    number = unigrams.get
    features = np.fromiter(
        (number(word.stem, UNKNOWN) for text in texts for word in text),
        dtype=np.int64,
        count=len(rows),
    )
    common = np.fromiter(
        (word.common for text in texts for word in text), dtype=bool, count=len(rows)
    )
    exact = [
        (row, number(name, UNKNOWN))
        for row, text in enumerate(texts)
        for word in text
        if word.exact
        for name in word.exact
    ]
    exact_array = np.array([pair for pair in exact if pair[1] != UNKNOWN], dtype=np.int64)
    exact_array = exact_array.reshape(-1, 2)
    return _Stream(rows, features, common, exact_array[:, 0], exact_array[:, 1])


def _pairs(stream: _Stream) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    left, right = stream.features[:-1], stream.features[1:]
    adjacent = (stream.rows[:-1] == stream.rows[1:]) & (left != UNKNOWN) & (right != UNKNOWN)
    keys = (left[adjacent] << _PAIR_SHIFT) | right[adjacent]
    common = stream.common[:-1][adjacent] & stream.common[1:][adjacent]
    return stream.rows[:-1][adjacent], keys, common


def _count(
    rows: Ints, features: Ints, common: npt.NDArray[np.bool_], common_weight: float
) -> Counts:
    if not len(rows):
        return Counts(rows, features, np.zeros(0, dtype=np.float32))
    order = np.lexsort((features, rows))
    rows, features, common = rows[order], features[order], common[order]
    first = np.ones(len(rows), dtype=bool)
    # Each unknown word is a word of its own: two different ones must not count as a repeat.
    first[1:] = (
        (rows[1:] != rows[:-1]) | (features[1:] != features[:-1]) | (features[1:] == UNKNOWN)
    )
    starts = np.flatnonzero(first)
    frequency = np.diff(np.append(starts, len(rows)))
    share_common = np.add.reduceat(common.astype(np.float64), starts) / frequency
    weights = (1.0 + np.log(frequency)) * (1.0 - (1.0 - common_weight) * share_common)
    return Counts(rows[starts], features[starts], weights.astype(np.float32))
