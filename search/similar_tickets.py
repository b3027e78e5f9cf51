"""Earlier tickets like this one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from search.analysis import MAX_DRAFT_CHARACTERS, MAX_DRAFT_WORDS, Word, analyser, clean
from search.counted_texts import CountedTexts
from search.counting import Floats
from search.documents import CustomerWords
from search.errors import SnapshotError
from search.language import detect
from search.lexicon import Lexicon
from search.postings import (
    Postings,
    document_frequency,
    lay_out,
    query_vector,
    smooth_idf,
    top,
    weigh,
)
from search.recipe import DEFAULT_RECIPE
from search.snapshots import load_snapshot, save_snapshot, saved_version
from search.vocabulary import stacked

_KIND: Final = "tickets-1"
_COMMON_WEIGHT: Final = DEFAULT_RECIPE.common_weight


@dataclass(frozen=True, slots=True)
class SimilarTicket:
    """An earlier ticket and its cosine to the text asked about, in [0, 1]."""

    id: str
    score: float


class TicketIndex:
    """Resolved tickets by their words. Immutable, safe to share between threads."""

    def __init__(
        self, ids: tuple[str, ...], lexicon: Lexicon, idf: Floats, rows: Postings, version: int
    ) -> None:
        self._ids = ids
        self._lexicon = lexicon
        self._idf = idf
        self._rows = rows
        self._version = version

    @property
    def version(self) -> int:
        return self._version

    @property
    def ticket_count(self) -> int:
        return len(self._ids)

    @classmethod
    def build(
        cls,
        tickets: Iterable[CustomerWords],
        *,
        version: int,
        counted: CountedTexts | None = None,
    ) -> "TicketIndex":
        """Index tickets by `id`; of tickets with the same id the last one counts.

        `document_id` is not looked at: tickets that no article solved belong here too. What is in
        `counted` is not analysed again.
        """
        unique = {ticket.id: ticket for ticket in tickets}
        ids = tuple(sorted(unique))
        texts = counted or CountedTexts(_COMMON_WEIGHT)
        rows = stacked(each.words for each in texts.tickets([unique[id_] for id_ in ids]))
        numbered = texts.vocabulary.numbered([rows], [])
        field = lay_out(rows, numbered.words, numbered.lexicon.word_features)
        idf = smooth_idf(document_frequency(field), len(ids))
        return cls(ids, numbered.lexicon, idf, weigh(field, idf), version)

    def similar(
        self, text: str, limit: int = 5, *, exclude: frozenset[str] = frozenset()
    ) -> tuple[SimilarTicket, ...]:
        """The nearest tickets, best first, ties by id; `exclude` leaves out e.g. the ticket itself."""
        cleaned = clean(text, MAX_DRAFT_CHARACTERS)
        words: list[Word] = analyser(detect(cleaned)).words(cleaned, MAX_DRAFT_WORDS)
        counts = self._lexicon.word_counts([words], _COMMON_WEIGHT)
        unknown = float(np.log(1.0 + len(self._ids)) + 1.0)
        query = query_vector(counts, self._idf, unknown)
        scores = np.zeros(len(self._ids))
        self._rows.add_scores(query.features, query.weights, scores)
        best = top(scores, limit + len(exclude))
        found = (SimilarTicket(self._ids[row], float(scores[row])) for row in best)
        return tuple(ticket for ticket in found if ticket.id not in exclude)[:limit]

    def save(self, folder: Path) -> None:
        """Put a snapshot into `folder` and make it the current one, atomically."""
        save_snapshot(
            folder,
            kind=_KIND,
            version=self._version,
            arrays={
                "pairs": self._lexicon.pair_keys,
                "idf": self._idf,
                "starts": self._rows.starts,
                "rows": self._rows.rows,
                "weights": self._rows.weights,
            },
            values={"ids": self._ids, "unigrams": list(self._lexicon.unigrams)},
        )

    @classmethod
    def load(cls, folder: Path) -> "TicketIndex":
        """Open the current snapshot of `folder`. Raises SnapshotError: build the index again."""
        snapshot = load_snapshot(folder, kind=_KIND)
        try:
            arrays = snapshot.arrays
            ids = tuple(snapshot.values["ids"])
            unigrams = {name: number for number, name in enumerate(snapshot.values["unigrams"])}
            lexicon = Lexicon(unigrams, arrays["pairs"], {})
            rows = Postings(arrays["starts"], arrays["rows"], arrays["weights"], len(ids))
            return cls(ids, lexicon, arrays["idf"], rows, snapshot.version)
        except (KeyError, TypeError, ValueError) as error:
            raise SnapshotError(
                f"the ticket index in {folder} is incomplete ({error!r})"
            ) from error

    @staticmethod
    def saved_version(folder: Path) -> int | None:
        """The version that `load` would open; None when there is none."""
        return saved_version(folder)
