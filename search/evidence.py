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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.counting import Floats, Ints
from search.fields import top
from search.hearing import MEANT, Heard, HeardTicket, articles_near, meant_signals, near_tickets
from search.query import Live, Place, Query
from search.segment import SMALL, Segment

SIGNALS: Final = (
    "title", "spelling", "text", "passage", "centroid", "manner", "nearest", "votes",
)  # fmt: skip
Signals = Mapping[str, npt.NDArray[np.float64]]

# So many articles of a larger help centre come into question, by a first look at whole fields.
_CANDIDATES: Final = 96
# That many tickets are looked at closely, and so many of them vote.
_NEAR_TICKETS: Final = 128
_VOTES: Final = 20
_WORDS_SHARE: Final = 0.5
# Weights of the first look, near those of the rank.
_FIRST_LOOK: Final = {"title": 3.0, "text": 18.0, "centroid": 8.0}
_FIRST_SPELLING: Final = 8.0


@dataclass(frozen=True)
class NearTicket:
    """A ticket near the draft: ticket `number` of a part, of that part's article `row`."""

    part: int
    number: int
    row: int
    nearness: float


@dataclass(frozen=True)
class Candidates:
    """Articles that come into question: of part `parts[c]` number `rows[c]`, with their signals."""

    parts: Ints
    rows: Ints
    signals: Signals
    ticket_counts: npt.NDArray[np.float64]
    standings: npt.NDArray[np.float64]
    near: tuple[NearTicket, ...]

    def __len__(self) -> int:
        return len(self.rows)


def gather(query: Query, parts: Sequence[Live], heard: Heard | None = None) -> Candidates:
    """The articles that come into question for a draft, with every signal of each.

    Of a small help centre all come into question; of a larger one those that a first look finds,
    by words and, with an ear, by meaning.
    """
    near = _near_tickets(query, parts)
    alike = near_tickets(heard, parts) if heard else []
    if sum(part.article_count for part in parts) <= SMALL:
        rows = [np.flatnonzero(~part.dead) for part in parts]
    else:
        rows = _first_look(query, parts, near, _heard_articles(heard, parts, alike))
    votes = near[:_VOTES]
    found = [
        _signals(
            part.segment, place, rows[at], [each for each in near if each.part == at], votes, at
        )
        for at, (part, place) in enumerate(zip(parts, query.places, strict=True))
    ]
    for at, (part, own) in enumerate(zip(parts, rows, strict=True)):
        found[at].update(meant_signals(heard, part.segment, own, alike, at))
    columns = [part.segment.articles for part in parts]

    def column(name: str) -> npt.NDArray[Any]:
        own = [getattr(each, name)[at] for each, at in zip(columns, rows, strict=True)]
        return np.concatenate(own)[order]

    # In an order that has nothing to do with parts, so that sums round alike however articles came.
    order = np.argsort(
        np.concatenate([own.id_keys[at] for own, at in zip(columns, rows, strict=True)])
    )
    counts = [np.full(len(own), at, np.int64) for at, own in enumerate(rows)]
    return Candidates(
        parts=np.concatenate(counts)[order],
        rows=np.concatenate(rows)[order],
        signals={
            name: np.concatenate([each[name] for each in found])[order].astype(np.float64)
            for name in (*SIGNALS, *MEANT)
        },
        ticket_counts=column("ticket_counts").astype(np.float64),
        standings=column("standings").astype(np.float64),
        near=tuple(near),
    )


def text_scores(part: Live, place: Place) -> Floats:
    """The first look at every article of a part, and nothing else: what benchmarks time."""
    scores = np.zeros(part.segment.article_count, dtype=np.float32)
    words, weights = place.words[place.telling], place.word_weights[place.telling]
    fields = part.segment.by_feature
    for name, share in _FIRST_LOOK.items():
        if len(fields[name].rows):
            fields[name].add_scores(words, weights * np.float32(share), scores)
    if place.unknown.any():
        grams, strange = place.grams[place.unknown], place.gram_weights[place.unknown]
        fields["spelling"].add_scores(grams, strange * np.float32(_FIRST_SPELLING), scores)
    return scores


def _heard_articles(
    heard: Heard | None, parts: Sequence[Live], alike: Sequence[HeardTicket]
) -> set[tuple[int, int]]:
    if heard is None:
        return set()
    return articles_near(heard, parts) | {(each.part, each.row) for each in alike}


