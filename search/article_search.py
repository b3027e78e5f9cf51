"""Searching articles on the search page: what any engine behind it takes and gives."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from search.documents import Document
from search.suggestions import Ranked


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a reader asks for. Filters that are None do not filter.

    `text` is as typed: "a phrase in quotes", a pre*, or plain words. `audiences` are the labels
    whose documents this reader may see. `page` counts from 1.
    """

    text: str
    audiences: frozenset[str]
    locale: str | None = None
    category: str | None = None
    tag: str | None = None
    page: int = 1
    per_page: int = 10


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One article found. The HTML is escaped and holds no tag but <mark>."""

    document_id: str
    score: float
    title_html: str
    excerpt_html: str
    section_anchor: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of hits.

    `total` counts the readable hits on all pages. `did_you_mean` is the corrected query, made only
    of words that stand in documents of the request's audiences. `was_cut`: the query was longer
    than what is searched for, or had to be simplified. `was_loosened`: a phrase stands nowhere, and
    its words were searched for instead.
    """

    total: int
    hits: tuple[SearchHit, ...]
    did_you_mean: str | None
    was_cut: bool
    page: int
    pages: int
    was_loosened: bool = False


class ArticleSearch(Protocol):
    """An engine for the search page. Every method may be called from any thread."""

    def rebuild(self, documents: Iterable[Document], version: int) -> None:
        """Replace everything by these documents, at once for readers."""

    def apply(self, upserts: Iterable[Document], removed_ids: Iterable[str], version: int) -> None:
        """Add or replace some documents and remove others.

        Raises SnapshotError when there is no index to change: rebuild it.
        """

    def version(self) -> int | None:
        """The version of the last rebuild or apply; None when there is no readable index."""

    def search(
        self,
        request: SearchRequest,
        boosts: Sequence[Ranked] | None = None,
        *,
        is_about_something: bool = True,
    ) -> SearchPage:
        """Find articles.

        `boosts` is the suggestion ranker's ranking for the same text: the two are fused, and what
        customers called it counts here too. When the text is about nothing here, as far as the
        ranker can tell, and no word of it is found, the page stays empty.

        No text raises: too long, unbalanced or senseless queries find what is left of them.
        Raises SnapshotError when there is no readable index.
        """
