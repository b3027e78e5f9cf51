"""What an ear hears in a draft: how near it is in meaning to titles, passages and tickets.

Each signal is a cosine in [0, 1] or a sum of some:

    meaning            the draft and the nearest of an article's title and passages
    meaning_centroid   the draft and the mean of the tickets that the article solved
    meaning_nearest    the draft and the nearest of those tickets
    meaning_votes      how many of the nearest tickets of all the article solved, by nearness

All are zero without an ear, and in a part that was heard by another one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.counting import Ints
from search.ear import Ear
from search.live import Live
from search.meanings import Meanings, rounded
from search.segment import Segment

MEANT: Final = ("meaning", "meaning_centroid", "meaning_nearest", "meaning_votes")

# So many tickets, and titles and passages each, are compared exactly.
_NEAR_TICKETS: Final = 128
_NEAR_TEXTS: Final = 64
_VOTES: Final = 20
# Nearness counts by its fourth power: unlike words, meanings are never quite unlike.
_POWER: Final = 4


@dataclass(frozen=True)
class Heard:
    """A draft's meaning, by the ear of that name."""

    ear: str
    meaning: Meanings

    @classmethod
    def by(cls, ear: Ear, text: str) -> "Heard":
        """What this ear makes of a draft."""
        return cls(ear.name, Meanings.of(rounded(ear.encode([text]))))


@dataclass(frozen=True)
class HeardTicket:
    """A ticket near the draft in meaning: of article `row` of a part."""

    part: int
    row: int
    nearness: float


def near_tickets(heard: Heard, parts: Sequence[Live]) -> list[HeardTicket]:
    """The tickets nearest in meaning, best first."""
    found = []
    for at, tickets in _nearest(heard, parts, "ticket", _NEAR_TICKETS):
        segment = parts[at].segment
        cosines = segment.meanings["ticket"].cosines(tickets, heard.meaning)
        rows, keys = segment.ticket_articles(tickets), segment.articles.ticket_keys[tickets]
        found += [
            (-nearness, key, at, row)
            for nearness, key, row in zip(
                cosines.tolist(), keys.tolist(), rows.tolist(), strict=True
            )
        ]
    found.sort()
    return [HeardTicket(at, row, max(-away, 0.0)) for away, _, at, row in found[:_NEAR_TICKETS]]


def articles_near(heard: Heard, parts: Sequence[Live]) -> set[tuple[int, int]]:
    """Articles whose title or passage is near in meaning: part and row."""
    found = set()
    for name in ("title", "passage"):
        for at, rows in _nearest(heard, parts, name, _NEAR_TEXTS):
            found |= {(at, int(row)) for row in _articles_of(parts[at].segment, name, rows)}
    return found


def add_meant_signals(
    found: npt.NDArray[np.float64],
    heard: Heard | None,
    segment: Segment,
    rows: Ints,
    near: Sequence[HeardTicket],
    part: int,
) -> None:
    """The signals of some articles of a part, in the order of `MEANT`."""
    if heard is None or segment.ear != heard.ear:
        return
    texts, asked = segment.meanings, heard.meaning
    starts = segment.articles.passage_starts
    lengths = starts[rows + 1] - starts[rows]
    offsets = np.cumsum(lengths) - lengths
    passages = np.repeat(starts[rows] - offsets, lengths) + np.arange(int(lengths.sum()))
    best = np.maximum.reduceat(texts["passage"].cosines(passages, asked), offsets)
    nearest, votes = np.zeros(segment.article_count), np.zeros(segment.article_count)
    for place, each in enumerate(near):
        if each.part == part:
            nearest[each.row] = max(nearest[each.row], each.nearness)
            votes[each.row] += each.nearness**_POWER if place < _VOTES else 0.0
    found[:, 0] = np.maximum(best, texts["title"].cosines(rows, asked))
    found[:, 1] = texts["centroid"].cosines(rows, asked)
    found[:, 2] = nearest[rows]
    found[:, 3] = np.sqrt(votes[rows])
    np.maximum(found, 0.0, out=found)


def _nearest(
    heard: Heard, parts: Sequence[Live], name: str, count: int
) -> Iterator[tuple[int, Ints]]:
    """The texts with the fewest differing signs, and all that equal the last of them, by part."""
    looked = []
    for at, part in enumerate(parts):
        segment = part.segment
        if segment.ear != heard.ear or not len(segment.meanings[name].values):
            continue
        differing = segment.meanings[name].differing(heard.meaning)
        if part.dead.any():
            every = np.arange(len(differing))
            differing[part.dead[_articles_of(segment, name, every)]] = _FAR
        looked.append((at, differing))
    if not looked:
        return
    everything = np.concatenate([each for _, each in looked])
    last = np.partition(everything, min(count, len(everything)) - 1)[: min(count, len(everything))]
    bar = min(int(last.max()), _FAR - 1)
    for at, differing in looked:
        yield at, np.flatnonzero(differing <= bar)


_FAR: Final = 1 << 20


def _articles_of(segment: Segment, name: str, rows: Ints) -> Ints:
    match name:
        case "title":
            return rows
        case "passage":
            return np.searchsorted(segment.articles.passage_starts, rows, side="right") - 1
        case _:
            return segment.ticket_articles(rows)
