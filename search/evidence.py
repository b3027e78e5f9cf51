"""What speaks for an article: several similarities between a draft and what is known of it.

Each signal is a cosine in [0, 1]: the draft's features weighed by their idf, the text's by their
frequency alone (the scheme lnc.ltc of Salton and Buckley 1988). So what is stored of a text does
not change when other texts come or go.

    title        words and pairs of the draft and of the title
    spelling     character n-grams of the draft and of the title
    text         words of the draft and of the whole article, stop words left out
    passage      the same of the best passage
    centroid     words and pairs of the draft and the mean of the tickets that the article solved
                 (Rocchio)
    manner       character n-grams of the draft and the same mean
    nearest      words and n-grams of the draft and of the nearest of those tickets
    votes        how many of the nearest tickets of all the article solved, by nearness

With an ear, meanings are signals too (`search.hearing`).

An article without a body has no text and no passage: its title would count three times.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.counting import Floats, Ints
from search.fields import best_and_equal
from search.hearing import (
    MEANT,
    Heard,
    HeardTicket,
    add_meant_signals,
    articles_near,
    near_tickets,
)
from search.live import Live
from search.query import Place, Query
from search.segment import SMALL, Segment

SIGNALS: Final = (
    "title", "spelling", "text", "passage", "centroid", "manner", "nearest", "votes",
)  # fmt: skip
EVIDENCE: Final = (*SIGNALS, *MEANT)

# So many articles of a larger help centre come into question, by a first look at whole fields.
_CANDIDATES: Final = 96
# That many tickets are looked at closely; so many of them bring in their articles, and so many vote.
_NEAR_TICKETS: Final = 128
_BRINGING: Final = 32
_VOTES: Final = 20
_WORDS_SHARE: Final = 0.5
# Weights of the first look, near those of the rank.
_FIRST_TEXT: Final = 18.0
_FIRST_LOOK: Final = {"title": 3.0, "centroid": 8.0}
_FIRST_SPELLING: Final = 8.0


@dataclass(frozen=True, slots=True)
class NearTickets:
    """The tickets nearest to a draft, best first: ticket `numbers[t]` of part `parts[t]`.

    `rows` are the articles that they belong to, `nearness` their cosines.
    """

    parts: Ints
    numbers: Ints
    rows: Ints
    nearness: Floats

    def of(self, part: int, row: int, least: float = 0.0) -> list[tuple[int, float]]:
        """Tickets of one article, as number and nearness, best first."""
        if not len(self.numbers):
            return []
        own = (self.parts == part) & (self.rows == row) & (self.nearness >= least)
        return list(zip(self.numbers[own].tolist(), self.nearness[own].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Articles that come into question: of part `parts[c]` number `rows[c]`.

    `signals[c]` are those of each, in the order of `EVIDENCE`; none is negative.
    """

    parts: Ints
    rows: Ints
    signals: npt.NDArray[np.float64]
    ticket_counts: npt.NDArray[np.float64]
    standings: npt.NDArray[np.float64]
    near: NearTickets

    def __len__(self) -> int:
        return len(self.rows)


def gather(query: Query, parts: Sequence[Live], heard: Heard | None = None) -> Candidates:
    """The articles that come into question for a draft, with every signal of each.

    Of a small help centre all come into question; of a larger one those that a first look finds,
    by words and, with an ear, by meaning.
    """
    near = _near_tickets(query, parts)
    alike = near_tickets(heard, parts) if heard else []
    texts = [_text(part.segment, place) for part, place in zip(parts, query.places, strict=True)]
    if sum(part.article_count for part in parts) <= SMALL:
        rows = [np.flatnonzero(~part.dead) for part in parts]
    else:
        rows = _first_look(query, parts, texts, near, _heard_articles(heard, parts, alike))
    signals = np.zeros((sum(map(len, rows)), len(EVIDENCE)))
    begin = 0
    for number, (part, place, own) in enumerate(zip(parts, query.places, rows, strict=True)):
        if len(own):
            found = signals[begin : begin + len(own)]
            _add_signals(found[:, : len(SIGNALS)], part.segment, place, own, texts[number])
            _add_tickets(found[:, : len(SIGNALS)], near, number, own)
            add_meant_signals(found[:, len(SIGNALS) :], heard, part.segment, own, alike, number)
            begin += len(own)
    # In an order that has nothing to do with parts, so that sums round alike however articles came.
    columns = [part.segment.articles for part in parts]
    order = np.argsort(_joined(own.id_keys[at] for own, at in zip(columns, rows, strict=True)))
    counts = _joined(own.ticket_counts[at] for own, at in zip(columns, rows, strict=True))
    standings = _joined(own.standings[at] for own, at in zip(columns, rows, strict=True))
    numbers = np.repeat(np.arange(len(parts)), [len(own) for own in rows])
    return Candidates(
        parts=numbers[order],
        rows=_joined(rows)[order],
        signals=signals[order],
        ticket_counts=counts[order].astype(np.float64),
        standings=standings[order].astype(np.float64),
        near=near,
    )


