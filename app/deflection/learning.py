"""What the ranker learns from: the words of customers whose problem an article solved."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.deflection.models import Attempt
from app.deflection.states import Outcome
from app.tickets.models import LinkKind, Message, Ticket, TicketArticle, TicketState
from search.documents import CustomerWords

_BATCH: Final = 1000


def customer_words(session: Session) -> Iterator[CustomerWords]:
    """Texts with the article that solved them. Two statements.

    Resolved tickets that an article solved, tickets from which an article was written, and
    attempts that a signed-in customer ended as solved; not those that turned out to have failed.
    """
    told = or_(
        and_(TicketArticle.kind == LinkKind.SOLVED, Ticket.state == TicketState.RESOLVED),
        TicketArticle.kind == LinkKind.DRAFTED,
    )
    linked = (
        _tickets(TicketArticle.article_id)
        .join(TicketArticle, TicketArticle.ticket_id == Ticket.id)
        .where(told)
        .order_by(Ticket.id, TicketArticle.article_id)
    )
    seen: set[tuple[int, int]] = set()
    for row in session.execute(linked.execution_options(yield_per=_BATCH)):
        # An article may be linked twice: written from the ticket, and named as its solution.
        if (row.id, row.article_id) not in seen:
            seen.add((row.id, row.article_id))
            yield CustomerWords(str(row.article_id), _text(row), row.locale, f"ticket:{row.id}")
    solved = (
        select(
            Attempt.id,
            Attempt.subject,
            Attempt.body,
            Attempt.locale,
            Attempt.language,
            Attempt.solved_by_article_id,
        )
        .where(
            Attempt.outcome == Outcome.SOLVED,
            Attempt.solved_by_article_id.is_not(None),
            # Anybody may say anything without an account: that alone must not teach the ranker.
            Attempt.user_id.is_not(None),
        )
        .order_by(Attempt.id)
    )
    for row in session.execute(solved.execution_options(yield_per=_BATCH)):
        yield CustomerWords(
            str(row.solved_by_article_id),
            _text(row),
            row.language or row.locale,
            f"attempt:{row.id}",
        )


def resolved_tickets(session: Session) -> Iterator[CustomerWords]:
    """Every resolved ticket's words, for finding similar ones; `id` is the ticket's. One statement.

    `document_id` is that of the article that solved it, or "".
    """
    statement = (
        _tickets(Ticket.solved_by_article_id.label("article_id"))
        .where(Ticket.state == TicketState.RESOLVED)
        .order_by(Ticket.id)
    )
    for row in session.execute(statement.execution_options(yield_per=_BATCH)):
        yield CustomerWords(str(row.article_id or ""), _text(row), row.locale, str(row.id))


def _tickets(article_id: Any) -> Select[Any]:
    """Tickets with the customer's first message, which is the description."""
    first = (
        select(Message.ticket_id, func.min(Message.id).label("message_id"))
        .where(Message.from_customer)
        .group_by(Message.ticket_id)
        .subquery()
    )
    statement: Any = (
        select(Ticket.id, Ticket.subject, Message.body, Ticket.locale, article_id)
        .outerjoin(first, first.c.ticket_id == Ticket.id)
        .outerjoin(Message, Message.id == first.c.message_id)
    )
    return statement  # type: ignore[no-any-return]  # five columns of five types


def _text(row: Any) -> str:
    return f"{row.subject}\n{row.body or ''}"
