"""Which of the customer's own words speak for an article: what a suggestion shows as its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from search.analysis import Word, gram_keys
from search.segment import Segment

MAX_TERMS: Final = 8
# A misspelled word counts when the title has at least this share of its character n-grams.
_SPELLING_SHARE: Final = 0.5
_MIN_MISSPELLED_CHARACTERS: Final = 5
_FIELDS: Final = ("title", "text", "centroid")


@dataclass(frozen=True, slots=True)
class MatchedWords:
    """`terms` are surfaces as typed, most telling first; `stems` are what they match."""

    terms: tuple[str, ...]
    stems: frozenset[str]


def matched_words(
    segment: Segment, words: Sequence[Word], telling: Mapping[str, float], article: int
) -> MatchedWords:
    """The words of a draft that stand in an article or in the tickets that it solved.

    `telling` is how rare each stem is; stop words are no reason. A misspelled word counts when it
    is near the title.
    """
    asked = {word.stem: word for word in words if not word.common and len(word.surface) > 1}
    numbers, here = segment.find(np.array([each.key for each in asked.values()], np.uint64))
    weights = np.zeros(len(numbers))
    for field in _FIELDS:
        weights += segment.by_row[field].weights_of(article, numbers)
    found: dict[str, tuple[float, str]] = {}
    for (stem, word), weight, is_here in zip(asked.items(), weights, here, strict=True):
        # A word that stands elsewhere is no slip of the pen.
        own = telling[stem] * weight if is_here else _misspelled_weight(segment, word, article)
        if own > 0:
            found[stem] = (float(own), word.surface)
    ordered = sorted(found.values(), key=lambda item: (-item[0], item[1]))
    return MatchedWords(tuple(surface for _, surface in ordered[:MAX_TERMS]), frozenset(found))


def _misspelled_weight(segment: Segment, word: Word, article: int) -> float:
    if len(word.folded) < _MIN_MISSPELLED_CHARACTERS:
        return 0.0
    numbers, here = segment.find(gram_keys(word.folded))
    weights = segment.by_row["spelling"].weights_of(article, numbers[here])
    enough = np.count_nonzero(weights) >= _SPELLING_SHARE * len(numbers)
    return float(weights.sum()) if enough else 0.0
