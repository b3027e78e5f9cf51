"""Which of the customer's own words speak for an article: what a suggestion shows as its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from search.analysis import Word
from search.counting import Flags, Floats, Ints
from search.keys import grams_of
from search.profiles import Profiles
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
    `numbers` says which words those are. `misspelled` says which words are long and unknown,
    `grams` are the n-grams of each of these that are there, and `gram_counts` how many each has.
    """

    words: Sequence[Word]
    idf: Floats
    known: Flags
    whole: float
    features: Ints
    numbers: Ints
    misspelled: Sequence[int]
    grams: Sequence[Ints]
    gram_counts: Sequence[int]

    @classmethod
    def of(cls, words: Sequence[Word], query: Query, part: int) -> "Asked":
        stems = {word.key: word for word in words if not word.common and len(word.surface) > 1}
        asked = [stems[key] for key in sorted(stems)]
        at = np.searchsorted(query.words.keys, np.array(sorted(stems), np.uint64))
        idf, known = query.word_idf[at], query.known_words[at]
        strange = [
            number
            for number in np.flatnonzero(~known).tolist()
            if len(asked[number].folded) >= _MIN_MISSPELLED_CHARACTERS
        ][:_MOST_MISSPELLED]
        place = query.places[part]
        features, here = place.word_places[0][at], place.word_places[1][at]
        gram_at, gram_here = place.gram_places
        grams, counts = [], []
        for own in grams_of([asked[number].folded for number in strange]):
            # A synonym's n-grams are no part of the query.
            found = np.searchsorted(query.grams.keys[:-1], own)
            found = found[query.grams.keys[found] == own]
            grams.append(gram_at[found][gram_here[found]])
            counts.append(len(own))
        whole = float(idf[known].sum(dtype=np.float64))
        return cls(
            asked, idf, known, whole, features[here], here.nonzero()[0], strange, grams, counts
        )


@dataclass(frozen=True, slots=True)
class MatchedWords:
    """`terms` are surfaces as typed, most telling first; `stems` are what they match."""

    terms: tuple[str, ...]
    stems: frozenset[str]


def matched_words(segment: Segment, known: Profiles, asked: Asked) -> list[MatchedWords]:
    """For each article of a segment the words of a draft that stand in it or in the tickets that it solved.

    Stop words are no reason. A misspelled word counts when it is near the title.
    """
    gains = _weights(segment, known, asked) * asked.idf
    if asked.misspelled:
        _add_misspelled(gains, segment, known, asked)
    return [_sorted(asked, own) for own in gains]


def _sorted(asked: Asked, gains: Floats) -> MatchedWords:
    at = gains.nonzero()[0]
    found = [
        (-gain, asked.words[number].surface, asked.words[number].stem)
        for gain, number in zip(gains[at].tolist(), at.tolist(), strict=True)
    ]
    found.sort()
    return MatchedWords(
        tuple(surface for _, surface, _ in found[:MAX_TERMS]),
        frozenset(stem for _, _, stem in found),
    )


def _weights(segment: Segment, known: Profiles, asked: Asked) -> Floats:
    """What each word weighs in the fields of each article, of shape (articles, words)."""
    field = known.rows
    count, width = len(known.passage_counts), len(asked.words) + 1
    summed = np.zeros(count * width)
    # Numbers from 1 on, as weights of the features: exact, there are not that many words.
    with segment.weighing(asked.features, asked.numbers + np.float32(1)) as numbers:
        for name in _FIELDS:
            at, lengths = field.positions(known.of(name))
            found = numbers[field.features[at]]
            hits = found.nonzero()[0]
            rows = np.repeat(np.arange(0, count * width, width), lengths)[hits]
            summed += np.bincount(
                rows + found[hits].astype(np.int64), field.weights[at[hits]], count * width
            )
    return summed.reshape(count, width)[:, 1:].astype(np.float32)


def _add_misspelled(gains: Floats, segment: Segment, known: Profiles, asked: Asked) -> None:
    """What the n-grams of unknown words weigh in titles that have enough of them."""
    field, articles = known.rows, len(known.passage_counts)
    at, lengths = field.positions(known.of("spelling"))
    with segment.weighing(np.concatenate(asked.grams), np.float32(1)) as wanted:
        hits = wanted[field.features[at]].nonzero()[0]
    if not len(hits):
        return
    rows = np.repeat(np.arange(articles), lengths)[hits]
    features, weights = field.features[at[hits]], field.weights[at[hits]]
    for number, grams, count in zip(asked.misspelled, asked.grams, asked.gram_counts, strict=True):
        own = (features[:, None] == grams).any(axis=1)
        held = np.bincount(rows[own], minlength=articles)
        spelled = np.bincount(rows[own], weights[own], articles)
        enough = (held > 0) & (held >= _SPELLING_SHARE * count)
        gains[enough, number] = spelled[enough]
