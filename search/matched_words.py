"""Which of the customer's own words speak for an article: what a suggestion shows as its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from search.analysis import Word, gram_keys
from search.counting import Flags, Floats, Ints
from search.query import Query
from search.segment import Segment

MAX_TERMS: Final = 8
# A misspelled word counts when the title has at least this share of its character n-grams.
_SPELLING_SHARE: Final = 0.5
_MIN_MISSPELLED_CHARACTERS: Final = 5
_FIELDS: Final = ("title", "text", "centroid")


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a draft that are no stop words, each stem once: as typed, and how telling.

    `features` are their numbers in one segment, where they are `here` at all. `known` are those
    that some text of the index has.
    """

    words: Sequence[Word]
    idf: Floats
    known: Flags
    features: Ints
    here: Flags

    @classmethod
    def of(cls, words: Sequence[Word], query: Query, segment: Segment) -> "Asked":
        stems = {word.stem: word for word in words if not word.common and len(word.surface) > 1}
        asked = list(stems.values())
        keys = np.array([word.key for word in asked], np.uint64)
        at = np.searchsorted(query.words.keys, keys)
        return cls(asked, query.word_idf[at], query.known_words[at], *segment.find(keys))

    def telling(self) -> tuple[Ints, Floats, float]:
        """The features that are here, sorted, how telling each is, and the sum of all known ones."""
        features = self.features[self.here]
        order = np.argsort(features)
        whole = float(self.idf[self.known].sum(dtype=np.float64))
        return features[order], self.idf[self.here][order], whole


@dataclass(frozen=True, slots=True)
class MatchedWords:
    """`terms` are surfaces as typed, most telling first; `stems` are what they match."""

    terms: tuple[str, ...]
    stems: frozenset[str]


def matched_words(segment: Segment, asked: Asked, article: int) -> MatchedWords:
    """The words of a draft that stand in an article or in the tickets that it solved.

    Stop words are no reason. A misspelled word counts when it is near the title.
    """
    weights = np.zeros(len(asked.words), dtype=np.float32)
    for field in _FIELDS:
        weights += segment.by_row[field].weights_of(article, asked.features)
    gains = np.where(asked.here, weights, np.float32(0)) * asked.idf
    # A word that stands elsewhere is no slip of the pen.
    for number in np.flatnonzero(~asked.known).tolist():
        gains[number] = _misspelled_weight(segment, asked.words[number], article)
    found = [(-float(gains[n]), asked.words[n]) for n in np.flatnonzero(gains > 0).tolist()]
    found.sort(key=lambda item: (item[0], item[1].surface))
    return MatchedWords(
        tuple(word.surface for _, word in found[:MAX_TERMS]),
        frozenset(word.stem for _, word in found),
    )


def _misspelled_weight(segment: Segment, word: Word, article: int) -> float:
    if len(word.folded) < _MIN_MISSPELLED_CHARACTERS:
        return 0.0
    numbers, here = segment.find(gram_keys(word.folded))
    weights = segment.by_row["spelling"].weights_of(article, numbers[here])
    enough = np.count_nonzero(weights) >= _SPELLING_SHARE * len(numbers)
    return float(weights.sum()) if enough else 0.0
