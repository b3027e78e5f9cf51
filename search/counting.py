"""How often each feature stands in a text: unigrams, pairs of adjacent unigrams, character n-grams.

The same for articles and tickets (many texts at once) and for a draft (one).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from search.analysis import Word, character_grams

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

UNKNOWN: Final = -1
PAIR_SHIFT: Final = 32


class Numbering(Protocol):
    """Gives features their numbers, or UNKNOWN."""

    def unigram(self, name: str) -> int: ...

    def gram(self, name: str) -> int: ...

    def pairs(self, keys: Ints) -> Ints:
        """Numbers of pairs by key: number of the left unigram << 32 | number of the right one."""
        ...


@dataclass(frozen=True, slots=True)
class Counts:
    """Features of some texts: entry i says that `rows[i]` holds `features[i]` with `weights[i]`.

    Weights are dampened term frequencies (1 + ln tf), less for stop words. Sorted by row, feature.
    A feature of UNKNOWN stands for one word (or gram) that has no number.
    """

    rows: Ints
    features: Ints
    weights: Floats


def count_words(
    texts: Sequence[Sequence[Word]], numbering: Numbering, common_weight: float
) -> Counts:
    """Unigrams and pairs of each text. Unknown unigrams stay, as UNKNOWN; unknown pairs go.

    `common_weight` is what a stop word counts beside another word.
    """
    rows = _row_numbers(texts)
    # Analysers give the same object for the same word, and looking up an object is cheap.
    met: dict[Word, int] = {}
    place = np.fromiter(
        (met.setdefault(word, len(met)) for text in texts for word in text), np.int64, len(rows)
    )
    numbers = np.array([numbering.unigram(word.stem) for word in met], dtype=np.int64)
    features = numbers[place]
    common = np.array([word.common for word in met], dtype=bool)[place]
    words = list(met)
    with_exact = np.array([bool(word.exact) for word in words], dtype=bool)[place]
    exact = [
        (int(rows[at]), number)
        for at in np.flatnonzero(with_exact)
        for name in words[place[at]].exact
        if (number := numbering.unigram(name)) != UNKNOWN
    ]
    exact_array = np.array(exact, dtype=np.int64).reshape(-1, 2)

    left, right = features[:-1], features[1:]
    adjacent = (rows[:-1] == rows[1:]) & (left != UNKNOWN) & (right != UNKNOWN)
    pairs = numbering.pairs((left[adjacent] << PAIR_SHIFT) | right[adjacent])
    known = pairs != UNKNOWN
    both_common = (common[:-1] & common[1:])[adjacent]
    return _count(
        np.concatenate([rows, exact_array[:, 0], rows[:-1][adjacent][known]]),
        np.concatenate([features, exact_array[:, 1], pairs[known]]),
        np.concatenate([common, np.zeros(len(exact), dtype=bool), both_common[known]]),
        common_weight,
    )


def count_grams(texts: Sequence[Sequence[Word]], numbering: Numbering) -> Counts:
    """Character n-grams of each text, stop words included."""
    folded: dict[str, int] = {}
    flat = [folded.setdefault(word.folded, len(folded)) for text in texts for word in text]
    gram_words: list[int] = []
    grams: list[int] = []
    for number, word in enumerate(folded):
        numbers = [numbering.gram(gram) for gram in character_grams(word)]
        grams.extend(numbers)
        gram_words.extend([number] * len(numbers))
    columns = np.array(grams, dtype=np.int64)
    unknown = int(columns.max(initial=-1)) + 1
    columns[columns == UNKNOWN] = unknown
    holds = sparse.csr_array(
        (np.ones(len(flat)), (_row_numbers(texts), np.array(flat, dtype=np.int64))),
        (len(texts), len(folded)),
    )
    spells = sparse.csr_array(
        (np.ones(len(columns)), (gram_words, columns)), (len(folded), unknown + 1)
    )
    product = sparse.csr_array(holds @ spells)
    product.sort_indices()
    counted = np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(product.indptr))
    features = product.indices.astype(np.int64)
    features[features == unknown] = UNKNOWN
    return Counts(counted, features, (1.0 + np.log(product.data)).astype(np.float32))


def _row_numbers(texts: Sequence[Sequence[Word]]) -> Ints:
    lengths = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    return np.repeat(np.arange(len(texts), dtype=np.int64), lengths)


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
