"""What the ranker learns from: the words of customers whose problem an article solved."""

from collections.abc import Collection, Iterator
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.deflection.models import Attempt
from app.deflection.states import Outcome
from app.tickets.models import LinkKind, Message, Ticket, TicketArticle, TicketState
from search.documents import CustomerWords

_BATCH: Final = 1000


def customer_words(
    session: Session, article_ids: Collection[int] | None = None
) -> Iterator[CustomerWords]:
    """Texts with the article that solved them, of all articles or of some. Two statements.

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
    if article_ids is not None:
        linked = linked.where(TicketArticle.article_id.in_(article_ids))
        solved = solved.where(Attempt.solved_by_article_id.in_(article_ids))
    seen: set[tuple[int, int]] = set()
    for row in session.execute(linked.execution_options(yield_per=_BATCH)):
        # An article may be linked twice: written from the ticket, and named as its solution.
        if (row.id, row.article_id) not in seen:
            seen.add((row.id, row.article_id))
            yield CustomerWords(str(row.article_id), _text(row), row.locale, f"ticket:{row.id}")
    for row in session.execute(solved.execution_options(yield_per=_BATCH)):
        yield CustomerWords(
            str(row.solved_by_article_id),
            _text(row),
            row.language or row.locale,
            f"attempt:{row.id}",
        )


def resolved_tickets(
    session: Session, ids: Collection[int] | None = None
) -> Iterator[CustomerWords]:
    """The words of all resolved tickets, or of some, for finding similar ones. One statement.

    `id` is the ticket's, `document_id` that of the article that solved it, or "".
    """
    statement = (
        _tickets(Ticket.solved_by_article_id.label("article_id"))
        .where(Ticket.state == TicketState.RESOLVED)
        .order_by(Ticket.id)
    )
    if ids is not None:
        statement = statement.where(Ticket.id.in_(ids))
    for row in session.execute(statement.execution_options(yield_per=_BATCH)):
        yield CustomerWords(str(row.article_id or ""), _text(row), row.locale, str(row.id))


def tickets_changed_since(session: Session, version: int) -> set[int]:
    """The tickets that were resolved or reopened after that version of the content."""
    return set(session.scalars(select(Ticket.id).where(Ticket.index_version > version)))


def count_resolved_tickets(session: Session) -> int:
    """How many tickets `resolved_tickets` gives."""
    statement = select(func.count()).where(Ticket.state == TicketState.RESOLVED)
    return session.scalar(statement) or 0


def _tickets(article_id: Any) -> Select[Any]:
    """Tickets with the customer's first message, which is the description."""
    first = (
        select(func.min(Message.id))
        .where(Message.ticket_id == Ticket.id, Message.from_customer)
        .correlate(Ticket)
        .scalar_subquery()
    )
    statement: Any = select(
        Ticket.id, Ticket.subject, Message.body, Ticket.locale, article_id
    ).outerjoin(Message, Message.id == first)
    return statement  # type: ignore[no-any-return]  # five columns of five types


def _text(row: Any) -> str:
    return f"{row.subject}\n{row.body or ''}"
