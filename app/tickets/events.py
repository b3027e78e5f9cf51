"""What happened to a ticket, as entries of its conversation."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.tickets.models import Message, MessageKind, Ticket
from app.tickets.rules import EventCode


@dataclass(frozen=True, slots=True)
class Event:
    """A code and the names that its sentence needs."""

    code: EventCode
    names: dict[str, str] = field(default_factory=dict)


def add_event(
    session: Session,
    ticket: Ticket,
    code: EventCode,
    *,
    author_id: int | None,
    now: datetime,
    from_customer: bool = False,
    **names: str,
) -> Message:
    """Tell in the conversation what happened; flushes, no commit."""
    message = Message(
        ticket_id=ticket.id,
        kind=MessageKind.EVENT,
        author_id=author_id,
        from_customer=from_customer,
        body=json.dumps({"code": code.value, **names}, ensure_ascii=False),
        created_at=now,
    )
    session.add(message)
    ticket.updated_at = now
    session.flush()
    return message


def read_event(message: Message) -> Event:
    """What an entry of the kind `event` tells."""
    names: dict[str, str] = json.loads(message.body)
    return Event(EventCode(names.pop("code")), names)
