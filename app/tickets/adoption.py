"""Tickets filed without an account become those of the person who proves to own the address."""

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.tickets.models import Ticket


def adopt_tickets(session: Session, user: User) -> int:
    """Give a person the tickets that were filed anonymously with their confirmed address.

    Returns how many. Nothing happens for an address that is not confirmed.
    """
    if user.email_confirmed_at is None:
        return 0
    result = session.execute(
        update(Ticket)
        .where(Ticket.requester_email == user.email, Ticket.requester_id.is_(None))
        .values(requester_id=user.id, organisation_id=user.organisation_id)
    )
    session.commit()
    return result.rowcount if isinstance(result, CursorResult) else 0