def _first_look(
    query: Query, parts: Sequence[Live], near: Sequence[NearTicket], heard: set[tuple[int, int]]
) -> list[Ints]:
    scores, at, rows, keys = [], [], [], []
    for number, (part, place) in enumerate(zip(parts, query.places, strict=True)):
        looked = text_scores(part, place)
        looked[part.dead] = 0.0
        best = _best(looked, _CANDIDATES)
        scores.append(looked[best])
        at.append(np.full(len(best), number))
        rows.append(best)
        keys.append(part.segment.articles.id_keys[best])
    numbers, flat = np.concatenate(at), np.concatenate(rows)
    order = np.lexsort((np.concatenate(keys), -np.concatenate(scores)))[:_CANDIDATES]
    chosen = {(int(numbers[n]), int(flat[n])) for n in order}
    chosen |= {(each.part, each.row) for each in near} | heard
    return [
        np.array(sorted(row for part, row in chosen if part == number), dtype=np.int64)
        for number in range(len(parts))
    ]


def _best(scores: Floats, count: int) -> Ints:
    """The best positive scores and all that equal the last of them, in no order."""
    best = top(scores, count)
    if len(best) < count:
        return best
    return np.flatnonzero(scores >= scores[best[-1]])


def _near_tickets(query: Query, parts: Sequence[Live]) -> list[NearTicket]:
    """The tickets nearest to the draft, best first."""
    close = []
    for number, (part, place) in enumerate(zip(parts, query.places, strict=True)):
        segment = part.segment
        if not segment.ticket_count:
            continue
        scores = np.zeros(segment.ticket_count, dtype=np.float32)
        segment.by_feature["ticket_words"].add_scores(
            place.words[place.telling], place.word_weights[place.telling], scores
        )
        if part.dead.any():
            scores[np.repeat(part.dead, np.diff(segment.articles.ticket_starts))] = 0.0
        best = _best(scores, _NEAR_TICKETS)
        close.append((number, best, scores[best], segment.articles.ticket_keys[best]))
    if not close:
        return []
    of_part = np.concatenate([np.full(len(best), number) for number, best, _, _ in close])
    tickets = np.concatenate([best for _, best, _, _ in close])
    keys = np.concatenate([keys for *_, keys in close])
    order = np.lexsort((keys, -np.concatenate([each for _, _, each, _ in close])))[:_NEAR_TICKETS]
    of_part, tickets, keys = of_part[order], tickets[order], keys[order]
    nearness, rows = np.zeros(len(order)), np.zeros(len(order), dtype=np.int64)
    for number, _, _, _ in close:
        own = np.flatnonzero(of_part == number)
        segment, place = parts[number].segment, query.places[number]
        words = _by_rows(segment, "ticket_words", tickets[own], place.words, place.word_weights)
        grams = _by_rows(segment, "ticket_grams", tickets[own], place.grams, place.gram_weights)
        nearness[own] = _WORDS_SHARE * words + (1.0 - _WORDS_SHARE) * grams
        rows[own] = segment.ticket_articles(tickets[own])
    return [
        NearTicket(int(of_part[n]), int(tickets[n]), int(rows[n]), float(nearness[n]))
        for n in np.lexsort((keys, -nearness))
    ]


def _signals(
    segment: Segment,
    place: Place,
    rows: Ints,
    near: Sequence[NearTicket],
    votes: Sequence[NearTicket],
    part: int,
) -> dict[str, npt.NDArray[np.floating[Any]]]:
    starts = segment.articles.passage_starts
    lengths = starts[rows + 1] - starts[rows]
    offsets = np.cumsum(lengths) - lengths
    passages = np.repeat(starts[rows] - offsets, lengths) + np.arange(int(lengths.sum()))
    by_passage = _by_rows(segment, "passage", passages, place.words, place.word_weights)
    nearest, voted = np.zeros(segment.article_count), np.zeros(segment.article_count)
    for each in near:
        nearest[each.row] = max(nearest[each.row], each.nearness)
    for each in votes:
        if each.part == part:
            voted[each.row] += each.nearness**2
    found: dict[str, npt.NDArray[np.floating[Any]]] = {
        name: _by_rows(segment, name, rows, place.words, place.word_weights)
        for name in ("title", "text", "centroid")
    }
    for name in ("spelling", "manner"):
        found[name] = _by_rows(segment, name, rows, place.grams, place.gram_weights)
    found["passage"] = (
        np.maximum.reduceat(by_passage, offsets) if len(rows) else np.zeros(0, np.float32)
    )
    found["nearest"], found["votes"] = nearest[rows], np.sqrt(voted[rows])
    return found


def _by_rows(segment: Segment, field: str, rows: Ints, features: Ints, weights: Floats) -> Floats:
    """The scores of some rows of a field: of the whole field where it is laid out for that."""
    if not len(rows):
        return np.zeros(0, dtype=np.float32)
    whole = segment.by_feature.get(field)
    if whole is not None and 2 * len(rows) >= whole.row_count:
        scores = np.zeros(whole.row_count, dtype=np.float32)
        whole.add_scores(features, weights, scores)
        return scores[rows]
    wanted = segment.scratch()
    wanted[features] = weights
    try:
        return segment.by_row[field].scores(rows, wanted)
    finally:
        wanted[features] = 0.0