def _joined(columns: Iterable[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    every = list(columns)
    return every[0] if len(every) == 1 else np.concatenate(every)


def _text(segment: Segment, place: Place) -> Floats:
    """The signal `text` of every article."""
    scores = np.zeros(segment.article_count, dtype=np.float32)
    words, weights = place.words[place.telling], place.word_weights[place.telling]
    segment.by_feature["text"].add_scores(words, weights, scores)
    return scores


def _looked(segment: Segment, place: Place, text: Floats) -> Floats:
    """The first look at every article."""
    scores = text * np.float32(_FIRST_TEXT)
    words, weights = place.words[place.telling], place.word_weights[place.telling]
    fields = segment.by_feature
    for name, share in _FIRST_LOOK.items():
        if len(fields[name].rows):
            fields[name].add_scores(words, weights * np.float32(share), scores)
    if place.unknown.any():
        grams, strange = place.grams[place.unknown], place.gram_weights[place.unknown]
        spelled = segment.spelled.sums(grams, strange * np.float32(_FIRST_SPELLING))
        spelled *= segment.articles.gram_units
        scores += spelled
    return scores


def _heard_articles(
    heard: Heard | None, parts: Sequence[Live], alike: Sequence[HeardTicket]
) -> set[tuple[int, int]]:
    if heard is None:
        return set()
    return articles_near(heard, parts) | {(each.part, each.row) for each in alike}


def _first_look(
    query: Query,
    parts: Sequence[Live],
    texts: Sequence[Floats],
    near: NearTickets,
    heard: set[tuple[int, int]],
) -> list[Ints]:
    scores, at, rows, keys = [], [], [], []
    for number, (part, place) in enumerate(zip(parts, query.places, strict=True)):
        looked = _looked(part.segment, place, texts[number])
        if part.article_count < len(looked):
            looked[part.dead] = 0.0
        best = best_and_equal(looked, _CANDIDATES)
        scores.append(looked[best])
        at.append(np.full(len(best), number))
        rows.append(best)
        keys.append(part.segment.articles.id_keys[best])
    numbers, flat = np.concatenate(at), np.concatenate(rows)
    order = np.lexsort((np.concatenate(keys), -np.concatenate(scores)))[:_CANDIDATES]
    numbers, flat = numbers[order], flat[order]
    alike = np.array(sorted(heard), dtype=np.int64).reshape(-1, 2)
    return [
        np.unique(
            np.concatenate(
                [
                    flat[numbers == number],
                    near.rows[:_BRINGING][near.parts[:_BRINGING] == number],
                    alike[alike[:, 0] == number, 1],
                ]
            )
        )
        for number in range(len(parts))
    ]


def _near_tickets(query: Query, parts: Sequence[Live]) -> NearTickets:
    close = []
    for number, (part, place) in enumerate(zip(parts, query.places, strict=True)):
        segment = part.segment
        if not segment.ticket_count:
            continue
        scores = np.zeros(segment.ticket_count, dtype=np.float32)
        segment.by_feature["ticket_words"].add_scores(
            place.words[place.telling], place.word_weights[place.telling], scores
        )
        if part.ticket_count < len(scores):
            scores[part.dead_tickets] = 0.0
        best = best_and_equal(scores, _NEAR_TICKETS)
        close.append((number, best, scores[best], segment.articles.ticket_keys[best]))
    if not close:
        nothing = np.zeros(0, dtype=np.int64)
        return NearTickets(nothing, nothing, nothing, np.zeros(0, dtype=np.float32))
    of_part = np.concatenate([np.full(len(best), number) for number, best, _, _ in close])
    tickets = np.concatenate([best for _, best, _, _ in close])
    keys = np.concatenate([keys for *_, keys in close])
    order = np.lexsort((keys, -np.concatenate([each for _, _, each, _ in close])))[:_NEAR_TICKETS]
    # Sorted within each part.
    order = order[np.lexsort((tickets[order], of_part[order]))]
    of_part, tickets, keys = of_part[order], tickets[order], keys[order]
    nearness, rows = np.zeros(len(order), np.float32), np.zeros(len(order), dtype=np.int64)
    for number, _, _, _ in close:
        own = of_part == number
        segment, place = parts[number].segment, query.places[number]
        nearness[own] = _nearness(segment, place, tickets[own])
        rows[own] = segment.ticket_articles(tickets[own])
    best = np.lexsort((keys, -nearness))
    return NearTickets(of_part[best], tickets[best], rows[best], nearness[best])


def _nearness(segment: Segment, place: Place, tickets: Ints) -> Floats:
    with segment.weighing(place.features, place.weights) as wanted:
        scores = segment.tickets(tickets).scores(wanted)
    nearness: Floats = _WORDS_SHARE * scores[::2] + (1.0 - _WORDS_SHARE) * scores[1::2]
    return nearness


def _add_signals(
    found: npt.NDArray[np.float64], segment: Segment, place: Place, rows: Ints, text: Floats
) -> None:
    """The signals of some articles but those of tickets."""
    known = segment.profiles(rows, with_text=False)
    with segment.weighing(place.features, place.weights) as wanted:
        scores = known.rows.scores(wanted)
    found[:, _AT["text"]] = text[rows]
    for name in ("title", "spelling", "centroid", "manner"):
        found[:, _AT[name]] = scores[known.of(name)]
    counts = known.passage_counts
    best = np.maximum.reduceat(scores[known.passages], np.cumsum(counts) - counts)
    found[:, _AT["passage"]] = best


def _add_tickets(found: npt.NDArray[np.float64], near: NearTickets, part: int, rows: Ints) -> None:
    """The nearest ticket of each article, and the votes of the nearest tickets of all."""
    if not len(near.parts):
        return
    nearest, voted = np.zeros(len(rows), np.float32), np.zeros(len(rows), np.float32)
    own = np.flatnonzero(near.parts == part)
    at = np.searchsorted(rows, near.rows[own])
    at[at == len(rows)] = 0
    here = rows[at] == near.rows[own]
    own, at = own[here], at[here]
    nearness = near.nearness[own]
    np.maximum.at(nearest, at, nearness)
    votes = own < _VOTES
    np.add.at(voted, at[votes], nearness[votes] ** 2)
    found[:, _AT["nearest"]] = nearest
    found[:, _AT["votes"]] = np.sqrt(voted)


_AT: Final = {name: number for number, name in enumerate(EVIDENCE)}
