"""Reading tickets for customers: their list, one ticket, and what may be read of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.actor import Actor
from app.errors import NotFoundError
from app.tickets import policy
from app.tickets.events import Event, read_event
from app.tickets.models import Attachment, LinkKind, Message, MessageKind, Ticket, TicketArticle
from app.tickets.references import read_reference, secret_hash
from app.tickets.rules import PUBLIC_EVENTS

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a conversation. `event` is None for what somebody wrote."""

    message: Message
    event: Event | None = None

    @property
    def attachments(self) -> Sequence[Attachment]:
        return self.message.attachments


@dataclass(frozen=True, slots=True)
class OwnTickets:
    """One page of a customer's tickets, the newest word first. `page` counts from 1."""

    tickets: Sequence[Ticket]
    last_word: dict[int, datetime]
    """When somebody last wrote in public, by ticket id."""
    total: int
    page: int
    pages: int


def own_tickets(session: Session, actor: Actor, *, page: int = 1) -> OwnTickets:
    """The tickets that are this person's as a customer. Two statements."""
    total = session.scalar(select(func.count(Ticket.id)).where(policy.own_tickets(actor))) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    last = (
        select(Message.ticket_id, func.max(Message.created_at).label("at"))
        .where(Message.kind == MessageKind.REPLY)
        .group_by(Message.ticket_id)
        .subquery()
    )
    rows = session.execute(
        select(Ticket, last.c.at)
        .join(last, last.c.ticket_id == Ticket.id)
        .where(policy.own_tickets(actor))
        .order_by(last.c.at.desc(), Ticket.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    return OwnTickets(
        [ticket for ticket, _ in rows], {ticket.id: at for ticket, at in rows}, total, page, pages
    )


def get_own(session: Session, actor: Actor, reference: str) -> Ticket:
    """The customer's ticket with this reference. Raises NotFoundError. One statement."""
    ticket = find_by_reference(session, reference)
    if ticket is None or not policy.owns(actor, ticket):
        raise NotFoundError(f"no ticket {reference} of this person")
    return ticket


def find_by_reference(session: Session, reference: str) -> Ticket | None:
    """The ticket with this reference, as people write it; the caller asks the policy."""
    known = read_reference(reference)
    if known is None:
        return None
    return session.scalar(
        select(Ticket)
        .where(Ticket.reference == known)
        .options(
            joinedload(Ticket.queue),
            joinedload(Ticket.requester),
            joinedload(Ticket.organisation),
            joinedload(Ticket.assignee),
        )
    )


def find_by_secret(session: Session, secret: str) -> Ticket | None:
    """The ticket whose private link carries this secret. One statement."""
    return session.scalar(select(Ticket).where(Ticket.access_hash == secret_hash(secret)))


def conversation(session: Session, ticket_id: int, *, staff: bool = False) -> list[Entry]:
    """The entries of a ticket in order; notes and the desk's own events only for `staff`.

    Two statements.
    """
    statement = (
        select(Message)
        .where(Message.ticket_id == ticket_id)
        .options(joinedload(Message.author), selectinload(Message.attachments))
        .order_by(Message.id)
    )
    if not staff:
        statement = statement.where(Message.kind != MessageKind.NOTE)
    entries = []
    for message in session.scalars(statement):
        event = read_event(message) if message.kind is MessageKind.EVENT else None
        if staff or event is None or event.code in PUBLIC_EVENTS:
            entries.append(Entry(message, event))
    return entries


def linked_articles(session: Session, ticket_id: int) -> Sequence[TicketArticle]:
    """What articles have to do with a ticket, in the order in which it was said. One statement."""
    return session.scalars(
        select(TicketArticle).where(TicketArticle.ticket_id == ticket_id).order_by(TicketArticle.id)
    ).all()


def inserted_ids(links: Sequence[TicketArticle]) -> list[int]:
    """The ids of the articles that agents sent, the last one first."""
    return [link.article_id for link in reversed(links) if link.kind is LinkKind.INSERTED]
