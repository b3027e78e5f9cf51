"""Which part of an article a suggestion points at: its beginning, unless another speaks clearly."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.counting import Floats, Ints
from search.groups import ranges
from search.matched_words import Asked
from search.profiles import Profiles
from search.segment import Segment

# BM25 among the passages of one article, as Robertson and Zaragoza give it.
_SATURATION: Final = 1.2
_LENGTH_SHARE: Final = 0.5
# A part must say so many times what the beginning says, and so much of what it could.
_CLEARLY: Final = 1.5
_MIN_SHARE: Final = 0.12


def choose_passages(segment: Segment, articles: Ints, known: Profiles, asked: Asked) -> list[int]:
    """For each article, of which `known` are the profiles, the number of the passage to point at, among all of the segment.

    A word of the draft counts for a passage the more the fewer of the article's others have it:
    what stands all over the article tells none apart. The first passage is taken, or another one of
    the article's beginning (anchor ""), unless one is clearly better.
    """
    starts = segment.articles.passage_starts
    counts = starts[articles + 1] - starts[articles]
    passages = ranges(starts, articles)
    scores = _scores(segment, known, asked)
    leads = segment.articles.leads[passages]
    begins = np.cumsum(counts) - counts
    leads[begins] = True
    best = _first_best(scores, begins, counts)
    lead = _first_best(np.where(leads, scores, -1.0), begins, counts)
    clear = np.maximum(_CLEARLY * scores[lead], _MIN_SHARE * asked.whole)
    chosen: list[int] = passages[np.where(scores[best] > clear, best, lead)].tolist()
    return chosen


def _first_best(scores: npt.NDArray[np.floating[Any]], begins: Ints, counts: Ints) -> Ints:
    """Of each group of scores the number of the best one, the first where several are."""
    best = np.repeat(np.maximum.reduceat(scores, begins), counts)
    reached = (scores == best).nonzero()[0]
    first: Ints = reached[np.searchsorted(reached, begins)]
    return first


def _scores(segment: Segment, known: Profiles, asked: Asked) -> Floats:
    """BM25 of each passage."""
    field, counts = known.rows, known.passage_counts
    at, lengths = field.positions(known.passages)
    # Numbers from 1 on, as weights of the features: exact, there are not that many words.
    with segment.weighing(asked.features, asked.numbers + np.float32(1)) as numbers:
        found = numbers[field.features[at]]
    hits = found.nonzero()[0]
    words = found[hits].astype(np.int64) - 1
    weights = field.weights[at]
    rows = np.repeat(np.arange(len(lengths)), lengths)[hits]
    article_of = np.repeat(np.arange(len(counts)), counts)
    articles = article_of[rows]
    # How many passages of its article hold each word.
    pairs = articles * len(asked.words) + words
    holders = np.bincount(pairs)[pairs]
    rarity = np.log1p((counts[articles] - holders + 0.5) / (holders + 0.5))
    # From the weight in a unit row, 1 + ln tf beside that of a word that stands once.
    units = np.ones(len(lengths), dtype=np.float32)
    filled = lengths > 0
    offsets = np.cumsum(lengths) - lengths
    if len(weights):
        units[filled] = np.minimum.reduceat(weights, offsets[filled])
    frequency = np.exp(weights[hits] / units[rows] - 1.0)
    means = np.bincount(article_of, lengths) / counts
    relative = lengths / np.maximum(means, 1.0)[article_of]
    dampening = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * relative)
    gains = asked.idf[words] * rarity * frequency / (frequency + dampening[rows])
    return np.bincount(rows, gains, len(lengths)).astype(np.float32)
