"""Earlier tickets like this one: BM25 of their words, stop words left out.

Tickets have no title worth trusting and no passages, and vary from a line to a pasted log. For
them the saturation of BM25 beats the cosines that articles are found by (docs/relevance.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.analysis import MAX_DRAFT_CHARACTERS, MAX_DRAFT_WORDS, analyser, clean
from search.counting import Ints, Rows, count_telling_words, stacked
from search.documents import CustomerWords
from search.errors import SnapshotError
from search.fields import ByFeature, numbered, top, turned
from search.groups import distinct
from search.keys import Keys
from search.language import as_language, detect
from search.snapshots import load_snapshot, save_snapshot, saved_version
from search.strings import Strings

_KIND: Final = "tickets-3"
_BATCH: Final = 256
# Robertson and Zaragoza's usual values.
_SATURATION: Final = 1.2
_LENGTH_SHARE: Final = 0.75


@dataclass(frozen=True, slots=True)
class SimilarTicket:
    """An earlier ticket, and how much of the text asked about it says, in [0, 1).

    The score is BM25's over the most that any ticket could have.
    """

    id: str
    score: float


class TicketIndex:
    """Resolved tickets by their words. Immutable, safe to share between threads."""

    def __init__(self, ids: Strings, keys: Keys, df: Ints, rows: ByFeature, version: int) -> None:
        self._ids = ids
        self._keys = keys
        self._df = df
        self._rows = rows
        self.version = version

    @property
    def ticket_count(self) -> int:
        return len(self._ids)

    @classmethod
    def build(cls, tickets: Iterable[CustomerWords], *, version: int) -> "TicketIndex":
        """Index tickets by `id`; of tickets with the same id the last one counts.

        `document_id` is not looked at: tickets that no article solved belong here too.
        """
        unique = {ticket.id: ticket for ticket in tickets}
        ids = sorted(unique)
        counted = []
        for begin in range(0, len(ids), _BATCH):
            own = [unique[id_] for id_ in ids[begin : begin + _BATCH]]
            texts = [analyser(as_language(each.locale)).words(clean(each.text)) for each in own]
            counted.append(count_telling_words(texts))
        rows = _saturated(stacked(counted))
        keys = distinct(rows.keys)
        field = turned(numbered(rows, keys), len(keys))
        df = np.diff(field.starts).astype(np.int64)
        return cls(Strings.of(ids), keys, df, field, version)

    def similar(
        self, text: str, limit: int = 5, *, exclude: frozenset[str] = frozenset()
    ) -> tuple[SimilarTicket, ...]:
        """The nearest tickets, best first, ties by id; `exclude` leaves out e.g. the ticket itself."""
        cleaned = clean(text, MAX_DRAFT_CHARACTERS)
        counted = count_telling_words([analyser(detect(cleaned)).words(cleaned, MAX_DRAFT_WORDS)])
        if not len(self._keys) or not len(counted.keys):
            return ()
        at = np.searchsorted(self._keys, counted.keys)
        at[at == len(self._keys)] = 0
        here = self._keys[at] == counted.keys
        df = np.where(here, self._df[at], 0)
        # The idf of Robertson and Zaragoza, kept positive as Lucene does.
        idf = np.log1p((len(self._ids) - df + 0.5) / (df + 0.5))
        weights = _frequencies(counted) * idf
        weights /= weights.sum()
        scores = np.zeros(len(self._ids), dtype=np.float32)
        self._rows.add_scores(at[here], weights[here].astype(np.float32), scores)
        best = top(scores, limit + len(exclude))
        found = (SimilarTicket(self._ids[int(row)], float(scores[row])) for row in best)
        return tuple(ticket for ticket in found if ticket.id not in exclude)[:limit]

    def save(self, folder: Path) -> None:
        """Put a snapshot into `folder` and make it the current one, atomically."""
        arrays = {"keys": self._keys, "df": self._df}
        arrays |= self._rows.arrays("words") | self._ids.arrays("ids")
        save_snapshot(folder, kind=_KIND, version=self.version, arrays=arrays, values={})

    @classmethod
    def load(cls, folder: Path) -> "TicketIndex":
        """Open the current snapshot of `folder`. Raises SnapshotError: build the index again."""
        snapshot = load_snapshot(folder, kind=_KIND)
        try:
            arrays = snapshot.arrays
            ids = Strings.from_arrays("ids", arrays)
            rows = ByFeature.from_arrays("words", arrays, len(ids))
            return cls(ids, arrays["keys"], arrays["df"], rows, snapshot.version)
        except (KeyError, TypeError, ValueError) as error:
            raise SnapshotError(
                f"the ticket index in {folder} is incomplete ({error!r})"
            ) from error

    @staticmethod
    def saved_version(folder: Path) -> int | None:
        """The version that `load` would open; None when there is none."""
        return saved_version(folder)


def _frequencies(rows: Rows) -> npt.NDArray[np.float64]:
    """How often each feature stands in its text."""
    return np.exp(rows.weights.astype(np.float64) - 1.0)


def _saturated(rows: Rows) -> Rows:
    """BM25's weight of each feature in its text, without the idf, in [0, 1)."""
    frequencies, numbers = _frequencies(rows), rows.row_numbers
    lengths = np.bincount(numbers, frequencies, len(rows.lengths))
    relative = (lengths / max(float(lengths.mean()), 1.0))[numbers] if len(lengths) else lengths
    dampening = _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * relative)
    weights = (frequencies / (frequencies + dampening)).astype(np.float32)
    return Rows(rows.keys, weights, rows.lengths, rows.common)
