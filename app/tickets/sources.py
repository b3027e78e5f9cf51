"""From an article back to the ticket that it was written from."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.tickets.models import LinkKind, Ticket, TicketArticle
from app.tickets.policy import visible_tickets


def source_ticket(session: Session, actor: Actor, article_id: int) -> Ticket | None:
    """The ticket that the article was written from, for whoever may see that ticket."""
    return session.scalar(
        select(Ticket)
        .join(TicketArticle, TicketArticle.ticket_id == Ticket.id)
        .where(
            TicketArticle.article_id == article_id,
            TicketArticle.kind == LinkKind.DRAFTED,
            visible_tickets(actor),
        )
        .order_by(TicketArticle.id)
        .limit(1)
    )
