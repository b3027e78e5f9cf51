"""Which part of an article a suggestion points at: its beginning, unless another speaks clearly."""

from collections import Counter
from itertools import pairwise
from math import exp, log
from typing import Final

import numpy as np

from search.counting import Flags
from search.matched_words import Asked
from search.segment import Segment

# BM25 among the passages of one article, as Robertson and Zaragoza give it.
_SATURATION: Final = 1.2
_LENGTH_SHARE: Final = 0.5
# A part must say so many times what the beginning says, and so much of what it could.
_CLEARLY: Final = 1.5
_MIN_SHARE: Final = 0.12


def choose_passage(segment: Segment, article: int, asked: Asked) -> int:
    """The number of the passage to point at, among all passages of the segment.

    A word of the draft counts for a passage the more the fewer of the others have it: what stands
    all over the article tells none apart. The first passage is taken, or another one of the
    article's beginning (anchor ""), unless one is clearly better.
    """
    own = segment.articles
    begin, end = int(own.passage_starts[article]), int(own.passage_starts[article + 1])
    if end - begin == 1 or not len(asked.features):
        return begin
    scores = _scores(segment, begin, end, asked)
    lead = max(_leads(segment, begin, end), key=lambda number: (scores[number], -number))
    best = max(range(end - begin), key=lambda number: (scores[number], -number))
    clear = max(_CLEARLY * scores[lead], _MIN_SHARE * asked.whole)
    return begin + (best if scores[best] > clear else lead)


def _scores(segment: Segment, begin: int, end: int, asked: Asked) -> list[float]:
    field = segment.by_row["passage"]
    starts = field.starts[begin : end + 1].tolist()
    weights = field.weights[starts[0] : starts[-1]]
    features = field.features[starts[0] : starts[-1]]
    with segment.weighing(asked.features, asked.idf[asked.numbers]) as telling:
        here = telling[features]
    hits = np.flatnonzero(here)
    holders = Counter(features[hits].tolist())
    mean_length = (starts[-1] - starts[0]) / (end - begin) or 1.0
    units = [
        float(weights[low - starts[0] : high - starts[0]].min(initial=1.0))
        for low, high in pairwise(starts)
    ]
    scores = [0.0] * (end - begin)
    number = 0
    for hit, feature in zip(hits.tolist(), features[hits].tolist(), strict=True):
        while hit + starts[0] >= starts[number + 1]:
            number += 1
        rarity = log(1 + (end - begin - holders[feature] + 0.5) / (holders[feature] + 0.5))
        # From the weight in a unit row, 1 + ln tf beside that of a word that stands once.
        frequency = exp(float(weights[hit]) / units[number] - 1)
        length = (starts[number + 1] - starts[number]) / mean_length
        dampening = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * length)
        scores[number] += float(here[hit]) * rarity * frequency / (frequency + dampening)
    return scores


def _leads(segment: Segment, begin: int, end: int) -> list[int]:
    starts = segment.articles.anchors.starts[begin : end + 1]
    unanchored: Flags = starts[:-1] == starts[1:]
    unanchored[0] = True
    return np.flatnonzero(unanchored).tolist()
