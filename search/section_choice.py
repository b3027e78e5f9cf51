"""Which part of an article a suggestion points at: its beginning, unless another speaks clearly."""

from typing import Final

import numpy as np

from search.counting import Flags, Floats, Ints
from search.segment import Segment

# BM25 among the passages of one article, as Robertson and Zaragoza give it.
_SATURATION: Final = 1.2
_LENGTH_SHARE: Final = 0.5
# A part must say so many times what the beginning says, and so much of what it could.
_CLEARLY: Final = 1.5
_MIN_SHARE: Final = 0.12


def choose_passage(segment: Segment, article: int, wanted: Ints, idf: Floats, whole: float) -> int:
    """The number of the passage to point at, among all passages of the segment.

    `wanted` are the features of the draft, sorted, `idf` how telling each is, and `whole` how
    telling the draft is. A word counts for
    a passage the more the fewer of the others have it: what stands all over the article tells none
    apart. The first passage is taken, or another one of the article's beginning (anchor ""), unless
    one is clearly better.
    """
    own = segment.articles
    begin, end = int(own.passage_starts[article]), int(own.passage_starts[article + 1])
    if end - begin == 1 or not len(wanted):
        return begin
    scores = _scores(segment, begin, end, wanted, idf)
    lead = max(_leads(segment, begin, end), key=lambda number: (scores[number], -number))
    best = int(np.argmax(scores))
    clear = max(_CLEARLY * scores[lead], _MIN_SHARE * whole)
    return begin + (best if scores[best] > clear else lead)


def _scores(segment: Segment, begin: int, end: int, wanted: Ints, idf: Floats) -> Floats:
    passages, count = segment.by_row["passage"], end - begin
    starts = passages.starts[begin : end + 1]
    lengths = np.diff(starts)
    features = passages.features[starts[0] : starts[-1]]
    at = np.searchsorted(wanted, features)
    at[at == len(wanted)] = 0
    hits = np.flatnonzero(wanted[at] == features)
    numbers, at = np.repeat(np.arange(count), lengths)[hits], at[hits]
    weights = passages.weights[starts[0] : starts[-1]]
    frequency = _frequencies(weights[hits], _units(weights, starts - starts[0])[numbers])
    holders = np.bincount(at, minlength=len(wanted))
    rarity = np.log1p((count - holders + 0.5) / (holders + 0.5))
    relative = lengths / max(float(lengths.mean()), 1.0)
    dampening = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * relative)
    gains = (idf * rarity)[at] * frequency / (frequency + dampening[numbers])
    return np.bincount(numbers, gains, count).astype(np.float32)


def _units(weights: Floats, starts: Ints) -> Floats:
    """What a word that stands once weighs in each passage: the least weight there is."""
    filled = starts[:-1] < starts[1:]
    units = np.ones(len(filled), dtype=np.float32)
    units[filled] = np.minimum.reduceat(weights, starts[:-1][filled])
    return units


def _frequencies(weights: Floats, units: Floats) -> Floats:
    """How often words stand in a passage, from the dampened weights (1 + ln tf) of unit rows."""
    frequencies: Floats = np.exp(weights / units - 1.0)
    return frequencies


def _leads(segment: Segment, begin: int, end: int) -> list[int]:
    starts = segment.articles.anchors.starts[begin : end + 1]
    unanchored: Flags = starts[:-1] == starts[1:]
    unanchored[0] = True
    return np.flatnonzero(unanchored).tolist()
