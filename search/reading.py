"""What the search page needs of an engine: writing a folder of articles, and reading it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from search.asked import Asked, Clause
from search.indexed_article import IndexedArticle, StoredArticle
from search.spelling import Spellings


@dataclass(frozen=True, slots=True)
class Scope:
    """Which articles may be found: those with one of the audiences, and with all that is given."""

    audiences: frozenset[str]
    language: str | None = None
    category: str | None = None
    tag: str | None = None


class Reading(Protocol):
    """One version of an index, open. For one thread at a time.

    Articles have a key each, an integer that holds for this reading alone. Every method may raise
    SnapshotError: what is on the disk cannot be read.
    """

    def find(self, asked: Asked, scope: Scope, limit: int) -> dict[int, float]:
        """The keys of at most `limit` articles, the best ones, with positive scores."""

    def within(self, document_ids: Sequence[str], scope: Scope) -> dict[str, int]:
        """The keys of those documents that are indexed and may be found."""

    def holder(self, clauses: Sequence[Clause], audiences: frozenset[str]) -> int | None:
        """The key of an article for these audiences for which one of the clauses holds."""

    def is_held(self, clauses: Sequence[Clause], audiences: frozenset[str]) -> bool:
        """Whether there is such an article."""

    def article(self, key: int) -> StoredArticle:
        """What is kept of an article."""

    def words_beginning(self, letter: str) -> Spellings:
        """All indexed words that begin so."""

    def close(self) -> None:
        """Give back what is open."""


class Engine(Protocol):
    """Writes and opens indexes, each in a folder of its own."""

    @property
    def name(self) -> str:
        """A short name; folders of another engine are not read."""

    def create(self, place: Path, articles: Iterable[IndexedArticle]) -> None:
        """Index these articles in an empty folder. Their ids differ."""

    def change(
        self, place: Path, upserts: Sequence[IndexedArticle], removed_ids: Sequence[str]
    ) -> None:
        """Add or replace some articles and remove others, all at once for readers.

        Raises SnapshotError: the index cannot be read, or another process held it too long.
        """

    def open(self, place: Path) -> Reading:
        """Open what is there now. Raises SnapshotError when it cannot be read."""
