"""Bringing the indexes of suggestions and of resolved tickets up to the content in SQL.

Each is a large part that seldom changes, and a small one with what changed since. A process compares
everything with the large parts when it builds for the first time; from then on it reads what
changed since it last did.
"""

from collections.abc import Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.knowledge.index_changes import (
    Apart,
    Changes,
    newer_articles,
    newer_tickets,
    other_articles,
    other_tickets,
)
from app.knowledge.indexing import ContentVersion, Learning, count_documents, documents
from search.counted import CountedArticle
from search.ear import Ear
from search.errors import SnapshotError
from search.index_store import IndexStore, Stored
from search.similar_tickets import CountedTicket, TicketIndex
from search.suggestions import SuggestionIndex
from search.ticket_store import StoredTickets, TicketStore

# So much may stand in the small part of an index: searching it costs each draft a little.
_MOST_APART: Final = 64
_SHARE_APART: Final = 0.01


@dataclass(slots=True)
class _Made:
    """What this process made last, and what it counted since the large parts were made."""

    articles: Stored
    tickets: StoredTickets
    apart: Apart[CountedArticle] = field(default_factory=Apart)
    tickets_apart: Apart[CountedTicket] = field(default_factory=Apart)


class IndexUpkeep:
    """The two indexes in their folders. One process writes at a time; any number read."""

    def __init__(self, folder: Path, ear: Ear | None) -> None:
        self._ear = ear
        self.suggestions = IndexStore(folder / "suggestions", ear)
        self.tickets = TicketStore(folder / "tickets")
        self._made: _Made | None = None

    def rebuild(self, session: Session, learning: Learning, version: int) -> None:
        """Make both from nothing."""
        everything, words = documents(session), learning.customer_words(session)
        index = SuggestionIndex.build(everything, words, version=version, ear=self._ear)
        tickets = TicketIndex.build(learning.resolved_tickets(session), version=version)
        self._made = _Made(self.suggestions.save(index), self.tickets.save(tickets))

    def compare(self, session: Session, learning: Learning, version: int) -> None:
        """Take up what is another in SQL than in the large parts on disk; rebuild without those."""
        try:
            made = _Made(self.suggestions.open(), self.tickets.open())
        except SnapshotError:
            self.rebuild(session, learning, version)
            return
        articles = other_articles(
            documents(session),
            learning.customer_words(session),
            made.articles.base.articles,
            self._ear,
        )
        tickets = other_tickets(learning.resolved_tickets(session), made.tickets.base)
        self._save_articles(made, articles, version)
        self._save_tickets(made, tickets, version)
        self._made = made

    def take_up(
        self, session: Session, learning: Learning, content: ContentVersion, since: int
    ) -> bool:
        """Take up what changed since a version; False: compare everything.

        Costs what the changes do, and counting what there is.
        """
        made = self._made
        if made is None:
            return False
        articles = newer_articles(session, learning, since, self._ear)
        tickets = newer_tickets(session, learning, since)
        if articles is None or tickets is None:
            return False
        self._save_articles(made, articles, content.version)
        if tickets:  # Most changes are of articles alone.
            self._save_tickets(made, tickets, content.version)
        # Another database in the place of this one is not noticed by its versions alone.
        is_complete = made.articles.index.document_count == count_documents(
            session
        ) and made.tickets.index.ticket_count == learning.count_resolved_tickets(session)
        # What was committed meanwhile is counted, and taken up next.
        return is_complete or ContentVersion.read(session) != content

    def tidy(self) -> bool:
        """Make one part of the two where the small one has grown; whether anything was done."""
        made = self._made
        if made is None:
            return False
        articles = _is_grown(made.apart, made.articles.base.articles.ids)
        tickets = _is_grown(made.tickets_apart, made.tickets.base.ids)
        if articles:
            made.articles = self.suggestions.save(made.articles.index.merged())
            made.apart = Apart()
        if tickets:
            made.tickets = self.tickets.save(made.tickets.index.merged())
            made.tickets_apart = Apart()
        return articles or tickets

    def _save_articles(self, made: _Made, changes: Changes[CountedArticle], version: int) -> None:
        made.apart.add(changes, lambda each: each.document.id)
        index = made.articles.index.changed(
            list(made.apart.counted.values()), made.apart.removed, version=version
        )
        made.articles = self.suggestions.save(index, made.articles)

    def _save_tickets(self, made: _Made, changes: Changes[CountedTicket], version: int) -> None:
        made.tickets_apart.add(changes, lambda each: each.id)
        index = made.tickets.index.changed(
            list(made.tickets_apart.counted.values()), made.tickets_apart.removed, version=version
        )
        made.tickets = self.tickets.save(index, made.tickets)


def _is_grown(apart: Sized, base: Sized) -> bool:
    return len(apart) > max(_MOST_APART, _SHARE_APART * len(base))
