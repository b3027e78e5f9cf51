"""Who may see and work a ticket: asked by pages, downloads, counts, mail and the API alike."""

from sqlalchemy import ColumnElement, false, or_, true

from app.accounts.actor import ANYBODY, Actor
from app.accounts.models import Role
from app.tickets.models import MessageKind, Ticket


def own_tickets(actor: Actor) -> ColumnElement[bool]:
    """The tickets that are this person's as a customer.

    Filed by the account, filed with an address that the account has confirmed, or opened by
    their private link in this session. Colleagues of the same organisation do not share theirs.
    """
    conditions: list[ColumnElement[bool]] = []
    if actor.user_id is not None:
        conditions.append(Ticket.requester_id == actor.user_id)
    if actor.email:
        conditions.append(Ticket.requester_email == actor.email)
    if actor.ticket_ids:
        conditions.append(Ticket.id.in_(actor.ticket_ids))
    return or_(*conditions) if conditions else false()


def workable_tickets(actor: Actor) -> ColumnElement[bool]:
    """The tickets that this person works: those of an agent's queues, or all for an admin."""
    if actor.is_admin:
        return true()
    if actor.works_tickets and actor.queue_ids:
        return Ticket.queue_id.in_(actor.queue_ids)
    return false()


def visible_tickets(actor: Actor) -> ColumnElement[bool]:
    """Every ticket that this person may see, in whatever role."""
    return or_(own_tickets(actor), workable_tickets(actor))


def owns(actor: Actor, ticket: Ticket) -> bool:
    """Whether the ticket is this person's as a customer; see `own_tickets`."""
    if actor.user_id is not None and ticket.requester_id == actor.user_id:
        return True
    if actor.email and ticket.requester_email == actor.email:
        return True
    return ticket.id in actor.ticket_ids


def may_work(actor: Actor, ticket: Ticket) -> bool:
    """Whether this person answers the ticket; see `workable_tickets`."""
    return actor.is_admin or (actor.works_tickets and ticket.queue_id in actor.queue_ids)


def may_see(actor: Actor, ticket: Ticket) -> bool:
    """Whether this person may know that the ticket exists."""
    return owns(actor, ticket) or may_work(actor, ticket)


def may_read(actor: Actor, ticket: Ticket, kind: MessageKind) -> bool:
    """Whether this person may read messages of this kind: notes are for who works the ticket."""
    if kind is MessageKind.NOTE:
        return may_work(actor, ticket)
    return may_see(actor, ticket)


def customer_of(ticket: Ticket) -> Actor:
    """The ticket's customer, for asking what they may read."""
    person = ticket.requester
    if person is None:
        return ANYBODY
    return Actor(user_id=person.id, role=Role(person.role), organisation_id=person.organisation_id)
