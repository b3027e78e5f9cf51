"""Which part of an article a suggestion points at: its beginning, unless another speaks clearly."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log
from typing import Final

from search.analysis import Analyser, clean
from search.passages import Passage

# BM25 among the passages of one article, as Robertson and Zaragoza give it.
_SATURATION: Final = 1.2
_LENGTH_SHARE: Final = 0.5
_HEADING_COUNTS: Final = 2
# A part must say so many times what the beginning says, and so much of what it could.
_CLEARLY: Final = 1.5
_MIN_SHARE: Final = 0.12
# What is suggested often is not counted anew each time.
_MEMO_PASSAGES: Final = 4_096


def choose_passage(
    passages: Sequence[Passage], wanted: Mapping[str, float], analyser: Analyser
) -> int:
    """The number of the passage to point at.

    `wanted` are the stems of the draft and how telling each is (idf). A word counts for a passage
    the more the fewer of the others have it: what stands all over the article tells none apart.
    The first passage is taken, or another one of the article's beginning (anchor ""), unless one
    is clearly better.
    """
    counts = [_counts(passage, analyser) for passage in passages]
    weights = {
        stem: idf * _rarity(sum(stem in each for each in counts), len(counts))
        for stem, idf in wanted.items()
    }
    mean_length = sum(each.total() for each in counts) / len(counts) or 1.0
    scores = [_score(each, weights, each.total() / mean_length) for each in counts]
    lead = max(
        (number for number, passage in enumerate(passages) if _is_lead(number, passage)),
        key=lambda number: (scores[number], -number),
    )
    best = max(range(len(passages)), key=lambda number: (scores[number], -number))
    clear = max(_CLEARLY * scores[lead], _MIN_SHARE * sum(wanted.values()))
    return best if scores[best] > clear else lead


def _is_lead(number: int, passage: Passage) -> bool:
    return number == 0 or not passage.anchor


@lru_cache(_MEMO_PASSAGES)
def _counts(passage: Passage, analyser: Analyser) -> Counter[str]:
    heading = [word.stem for word in analyser.words(clean(passage.title))]
    text = [word.stem for word in analyser.words(clean(passage.text))]
    return Counter(heading * _HEADING_COUNTS + text)


def _rarity(holders: int, count: int) -> float:
    return log(1 + (count - holders + 0.5) / (holders + 0.5)) if holders else 0.0


def _score(counts: Mapping[str, int], weights: Mapping[str, float], length: float) -> float:
    dampening = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * length)
    return sum(
        weight * counts[stem] / (counts[stem] + dampening)
        for stem, weight in weights.items()
        if counts.get(stem)
    )
