"""Mail about a ticket, promised in the transaction that it tells of.

The private link is not part of what is promised: the worker derives it when it writes the mail
(see `references.link_secret`), so that no table holds a working link.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.db.outbox import enqueue
from app.settings import Settings
from app.tickets.models import Message, Ticket
from app.tickets.moments import spoken


def tell_received(session: Session, ticket: Ticket, *, settings: Settings, now: datetime) -> None:
    """The ticket is here; what happens next and by when."""
    _tell(
        session,
        ticket,
        "ticket_received",
        "received",
        now=now,
        due=spoken(
            ticket.first_response_due_at,
            locale=ticket.locale,
            timezone=ticket.requester.timezone if ticket.requester else settings.timezone,
            zone_named=ticket.requester is None,
        ),
    )


def tell_replied(
    session: Session, ticket: Ticket, message: Message, *, resolved: bool, now: datetime
) -> None:
    """An agent has answered, and perhaps considers the matter settled with that."""
    _tell(
        session,
        ticket,
        "ticket_replied",
        f"reply:{message.id}",
        now=now,
        reply=message.body,
        agent=message.author.name if message.author else "",
        resolved=resolved,
    )


def tell_resolved(session: Session, ticket: Ticket, event: Message, *, now: datetime) -> None:
    """An agent considers the ticket finished."""
    _tell(session, ticket, "ticket_resolved", f"resolved:{event.id}", now=now)


def tell_reopened(session: Session, ticket: Ticket, event: Message, *, now: datetime) -> None:
    """An agent has taken the ticket up again."""
    _tell(session, ticket, "ticket_reopened", f"reopened:{event.id}", now=now)


def tell_published(
    session: Session, ticket: Ticket, *, article_id: int, title: str, url: str, now: datetime
) -> None:
    """There is now an article that this ticket led to."""
    _tell(
        session,
        ticket,
        "article_published",
        f"published:{article_id}",
        now=now,
        title=title,
        url=url,
    )


def _tell(
    session: Session, ticket: Ticket, template: str, occasion: str, *, now: datetime, **words: Any
) -> None:
    context = {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "name": ticket.requester_name,
        "locale": ticket.locale,
        **words,
    }
    enqueue(
        session,
        key=f"ticket:{ticket.reference}:{occasion}",
        kind="mail",
        payload={
            "template": template,
            "to": ticket.requester_email,
            "locale": ticket.locale,
            "context": context,
        },
        now=now,
    )
