"""What lies beside a ticket: articles that may answer it, and tickets like it."""

from collections.abc import Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from app.knowledge.cards import ArticleCard
from app.knowledge.queries import audiences, published_by_ids
from app.knowledge.searching import search_articles
from app.tickets import desk_queries, policy, queries
from app.tickets.desk_queries import TicketRow
from app.tickets.models import Ticket
from app.web.request_context import current_actor, product
from search.suggestions import Draft

SUGGESTED = 4
FOUND = 6
SIMILAR = 4
LEAST_LIKENESS = 0.12

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Offer:
    """An article for an agent. `customer_reads` tells whether the customer could open it."""

    card: ArticleCard
    customer_reads: bool
    confidence: float | None = None
    rejected: bool = False


def suggested(
    reading: Session, ticket: Ticket, first_words: str, *, rejected: frozenset[int]
) -> list[Offer]:
    """The articles that may answer the ticket, best first; none when the ranker has nothing."""
    index = product().indexes.suggestions()
    if index is None:
        return []
    try:
        ranked = index.suggest(
            Draft(ticket.subject, first_words, ticket.locale),
            audiences=audiences(reading, current_actor()),
            limit=SUGGESTED,
            threshold=product().threshold.current(),
        )
    except Exception:  # the ticket is worked without
        log.exception("desk.suggestions_failed")
        return []
    confidence = {int(each.document_id): each.confidence for each in ranked}
    return offers(reading, ticket, confidence, rejected=rejected, confidence=confidence)


def nearest(reading: Session, ticket: Ticket) -> int | None:
    """The id of the article that comes closest to a ticket; None when none is near."""
    first_words = queries.conversation(reading, ticket.id)[0].message.body
    best = suggested(reading, ticket, first_words, rejected=frozenset())
    return best[0].card.id if best else None


def offers(
    reading: Session,
    ticket: Ticket,
    ids: Iterable[int],
    *,
    rejected: frozenset[int] = frozenset(),
    confidence: dict[int, float] | None = None,
) -> list[Offer]:
    """Those articles that are on show now, in the order given. Two statements at most."""
    wanted = list(dict.fromkeys(ids))
    cards = published_by_ids(reading, current_actor(), wanted)
    readable = published_by_ids(reading, policy.customer_of(ticket), wanted)
    return [
        Offer(cards[each], each in readable, (confidence or {}).get(each), each in rejected)
        for each in wanted
        if each in cards
    ]


def found(
    reading: Session, ticket: Ticket, words: str, *, rejected: frozenset[int] = frozenset()
) -> list[Offer]:
    """The articles that a search finds for these words, best first."""
    if not words.strip():
        return []
    results = search_articles(
        reading,
        product().indexes,
        actor=current_actor(),
        text=words,
        locale=ticket.locale,
        per_page=FOUND,
    )
    return offers(reading, ticket, [hit.card.id for hit in results.hits], rejected=rejected)


def similar(reading: Session, ticket: Ticket, first_words: str) -> tuple[TicketRow, ...]:
    """Resolved tickets like this one that the agent may see, the nearest first."""
    index = product().indexes.tickets()
    if index is None:
        return ()
    try:
        nearest = index.similar(
            f"{ticket.subject}\n{first_words}",
            limit=3 * SIMILAR,
            exclude=frozenset({str(ticket.id)}),
        )
    except Exception:  # the ticket is worked without
        log.exception("desk.similar_tickets_failed")
        return ()
    ids = [int(each.id) for each in nearest if each.score >= LEAST_LIKENESS]
    return desk_queries.resolved_by_ids(reading, current_actor(), ids)[:SIMILAR]
