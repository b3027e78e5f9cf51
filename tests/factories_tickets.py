"""Queues and tickets for tests."""

import itertools
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY, Actor
from app.accounts.models import Role, User
from app.settings import Settings
from app.tickets.drafts import TicketDraft
from app.tickets.models import Queue, QueueMember
from app.tickets.service import Filed, file_ticket

_numbers = itertools.count(1)


def make_queue(session: Session, name: str | None = None, *members: User) -> Queue:
    """A queue with these members, committed; the first one is the default."""
    is_first = session.query(Queue).count() == 0
    queue = Queue(name=name or f"Queue {next(_numbers)}", is_default=is_first)
    session.add(queue)
    session.flush()
    session.add_all(QueueMember(queue_id=queue.id, user_id=user.id) for user in members)
    session.commit()
    return queue


def make_ticket(
    session: Session,
    settings: Settings,
    *,
    requester: User | None = None,
    queue: Queue | None = None,
    subject: str = "The invoice is blank",
    body: str = "I open the invoice and see an empty page.",
    now: datetime | None = None,
    **fields: object,
) -> Filed:
    """A ticket filed the way that people file them, committed."""
    email = str(fields.pop("email", "ana@example.org"))
    name = str(fields.pop("name", "Ana"))
    locale = str(fields.pop("locale", "en"))
    filed = file_ticket(
        session,
        actor=actor_of(requester) if requester else ANYBODY,
        draft=TicketDraft(subject=subject, body=body, email=email, name=name, locale=locale),
        settings=settings,
        now=now or datetime.now(UTC),
    )
    if queue is not None:
        filed.ticket.queue_id = queue.id
    for name_, value in fields.items():
        setattr(filed.ticket, name_, value)
    session.commit()
    return filed


def actor_of(user: User, *queues: Queue) -> Actor:
    """Who this person is for the policies; an agent of these queues."""
    return Actor(
        user_id=user.id,
        role=Role(user.role),
        email=user.email,
        organisation_id=user.organisation_id,
        queue_ids=frozenset(queue.id for queue in queues),
    )
