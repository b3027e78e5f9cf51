"""Earlier tickets like this one: BM25 of their words, stop words left out.

Tickets have no title worth trusting and no passages, and vary from a line to a pasted log. For
them the saturation of BM25 beats the cosines that articles are found by (docs/relevance.md). What
is stored of a ticket depends on no other: so an index that took up changes one by one, in any
order, answers as one that was built from nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.analysis import MAX_DRAFT_CHARACTERS, MAX_DRAFT_WORDS, analyser, clean
from search.counting import Flags, Floats, Ints, Rows, count_telling_words, divided, stacked
from search.documents import CustomerWords
from search.fields import ByFeature, Names, numbered, top, turned
from search.groups import distinct
from search.keys import Keys, feature_key
from search.language import as_language, detect
from search.splicing import features_left, in_order, places, spliced, spliced_texts
from search.strings import Strings

_BATCH: Final = 256
# Robertson and Zaragoza's usual values.
_SATURATION: Final = 1.2
_LENGTH_SHARE: Final = 0.75
# The telling words of a ticket of usual length. BM25 takes the mean of all texts, which any of
# them would change.
_USUAL_LENGTH: Final = 40.0


@dataclass(frozen=True, slots=True)
class SimilarTicket:
    """An earlier ticket, and how much of the text asked about it says, in [0, 1).

    The score is BM25's over the most that any ticket could have.
    """

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class CountedTicket:
    """A ticket's words with their weights, in one row; `fingerprint` is another with its text."""

    id: str
    fingerprint: int
    words: Rows


