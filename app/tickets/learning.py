"""Keep what articles solved in step with what is said of tickets."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.knowledge.voting import count_solved, hold, teach
from app.tickets.models import LinkKind, Ticket, TicketArticle


def link(
    session: Session, ticket: Ticket, article_id: int, kind: LinkKind, *, now: datetime
) -> None:
    """Say that an article has to do with a ticket; a second time changes nothing. No commit."""
    known = session.scalar(
        select(TicketArticle.id).where(
            TicketArticle.ticket_id == ticket.id,
            TicketArticle.article_id == article_id,
            TicketArticle.kind == kind,
        )
    )
    if known is None:
        session.add(
            TicketArticle(ticket_id=ticket.id, article_id=article_id, kind=kind, created_at=now)
        )
        session.flush()


def learn(
    session: Session, ticket: Ticket, *, before: int | None, drafted: bool = False, now: datetime
) -> None:
    """Follow a change of the article that solved the ticket; `before` is the one named earlier.

    The customer's words count for the new one from now on, and no longer for the old one. One
    that is only being written counts from its publication. No commit.
    """
    after = ticket.solved_by_article_id
    if before == after:
        return
    concerned = {each for each in (before, after) if each is not None}
    hold(session, concerned)
    session.execute(
        delete(TicketArticle).where(
            TicketArticle.ticket_id == ticket.id, TicketArticle.kind == LinkKind.SOLVED
        )
    )
    if before is not None:
        count_solved(session, before, by=-1)
    if after is not None:
        link(session, ticket, after, LinkKind.DRAFTED if drafted else LinkKind.SOLVED, now=now)
        count_solved(session, after)
    teach(session, concerned, now=now)
