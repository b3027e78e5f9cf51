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
    found: dict[str, tuple[float, str]] = {}
    for (stem, word), number, is_here in zip(asked.items(), numbers, here, strict=True):
        weight = (
            telling[stem]
            * sum(segment.by_row[field].weight_of(article, int(number)) for field in _FIELDS)
            if is_here
            else 0.0
        )
        if weight <= 0:
            weight = _misspelled_weight(segment, word, article)
        if weight > 0:
            found[stem] = (weight, word.surface)
    ordered = sorted(found.values(), key=lambda item: (-item[0], item[1]))
    return MatchedWords(tuple(surface for _, surface in ordered[:MAX_TERMS]), frozenset(found))


def _misspelled_weight(segment: Segment, word: Word, article: int) -> float:
    if len(word.folded) < _MIN_MISSPELLED_CHARACTERS:
        return 0.0
    grams = gram_keys(word.folded)
    numbers, here = segment.find(grams)
    spelling = segment.by_row["spelling"]
    weights = [spelling.weight_of(article, int(number)) for number in numbers[here]]
    share = sum(weight > 0 for weight in weights) / len(grams)
    return sum(weights) if share >= _SPELLING_SHARE else 0.0
