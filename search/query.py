"""A draft as the engine sees it: sparse unit vectors, weighed by how rare each feature is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.analysis import Word
from search.counting import Flags, Floats, Ints, Rows, count_grams_of, count_words, widened
from search.keys import Keys, grams_of
from search.live import Live

ALIKE_SHARE: Final = 0.7
"""What a synonym counts beside a word that was typed."""
# A draft of so many different words is half as brief as one of none.
_BRIEF: Final = 3.0


@dataclass(frozen=True)
class Place:
    """Where a query's features are in one segment: their numbers, those that are not here left out.

    `telling` are the word features that are no stop words, `unknown` the n-grams of words that no
    text has. `word_places` and `gram_places` are those of all features of the query, and whether
    each is here.
    """

    words: Ints
    word_weights: Floats
    telling: Flags
    grams: Ints
    gram_weights: Floats
    unknown: Flags
    word_places: tuple[Ints, Flags]
    gram_places: tuple[Ints, Flags]

    @property
    def features(self) -> Ints:
        """Words and n-grams."""
        return np.concatenate([self.words, self.grams])

    @property
    def weights(self) -> Floats:
        """Theirs, in the same order."""
        return np.concatenate([self.word_weights, self.gram_weights])


@dataclass(frozen=True)
class Query:
    """The words (with pairs) and the n-grams of a draft, each a vector of length one.

    Words that no text has count in the length: a text about something else stays far from
    everything. `known_words` are those that some text has, and `known`, in [0, 1], their share of
    the draft. `brevity`, in (0, 1], is the less the more different words the draft has.
    """

    words: Rows
    word_weights: Floats
    word_idf: Floats
    known_words: Flags
    grams: Rows
    known: float
    brevity: float
    places: tuple[Place, ...]


def ask(
    words: Sequence[Word], parts: Sequence[Live], alike: Sequence[Sequence[Word]] = ()
) -> Query:
    """The query that these words make to an index of these parts.

    `alike` are other ways of saying some of it, which count for less.
    """
    counted, grams = count_words([words]), count_grams_of(words)
    if alike:
        counted = widened(counted, count_words(alike), ALIKE_SHARE)
    count = len(counted.keys)
    keys = np.concatenate([counted.keys, grams.keys])
    found = [part.segment.find(keys) for part in parts]
    units = sum(part.article_count + part.ticket_count for part in parts)
    df = _total(parts, found, len(keys))
    idf = smooth_idf(df, units)
    # A stop word stands in nearly every text, though not every text is indexed with it.
    word_idf = np.where(counted.common, np.float32(1.0), idf[:count])
    word_weights = _unit(counted.weights * word_idf)
    gram_weights = _unit(grams.weights * idf[count:])
    known_words = df[:count] > 0
    known = float(np.sum(word_weights[known_words | counted.common] ** 2, dtype=np.float64))
    telling = ~counted.common
    unknown = _unknown_grams(words, counted.keys[telling & ~known_words], grams.keys)
    places = []
    for at, here in found:
        word_at, word_here, gram_at, gram_here = at[:count], here[:count], at[count:], here[count:]
        places.append(
            Place(
                words=word_at[word_here],
                word_weights=word_weights[word_here],
                telling=telling[word_here],
                grams=gram_at[gram_here],
                gram_weights=gram_weights[gram_here],
                unknown=unknown[gram_here],
                word_places=(word_at, word_here),
                gram_places=(gram_at, gram_here),
            )
        )
    different = len({word.key for word in words})
    return Query(
        words=counted,
        word_weights=word_weights,
        word_idf=word_idf,
        known_words=known_words,
        grams=grams,
        known=known,
        brevity=_BRIEF / (_BRIEF + different),
        places=tuple(places),
    )


def smooth_idf(frequency: Ints, units: int) -> Floats:
    """ln((1 + N) / (1 + df)) + 1, as scikit-learn defines it."""
    idf: Floats = (np.log((1.0 + units) / (1.0 + frequency)) + 1.0).astype(np.float32)
    return idf


def _total(parts: Sequence[Live], found: Sequence[tuple[Ints, Flags]], count: int) -> Ints:
    total = np.zeros(count, dtype=np.int64)
    for part, (at, here) in zip(parts, found, strict=True):
        if len(part.segment.keys):
            total += part.frequency(at, here)
    return total


def _unit(weights: npt.NDArray[np.floating[Any]]) -> Floats:
    length = float(np.sqrt(np.sum(weights.astype(np.float64) ** 2)))
    return (weights / (length or 1.0)).astype(np.float32)


def _unknown_grams(words: Sequence[Word], strange: Keys, grams: Keys) -> Flags:
    """Which n-grams are of words whose keys are strange."""
    unknown = np.zeros(len(grams), dtype=bool)
    keys = set(strange.tolist())
    theirs = [word.folded for word in words if word.key in keys]
    if theirs:
        unknown[np.searchsorted(grams, np.concatenate(grams_of(theirs)))] = True
    return unknown
