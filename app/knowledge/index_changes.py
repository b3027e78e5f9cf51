"""What the indexes have to take up: read from SQL as what changed, or found by comparing everything."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from sqlalchemy.orm import Session

from app.knowledge.indexing import Learning, changed_since, documents, taught_since
from search.counted import CountedArticle, count_articles, fingerprint
from search.documents import CustomerWords, Document
from search.ear import Ear
from search.segment import Articles
from search.similar_tickets import CountedTicket, Tickets, count_tickets, ticket_fingerprint

# More than so many articles or tickets are found faster by comparing everything.
_MOST_NEWER: Final = 500

Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class Changes(Generic[Counted]):
    """Articles or tickets that are new or different, counted, and the ids of those that are gone."""

    counted: Sequence[Counted]
    removed: Collection[str]

    def __bool__(self) -> bool:
        return bool(self.counted or self.removed)


@dataclass(slots=True)
class Apart(Generic[Counted]):
    """All that changed since the large part of an index was made, by id."""

    counted: dict[str, Counted] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)

    def __len__(self) -> int:
        return len(self.counted) + len(self.removed)

    def add(self, changes: Changes[Counted], id_of: Callable[[Counted], str]) -> None:
        """Take up later changes."""
        for id_ in changes.removed:
            self.counted.pop(id_, None)
            self.removed.add(id_)
        for each in changes.counted:
            self.counted[id_of(each)] = each
            self.removed.discard(id_of(each))


@dataclass(slots=True)
class Growth(Generic[Counted]):
    """What changed since the large part was made and, while another is made, since that began."""

    id_of: Callable[[Counted], str]
    apart: Apart[Counted] = field(default_factory=Apart)
    later: Apart[Counted] | None = None

    def add(self, changes: Changes[Counted]) -> None:
        """Take up later changes."""
        self.apart.add(changes, self.id_of)
        if self.later is not None:
            self.later.add(changes, self.id_of)

    def begin(self) -> None:
        """Another large part is going to be made of all that there is now."""
        self.later = Apart()

    def end(self) -> None:
        """That part is there."""
        self.apart, self.later = self.later or Apart(), None


def newer_articles(
    session: Session, learning: Learning, since: int, ear: Ear | None
) -> Changes[CountedArticle] | None:
    """What changed of articles since a version of the content; None: too much to say."""
    changed = changed_since(session, since) | taught_since(session, since)
    return these_articles(session, learning, changed, ear) if len(changed) <= _MOST_NEWER else None


def these_articles(
    session: Session, learning: Learning, ids: Collection[int], ear: Ear | None
) -> Changes[CountedArticle]:
    """How some articles are now."""
    shown = list(documents(session, ids))
    counted = list(count_articles(shown, learning.customer_words(session, ids), ear))
    return Changes(counted, {str(each) for each in ids} - {each.id for each in shown})


def newer_tickets(
    session: Session, learning: Learning, since: int
) -> Changes[CountedTicket] | None:
    """What changed of resolved tickets since a version of the content; None: too much to say."""
    changed = learning.tickets_changed_since(session, since)
    return these_tickets(session, learning, changed) if len(changed) <= _MOST_NEWER else None


def these_tickets(
    session: Session, learning: Learning, ids: Collection[int]
) -> Changes[CountedTicket]:
    """How some tickets are now."""
    counted = count_tickets(learning.resolved_tickets(session, ids))
    return Changes(counted, {str(each) for each in ids} - {each.id for each in counted})


def other_articles(
    everything: Iterable[Document],
    words: Iterable[CustomerWords],
    base: Articles,
    ear: Ear | None,
) -> Changes[CountedArticle]:
    """What is another now than in the large part of an index."""
    told: dict[str, set[CustomerWords]] = {}
    for each in words:
        told.setdefault(each.document_id, set()).add(each)
    held = dict(zip(base.ids, base.fingerprints.tolist(), strict=True))
    new = [
        document
        for document in everything
        if held.pop(document.id, None) != fingerprint(document, told.get(document.id, ()), ear)
    ]
    about_new = (each for document in new for each in told.get(document.id, ()))
    # What is left of those held was met nowhere.
    return Changes(list(count_articles(new, about_new, ear)), held.keys())


def other_tickets(everything: Iterable[CustomerWords], base: Tickets) -> Changes[CountedTicket]:
    """The same of resolved tickets."""
    held = dict(zip(base.ids, base.fingerprints.tolist(), strict=True))
    new = [each for each in everything if held.pop(each.id, None) != ticket_fingerprint(each)]
    return Changes(count_tickets(new), held.keys())
