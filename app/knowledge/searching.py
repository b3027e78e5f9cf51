"""Searching articles: the search engine's hits and the suggestion ranker's, as one list.

What customers called a problem counts here too, since the ranker knows their words. Every hit
is looked up in the database before it is shown: what was withdrawn a moment ago is not found.
"""

import logging
from dataclasses import dataclass
from typing import Final, Protocol

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.knowledge import queries
from app.knowledge.cards import ArticleCard
from search.article_search import ArticleSearch, SearchPage, SearchRequest
from search.errors import SnapshotError
from search.suggestions import Draft, Ranked, SuggestionIndex

PER_PAGE: Final = 10
_MAX_RANKED: Final = 50
_LOG = logging.getLogger(__name__)


class Indexes(Protocol):
    """The snapshots in use; each is None while there is none."""

    def article_search(self) -> ArticleSearch | None: ...

    def suggestions(self) -> SuggestionIndex | None: ...


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; None does not narrow."""

    locale: str | None = None
    category: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """A hit with its card as the database knows it. The HTML is escaped, with <mark> alone."""

    card: ArticleCard
    title_html: str
    excerpt_html: str
    section_anchor: str


@dataclass(frozen=True, slots=True)
class SearchResults:
    """One page of a search. `is_ready` is False while there is no index to search in."""

    hits: tuple[FoundArticle, ...] = ()
    total: int = 0
    page: int = 1
    pages: int = 0
    did_you_mean: str | None = None
    was_cut: bool = False
    was_loosened: bool = False
    is_ready: bool = True


def search_articles(
    session: Session,
    indexes: Indexes,
    *,
    actor: Actor,
    text: str,
    locale: str,
    filters: Filters = Filters(),
    page: int = 1,
    per_page: int = PER_PAGE,
) -> SearchResults:
    """Find articles for what a reader typed on a page in `locale`. At most three statements.

    Nothing typed raises; without an index the results are empty and say so.
    """
    audiences = queries.audiences(session, actor)
    request = SearchRequest(
        text=text,
        audiences=audiences,
        locale=filters.locale,
        category=filters.category,
        tag=filters.tag,
        page=max(page, 1),
        per_page=per_page,
    )
    engine = indexes.article_search()
    if engine is None:
        return SearchResults(is_ready=False)
    try:
        boosts, gate = ranked(indexes.suggestions(), text, audiences, locale)
        found = engine.search(request, boosts, is_about_something=gate >= 0)
    except SnapshotError:
        _LOG.exception("the article index cannot be searched")
        return SearchResults(is_ready=False)
    return _checked(session, actor, found)


def ranked(
    ranker: SuggestionIndex | None, text: str, audiences: frozenset[str], locale: str
) -> tuple[tuple[Ranked, ...], float]:
    """The ranker's order for the words of the query, and its gate; nothing without one."""
    if ranker is None:
        return (), 0.0
    draft = Draft(subject=text, body="", locale=locale)
    try:
        return ranker.rank_with_gate(draft, audiences=audiences, limit=_MAX_RANKED)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the search engine answers
        _LOG.exception("the ranker failed; the search goes on without it")
        return (), 0.0


def _checked(session: Session, actor: Actor, found: SearchPage) -> SearchResults:
    cards = queries.published_by_ids(session, actor, (hit.document_id for hit in found.hits))
    hits = tuple(
        FoundArticle(
            cards[int(hit.document_id)], hit.title_html, hit.excerpt_html, hit.section_anchor
        )
        for hit in found.hits
        if int(hit.document_id) in cards
    )
    return SearchResults(
        hits=hits,
        total=found.total - (len(found.hits) - len(hits)),
        page=found.page,
        pages=found.pages,
        did_you_mean=found.did_you_mean,
        was_cut=found.was_cut,
        was_loosened=found.was_loosened,
    )
