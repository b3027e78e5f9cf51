"""Which part of an article a suggestion points at: its beginning, unless another speaks clearly."""

from typing import Final

import numpy as np

from search.counting import Floats, Ints
from search.matched_words import Asked
from search.segment import Segment, ranges

# BM25 among the passages of one article, as Robertson and Zaragoza give it.
_SATURATION: Final = 1.2
_LENGTH_SHARE: Final = 0.5
# A part must say so many times what the beginning says, and so much of what it could.
_CLEARLY: Final = 1.5
_MIN_SHARE: Final = 0.12


def choose_passages(segment: Segment, articles: Ints, asked: Asked) -> list[int]:
    """For each article the number of the passage to point at, among all of the segment.

    A word of the draft counts for a passage the more the fewer of the article's others have it:
    what stands all over the article tells none apart. The first passage is taken, or another one of
    the article's beginning (anchor ""), unless one is clearly better.
    """
    starts = segment.articles.passage_starts
    counts = starts[articles + 1] - starts[articles]
    passages = ranges(starts, articles)
    scores = _scores(segment, passages, counts, asked)
    anchors = segment.articles.anchors.starts
    leads = anchors[passages] == anchors[passages + 1]
    chosen, begin = [], 0
    for count in counts.tolist():
        own = scores[begin : begin + count]
        leads[begin] = True
        lead = int(np.argmax(np.where(leads[begin : begin + count], own, -1.0)))
        best = int(np.argmax(own))
        clear = max(_CLEARLY * float(own[lead]), _MIN_SHARE * asked.whole)
        chosen.append(int(passages[begin + (best if own[best] > clear else lead)]))
        begin += count
    return chosen


def _scores(segment: Segment, passages: Ints, counts: Ints, asked: Asked) -> Floats:
    """BM25 of each passage; `counts` says how many each article has."""
    field = segment.by_row["passage"]
    at, lengths = field.positions(passages)
    features = field.features[at]
    with segment.weighing(asked.features, asked.idf[asked.numbers]) as telling:
        idf = telling[features]
    weights = field.weights[at]
    hits = np.flatnonzero(idf)
    rows = np.repeat(np.arange(len(passages)), lengths)[hits]
    article_of = np.repeat(np.arange(len(counts)), counts)
    articles = article_of[rows]
    # How many passages of its article hold each word.
    _, words, holders = np.unique(
        articles * len(segment.keys) + features[hits], return_inverse=True, return_counts=True
    )
    rarity = np.log1p((counts[articles] - holders[words] + 0.5) / (holders[words] + 0.5))
    # From the weight in a unit row, 1 + ln tf beside that of a word that stands once.
    units = np.ones(len(passages), dtype=np.float32)
    filled = lengths > 0
    offsets = np.cumsum(lengths) - lengths
    if filled.any():
        units[filled] = np.minimum.reduceat(weights, offsets[filled])
    frequency = np.exp(weights[hits] / units[rows] - 1.0)
    means = np.bincount(article_of, lengths) / counts
    relative = lengths / np.maximum(means, 1.0)[article_of]
    dampening = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * relative)
    gains = idf[hits] * rarity * frequency / (frequency + dampening[rows])
    return np.bincount(rows, gains, len(passages)).astype(np.float32)
