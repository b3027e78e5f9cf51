"""Which of the customer's own words speak for an article: what a suggestion shows as its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from search.analysis import Word
from search.counting import Flags, Floats, Ints
from search.keys import gram_keys
from search.query import Query
from search.segment import Segment

MAX_TERMS: Final = 8
# A misspelled word counts when the title has at least this share of its character n-grams.
_SPELLING_SHARE: Final = 0.5
_MIN_MISSPELLED_CHARACTERS: Final = 5
# Of more unknown words the draft is not in the language of the help centre at all.
_MOST_MISSPELLED: Final = 16
_FIELDS: Final = ("title", "text", "centroid")


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a draft that are no stop words, each stem once, sorted by their keys.

    `idf` is how telling each is, `known` whether some text of the index has it, and `whole` the sum
    of those that are. Of one segment: `features` are the numbers of the words that are there,
    `numbers` says which words those are, and `misspelled` holds the long unknown words with the
    n-grams of each that are there, and how many each has.
    """

    words: Sequence[Word]
    idf: Floats
    known: Flags
    whole: float
    features: Ints
    numbers: Ints
    misspelled: Sequence[tuple[int, Ints, int]]

    @classmethod
    def of(cls, words: Sequence[Word], query: Query, segment: Segment) -> "Asked":
        stems = {word.key: word for word in words if not word.common and len(word.surface) > 1}
        asked = [stems[key] for key in sorted(stems)]
        keys = np.array(sorted(stems), np.uint64)
        at = np.searchsorted(query.words.keys, keys)
        idf, known = query.word_idf[at], query.known_words[at]
        strange = [
            number
            for number in np.flatnonzero(~known).tolist()
            if len(asked[number].folded) >= _MIN_MISSPELLED_CHARACTERS
        ][:_MOST_MISSPELLED]
        grams, word_of = gram_keys([asked[number].folded for number in strange])
        at, there = segment.find(grams)
        misspelled = [
            (number, at[own & there], int(np.count_nonzero(own)))
            for number, own in ((number, word_of == n) for n, number in enumerate(strange))
        ]
        features, here = segment.find(keys)
        whole = float(idf[known].sum(dtype=np.float64))
        return cls(asked, idf, known, whole, features[here], np.flatnonzero(here), misspelled)


@dataclass(frozen=True, slots=True)
class MatchedWords:
    """`terms` are surfaces as typed, most telling first; `stems` are what they match."""

    terms: tuple[str, ...]
    stems: frozenset[str]


def matched_words(segment: Segment, asked: Asked, articles: Ints) -> list[MatchedWords]:
    """For each article the words of a draft that stand in it or in the tickets that it solved.

    Stop words are no reason. A misspelled word counts when it is near the title.
    """
    gains = _weights(segment, asked, articles) * asked.idf
    for number, grams, count in asked.misspelled:
        for at, article in enumerate(articles.tolist()):
            spelled = segment.by_row["spelling"].weights_of(article, grams)
            if np.count_nonzero(spelled) >= _SPELLING_SHARE * count:
                gains[at, number] = spelled.sum()
    return [_sorted(asked, own) for own in gains]


def _sorted(asked: Asked, gains: Floats) -> MatchedWords:
    found = [(-float(gains[n]), asked.words[n]) for n in np.flatnonzero(gains > 0).tolist()]
    found.sort(key=lambda item: (item[0], item[1].surface))
    return MatchedWords(
        tuple(word.surface for _, word in found[:MAX_TERMS]),
        frozenset(word.stem for _, word in found),
    )


def _weights(segment: Segment, asked: Asked, articles: Ints) -> Floats:
    """What each word weighs in the fields of each article, of shape (articles, words)."""
    features, weights, lengths = [], [], []
    for name in _FIELDS:
        field = segment.by_row[name]
        at, own = field.positions(articles)
        features.append(field.features[at])
        weights.append(field.weights[at])
        lengths.append(own)
    # Numbers from 1 on, as weights of the features: exact, there are not that many words.
    with segment.weighing(asked.features, asked.numbers + np.float32(1)) as numbers:
        found = numbers[np.concatenate(features)].astype(np.int64)
    rows = np.repeat(np.tile(np.arange(len(articles)), len(_FIELDS)), np.concatenate(lengths))
    width = len(asked.words) + 1
    summed = np.bincount(
        rows * width + found, np.concatenate(weights), minlength=len(articles) * width
    )
    return summed.reshape(len(articles), width)[:, 1:].astype(np.float32)
