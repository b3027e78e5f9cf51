"""From an article that was found to what is shown of it: the section, a few lines, the reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from search.analysis import Word, analyser
from search.excerpts import Pointed, excerpts
from search.judged import Judged
from search.matched_words import Asked, matched_words
from search.passages import Passage
from search.recipe import RANKED
from search.section_choice import choose_passages
from search.segment import LANGUAGE_LABELS

Source = Literal["title", "text", "section", "meaning", "tickets", "popularity"]

# What the signals of the rank are drawn from, as people would say it.
_SOURCES: Final[dict[str, Source]] = {
    "title": "title",
    "spelling": "title",
    "text": "text",
    "passage": "section",
    "centroid": "tickets",
    "manner": "tickets",
    "nearest": "tickets",
    "votes": "tickets",
    "linear": "tickets",
    "meaning": "meaning",
    "meaning_centroid": "tickets",
    "meaning_nearest": "tickets",
    "meaning_votes": "tickets",
    "meaning_linear": "tickets",
    "popularity": "popularity",
    "popularity_brief": "popularity",
}
# A source is named when it makes at least this share of what speaks for an article.
_NAMED_SHARE: Final = 0.1
# A ticket is named when it is at least so near: a cosine of words and character n-grams.
_NEAR: Final = 0.15
_MOST_TICKETS: Final = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may answer a draft, and the section that does.

    `score` orders suggestions of one draft. `confidence`, in [0, 1], is the chance that the
    article is right. `excerpt` is plain text. `terms` are the customer's own words that matched,
    as typed, the most telling first. `sources` is what made the score, most first. `tickets` are
    the ids of the nearest tickets that the article solved, nearest first.
    """

    document_id: str
    section_anchor: str
    section_title: str
    excerpt: str
    score: float
    confidence: float
    terms: tuple[str, ...]
    sources: tuple[Source, ...] = ()
    tickets: tuple[str, ...] = ()


class Showing:
    """Makes suggestions of the articles found for one draft, each only when it is asked for."""

    def __init__(self, words: Sequence[Word], judged: Judged) -> None:
        self._judged = judged
        self._words = words

    def suggestions(self, numbers: Sequence[int]) -> tuple[Suggestion, ...]:
        """What is shown of some candidates, in this order."""
        candidates = self._judged.candidates
        made: dict[int, Suggestion] = {}
        for part in range(len(self._judged.parts)):
            own = [at for at in numbers if candidates.parts[at] == part]
            if own:
                made |= zip(own, self._of_part(part, own), strict=True)
        return tuple(made[at] for at in numbers)

    def _of_part(self, part: int, numbers: Sequence[int]) -> Iterator[Suggestion]:
        segment = self._judged.parts[part].segment
        asked = Asked.of(self._words, self._judged.query, part)
        candidates, judgement = self._judged.candidates, self._judged.judgement
        own = segment.articles
        rows = candidates.rows[list(numbers)]
        sources = self._sources(numbers)
        known = segment.profiles(rows)
        chosen = choose_passages(segment, rows, known, asked)
        words = matched_words(segment, known, asked)
        languages = [LANGUAGE_LABELS[int(own.languages[row])] or None for row in rows.tolist()]
        pointed = [Passage.unpacked(own.passages[passage]) for passage in chosen]
        told = excerpts(
            [
                Pointed(passage.text, matched.stems, analyser(language))
                for passage, matched, language in zip(pointed, words, languages, strict=True)
            ]
        )
        for at, row, passage, lines, matched, named in zip(
            numbers, rows.tolist(), pointed, told, words, sources, strict=True
        ):
            yield Suggestion(
                document_id=self._judged.document_id(at),
                section_anchor=passage.anchor,
                section_title=passage.title,
                excerpt=lines,
                score=float(judgement.scores[at]),
                confidence=float(judgement.confidence[at]),
                terms=matched.terms,
                sources=named,
                tickets=tuple(
                    own.ticket_ids[ticket]
                    for ticket, _ in candidates.near.of(part, row, _NEAR)[:_MOST_TICKETS]
                ),
            )

    def _sources(self, numbers: Sequence[int]) -> list[tuple[Source, ...]]:
        judgement = self._judged.judgement
        gains = judgement.columns[list(numbers)] * judgement.weights
        points = np.maximum(gains, 0.0) @ _OF_SOURCE
        named = (points > 0) & (points >= _NAMED_SHARE * points.sum(axis=1, keepdims=True))
        order = np.argsort(-points, axis=1, kind="stable")
        return [
            tuple(_NAMES[at] for at in own.tolist() if is_named[at])
            for own, is_named in zip(order, named, strict=True)
        ]


# In alphabetical order, which decides between sources that make as much.
_NAMES: Final[tuple[Source, ...]] = tuple(sorted(set(_SOURCES.values())))
_OF_SOURCE: Final = np.array(
    [[_SOURCES[each.removesuffix("_unlearned")] == name for name in _NAMES] for each in RANKED],
    dtype=np.float64,
)
