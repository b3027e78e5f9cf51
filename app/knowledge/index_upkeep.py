"""Bringing the indexes of suggestions and of resolved tickets up to the content in SQL.

Each is a large part that seldom changes, and a small one with what changed since. A process goes on
from what it made itself, or from what it once saw to be in step with SQL, by reading what changed
since. Otherwise it compares everything with the large parts.
"""

from collections.abc import Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.knowledge.index_changes import (
    Growth,
    newer_articles,
    newer_tickets,
    other_articles,
    other_tickets,
    these_articles,
    these_tickets,
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
# More than so many in a small part are found faster by comparing everything.
_MOST_RESUMED: Final = 5_000


def _articles() -> Growth[CountedArticle]:
    return Growth(lambda each: each.document.id)


def _tickets() -> Growth[CountedTicket]:
    return Growth(lambda each: each.id)


@dataclass(slots=True, eq=False)
class _Made:
    """What this process made last, and what it counted since the large parts were made."""

    articles: Stored
    tickets: StoredTickets
    more_articles: Growth[CountedArticle] = field(default_factory=_articles)
    more_tickets: Growth[CountedTicket] = field(default_factory=_tickets)

    def have_articles_grown(self) -> bool:
        return _is_grown(self.more_articles.apart, self.articles.base.articles.ids)

    def have_tickets_grown(self) -> bool:
        return _is_grown(self.more_tickets.apart, self.tickets.base.ids)


@dataclass(frozen=True, slots=True)
class Merging:
    """Indexes of which one part is made out of two, while others are built upon the two."""

    made: _Made
    articles: bool
    tickets: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """The names of new large parts; None where there is none."""

    articles: str | None = None
    tickets: str | None = None


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
        made.more_articles.add(articles)
        made.more_tickets.add(tickets)
        self._save_articles(made, version)
        self._save_tickets(made, version)
        self._made = made

    def resume(self, session: Session, learning: Learning) -> bool:
        """Go on from what another process made; False: compare everything.

        Costs what stands in the small parts.
        """
        try:
            made = _Made(self.suggestions.open(), self.tickets.open())
        except SnapshotError:
            return False
        articles = {int(each) for each in made.articles.apart}
        tickets = {int(each) for each in made.tickets.apart}
        if max(len(articles), len(tickets)) > _MOST_RESUMED:
            return False
        made.more_articles.add(these_articles(session, learning, articles, self._ear))
        made.more_tickets.add(these_tickets(session, learning, tickets))
        self._made = made
        return True

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
        made.more_articles.add(articles)
        self._save_articles(made, content.version)
        if tickets:  # Most changes are of articles alone.
            made.more_tickets.add(tickets)
            self._save_tickets(made, content.version)
        # Another database in the place of this one is not noticed by its versions alone.
        is_complete = made.articles.index.document_count == count_documents(
            session
        ) and made.tickets.index.ticket_count == learning.count_resolved_tickets(session)
        # What was committed meanwhile is counted, and taken up next.
        return is_complete or ContentVersion.read(session) != content

    def is_grown(self) -> bool:
        """Whether a small part is so large that it had better be made one with the large part."""
        made = self._made
        return made is not None and (made.have_articles_grown() or made.have_tickets_grown())

    def begin_merging(self) -> Merging | None:
        """What is going to be merged; None: nothing."""
        made = self._made
        if made is None:
            return None
        articles, tickets = made.have_articles_grown(), made.have_tickets_grown()
        if articles:
            made.more_articles.begin()
        if tickets:
            made.more_tickets.begin()
        return Merging(made, articles, tickets) if articles or tickets else None

    def merge(self, *, articles: bool, tickets: bool) -> Merged:
        """Write new large parts of what there is on the disk; for any process.

        Takes long, and stands in nobody's way. What changed since the merging began may be in them:
        it is taken up once more. Raises SnapshotError where an old one is damaged: what is made of
        it would look whole.
        """
        names: dict[str, str] = {}
        if articles:
            stored = self.suggestions.open()
            self.suggestions.verify(stored)
            names["articles"] = self.suggestions.save_base(stored.index).base_name
        if tickets:
            of_tickets = self.tickets.open()
            self.tickets.verify(of_tickets)
            names["tickets"] = self.tickets.save_base(of_tickets.index).base_name
        return Merged(**names)

    def end_merging(self, merging: Merging, merged: Merged) -> bool:
        """Let the new large parts, with what changed meanwhile, take the place of the old ones.

        Whether they did: not where the old ones are gone themselves. Raises SnapshotError.
        """
        made = merging.made
        if made is not self._made:
            return False
        if merged.articles is not None:
            base = self.suggestions.open_base(merged.articles)
            made.more_articles.end()
            version, made.articles = made.articles.index.version, base
            self._save_articles(made, version)
        if merged.tickets is not None:
            of_tickets = self.tickets.open_base(merged.tickets)
            made.more_tickets.end()
            version, made.tickets = made.tickets.index.version, of_tickets
            self._save_tickets(made, version)
        return True

    def give_up_merging(self, merging: Merging) -> None:
        """Go on with the old parts."""
        merging.made.more_articles.later = merging.made.more_tickets.later = None

    def _save_articles(self, made: _Made, version: int) -> None:
        apart = made.more_articles.apart
        index = made.articles.index.changed(
            list(apart.counted.values()), apart.removed, version=version
        )
        made.articles = self.suggestions.save(index, made.articles)

    def _save_tickets(self, made: _Made, version: int) -> None:
        apart = made.more_tickets.apart
        index = made.tickets.index.changed(
            list(apart.counted.values()), apart.removed, version=version
        )
        made.tickets = self.tickets.save(index, made.tickets)


def _is_grown(apart: Sized, base: Sized) -> bool:
    return len(apart) > max(_MOST_APART, _SHARE_APART * len(base))