@dataclass(frozen=True, slots=True)
class Tickets:
    """Some tickets, sorted by id, and by feature what they say."""

    ids: Strings
    fingerprints: Keys
    keys: Keys
    words: ByFeature

    @classmethod
    def of(cls, counted: Sequence[CountedTicket]) -> "Tickets":
        """Lay out counted tickets, which are sorted by id."""
        rows = stacked([each.words for each in counted])
        keys = distinct(rows.keys)
        return cls(
            Strings.of(each.id for each in counted),
            np.array([each.fingerprint for each in counted], np.uint64),
            keys,
            turned(numbered(rows, keys), len(keys)),
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Every array, by the name that a snapshot gives it."""
        own = {"fingerprints": self.fingerprints, "keys": self.keys}
        return own | self.words.arrays("words") | self.ids.arrays("ids")

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Tickets":
        """What `arrays` described. Raises KeyError: something is missing."""
        ids = Strings.from_arrays("ids", arrays)
        words = ByFeature.from_arrays("words", arrays, len(ids))
        return cls(ids, arrays["fingerprints"], arrays["keys"], words)


@dataclass(frozen=True, slots=True)
class Layer:
    """Tickets of which others replaced some, and in how many of the rest each feature stands."""

    tickets: Tickets
    dead: Flags
    df: npt.NDArray[np.int64]

    @classmethod
    def of(cls, tickets: Tickets, replaced: Ints) -> "Layer":
        """Tickets without some of them."""
        dead = np.zeros(len(tickets.ids), dtype=bool)
        dead[replaced] = True
        starts = tickets.words.starts
        df = np.diff(starts).astype(np.int64)
        if len(replaced):
            gone = np.flatnonzero(dead[tickets.words.rows])
            features = np.searchsorted(starts, gone, side="right") - 1
            df -= np.bincount(features, minlength=len(df))
        return cls(tickets, dead, df)

    def without(self, replaced: Ints) -> "Layer":
        """The same tickets without some of them; this one where those are the same."""
        if np.array_equal(np.flatnonzero(self.dead), replaced):
            return self
        return Layer.of(self.tickets, replaced)

    @property
    def ticket_count(self) -> int:
        return len(self.dead) - int(np.count_nonzero(self.dead))

    def frequency(self, keys: Keys) -> tuple[Ints, Flags, Ints]:
        """The numbers of features, whether each is here, and in how many tickets it stands."""
        own = self.tickets.keys
        if not len(own):
            return (
                np.zeros(len(keys), np.int64),
                np.zeros(len(keys), bool),
                np.zeros(len(keys), int),
            )
        at = np.searchsorted(own, keys)
        at[at == len(own)] = 0
        here = own[at] == keys
        return at, here, np.where(here, self.df[at], 0)

    def best(self, features: Ints, weights: Floats, count: int) -> list[SimilarTicket]:
        """The tickets with the highest sums of weights."""
        scores = np.zeros(len(self.dead), dtype=np.float32)
        self.tickets.words.add_scores(features, weights, scores)
        scores[self.dead] = 0.0
        ids = self.tickets.ids
        return [SimilarTicket(ids[int(row)], float(scores[row])) for row in top(scores, count)]


def ticket_fingerprint(ticket: CustomerWords) -> int:
    """A number that is another one as soon as what is counted of a ticket is."""
    return feature_key(repr((ticket.text, ticket.locale)))


def count_tickets(tickets: Iterable[CustomerWords]) -> list[CountedTicket]:
    """Count tickets by `id`, sorted; of tickets with the same id the last one counts.

    `document_id` is not looked at: tickets that no article solved belong here too.
    """
    unique = {ticket.id: ticket for ticket in tickets}
    ordered = [unique[id_] for id_ in sorted(unique)]
    found: list[CountedTicket] = []
    for begin in range(0, len(ordered), _BATCH):
        own = ordered[begin : begin + _BATCH]
        texts = [analyser(as_language(each.locale)).words(clean(each.text)) for each in own]
        rows = divided(_saturated(count_telling_words(texts)), [1] * len(own))
        found += [
            CountedTicket(each.id, ticket_fingerprint(each), row)
            for each, row in zip(own, rows, strict=True)
        ]
    return found


class TicketIndex:
    """Resolved tickets by their words. Immutable, safe to share between threads.

    `layers` are one, or a large one and a small one with what changed since.
    """

    def __init__(self, layers: Sequence[Layer], *, version: int) -> None:
        self.layers = tuple(layers)
        self.version = version
        """The caller's number of the data that this index reflects."""

    @property
    def ticket_count(self) -> int:
        return sum(layer.ticket_count for layer in self.layers)

    @classmethod
    def build(cls, tickets: Iterable[CustomerWords], *, version: int) -> "TicketIndex":
        """Index tickets; see `count_tickets`."""
        return cls([Layer.of(Tickets.of(count_tickets(tickets)), _NONE)], version=version)

    def changed(
        self, counted: Sequence[CountedTicket], removed_ids: Iterable[str] = (), *, version: int
    ) -> "TicketIndex":
        """This index's large layer with other tickets in place of, or besides, its own.

        `counted` is everything that changed since that layer was made, not since the last call.
        """
        base = self.layers[0].tickets
        ids = {each.id for each in counted} | set(removed_ids)
        rows = sorted(row for row in map(base.ids.find, ids) if row is not None)
        layers = [self.layers[0].without(np.array(rows, dtype=np.int64))]
        if counted:
            small = Tickets.of(sorted(counted, key=lambda each: each.id))
            layers.append(Layer.of(small, _NONE))
        return TicketIndex(layers, version=version)

    def merged(self) -> "TicketIndex":
        """The same index in one layer."""
        if len(self.layers) == 1 and not self.layers[0].dead.any():
            return self
        return TicketIndex([Layer.of(_joined(self.layers), _NONE)], version=self.version)

    def similar(
        self, text: str, limit: int = 5, *, exclude: frozenset[str] = frozenset()
    ) -> tuple[SimilarTicket, ...]:
        """The nearest tickets, best first, ties by id; `exclude` leaves out e.g. the ticket itself."""
        cleaned = clean(text, MAX_DRAFT_CHARACTERS)
        counted = count_telling_words([analyser(detect(cleaned)).words(cleaned, MAX_DRAFT_WORDS)])
        if not len(counted.keys):
            return ()
        found = [layer.frequency(counted.keys) for layer in self.layers]
        df = sum((each for _, _, each in found), start=np.zeros(len(counted.keys), np.int64))
        # The idf of Robertson and Zaragoza, kept positive as Lucene does.
        idf = np.log1p((self.ticket_count - df + 0.5) / (df + 0.5))
        weights = _frequencies(counted) * idf
        weights = (weights / weights.sum()).astype(np.float32)
        count = limit + len(exclude)
        best = [
            ticket
            for layer, (at, here, _) in zip(self.layers, found, strict=True)
            for ticket in layer.best(at[here], weights[here], count)
            if ticket.id not in exclude
        ]
        best.sort(key=lambda ticket: (-ticket.score, ticket.id))
        return tuple(best[:limit])


_NONE: Final = np.zeros(0, dtype=np.int64)


def _frequencies(rows: Rows) -> npt.NDArray[np.float64]:
    """How often each feature stands in its text."""
    return np.exp(rows.weights.astype(np.float64) - 1.0)


def _saturated(rows: Rows) -> Rows:
    """BM25's weight of each feature in its text, without the idf, in [0, 1)."""
    frequencies, numbers = _frequencies(rows), rows.row_numbers
    lengths = np.bincount(numbers, frequencies, len(rows.lengths))
    relative = (lengths / _USUAL_LENGTH)[numbers]
    dampening = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * relative)
    weights = (frequencies / (frequencies + dampening)).astype(np.float32)
    return Rows(rows.keys, weights, rows.lengths, rows.common)


def _joined(layers: Sequence[Layer]) -> Tickets:
    """The tickets of all layers that count, as if they had been laid out together."""
    own = [layer.tickets for layer in layers]
    runs = in_order([each.ids for each in own], [layer.dead for layer in layers])
    ids = spliced_texts(runs, [each.ids for each in own])
    keys, _, numbers = features_left([each.keys for each in own], [layer.df for layer in layers])
    rows = [places(runs, part, len(each.ids)) for part, each in enumerate(own)]
    words = ByFeature.spliced(
        [each.words for each in own], Names(numbers, rows, len(keys), len(ids))
    )
    return Tickets(ids, spliced(runs, [each.fingerprints for each in own]), keys, words)
