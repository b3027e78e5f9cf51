"""The feature space of an index: unigrams, word pairs and character n-grams, each with a number.

Numbers are given in sorted order, so that the same texts make the same lexicon whatever their
order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.analysis import Word
from search.counting import UNKNOWN, Counts, Ints, count_grams, count_words


@dataclass(frozen=True)
class Lexicon:
    """Numbers for features. Word features: unigrams first, then pairs of adjacent unigrams."""

    unigrams: dict[str, int]
    pair_keys: Ints  # sorted: left unigram << 32 | right unigram
    grams: dict[str, int]

    @property
    def word_features(self) -> int:
        """How many unigrams and pairs there are."""
        return len(self.unigrams) + len(self.pair_keys)

    def word_counts(self, texts: Sequence[Sequence[Word]], common_weight: float) -> Counts:
        """Unigrams and pairs of each text. Unknown unigrams stay, as UNKNOWN; unknown pairs go."""
        return count_words(texts, self, common_weight)

    def gram_counts(self, texts: Sequence[Sequence[Word]]) -> Counts:
        """Character n-grams of each text, stop words included."""
        return count_grams(texts, self)

    def unigram(self, name: str) -> int:
        """The number of a unigram, or UNKNOWN."""
        return self.unigrams.get(name, UNKNOWN)

    def gram(self, name: str) -> int:
        """The number of a character n-gram, or UNKNOWN."""
        return self.grams.get(name, UNKNOWN)

    def pairs(self, keys: Ints) -> Ints:
        """The numbers of pairs by key (see `counting.Numbering`), UNKNOWN where there is none."""
        if not len(self.pair_keys):
            return np.full(len(keys), UNKNOWN, dtype=np.int64)
        found = np.searchsorted(self.pair_keys, keys)
        found[found == len(self.pair_keys)] = 0
        known = self.pair_keys[found] == keys
        return np.where(known, found + len(self.unigrams), UNKNOWN)
