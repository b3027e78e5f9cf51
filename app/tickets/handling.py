"""What agents do with a ticket besides answering: claim, hand over, move, set the state."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role, User
from app.errors import N_, ConflictError, InvalidError
from app.settings import Settings
from app.tickets import mailing, rules
from app.tickets.events import add_event
from app.tickets.learning import learn
from app.tickets.loading import (
    check_unchanged,
    keep_link_alive,
    status_of,
    take_step,
    work_on,
)
from app.tickets.models import Queue, QueueMember, Ticket, TicketState
from app.tickets.rules import EventCode


def claim(session: Session, *, actor: Actor, ticket_id: int, now: datetime) -> Ticket:
    """Take a ticket that nobody has; one commit. To take one's own again changes nothing.

    Raises ConflictError that names who was faster.
    """
    ticket = work_on(session, actor, ticket_id)
    if ticket.assignee_id == actor.user_id:
        return ticket
    if ticket.assignee is not None:
        raise ConflictError(
            N_("%(name)s was faster and has this ticket now."), name=ticket.assignee.name
        )
    ticket.assignee_id = actor.user_id
    add_event(session, ticket, EventCode.CLAIMED, author_id=actor.user_id, now=now)
    session.commit()
    return ticket


def assign(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    assignee_id: int | None,
    now: datetime,
    expected_id: int | None = None,
    check: bool = False,
) -> Ticket:
    """Give a ticket to somebody who works its queue, or (None) back to nobody; one commit.

    With `check`, `expected_id` is who had it when the person looked: ConflictError otherwise.
    Raises InvalidError for the field `assignee`.
    """
    ticket = work_on(session, actor, ticket_id)
    if check and ticket.assignee_id not in {expected_id, assignee_id}:
        name = ticket.assignee.name if ticket.assignee else ""
        raise ConflictError(N_("Meanwhile the ticket went to %(name)s."), name=name or "–")
    if ticket.assignee_id == assignee_id:
        return ticket
    if assignee_id is None:
        ticket.assignee_id = None
        add_event(session, ticket, EventCode.UNASSIGNED, author_id=actor.user_id, now=now)
    else:
        person = _worker_of(session, ticket.queue_id, assignee_id)
        if person is None:
            raise InvalidError("assignee", N_("Choose somebody who works this queue."))
        ticket.assignee_id = assignee_id
        add_event(
            session,
            ticket,
            EventCode.ASSIGNED,
            author_id=actor.user_id,
            now=now,
            to=person.name,
        )
    session.commit()
    return ticket


def move(session: Session, *, actor: Actor, ticket_id: int, queue_id: int, now: datetime) -> Ticket:
    """Put a ticket into another queue; one commit.

    Whoever has it and does not work there loses it. Raises InvalidError for the field `queue`.
    """
    ticket = work_on(session, actor, ticket_id)
    queue = session.get(Queue, queue_id)
    if queue is None:
        raise InvalidError("queue", N_("Choose a queue of the list."))
    if ticket.queue_id == queue.id:
        return ticket
    ticket.queue = queue
    if ticket.assignee_id and _worker_of(session, queue.id, ticket.assignee_id) is None:
        ticket.assignee_id = None
    add_event(session, ticket, EventCode.MOVED, author_id=actor.user_id, now=now, to=queue.name)
    session.commit()
    return ticket


def set_state(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    state: TicketState,
    settings: Settings,
    now: datetime,
    seen: int | None = None,
) -> Ticket:
    """Say whose turn it is, or reopen, without a word to the customer except on reopening.

    One commit. `seen` is the id of the last entry that the agent saw. Raises ConflictError for a
    state that is not to be chosen, and MeanwhileError when the ticket changed since then.
    """
    ticket = work_on(session, actor, ticket_id)
    is_so = ticket.state is state
    check_unchanged(session, ticket, seen=seen, actor=actor, own_counts=not is_so)
    before = ticket.solved_by_article_id
    step = rules.after_state_choice(status_of(ticket), state)
    event = take_step(
        session, ticket, step, actor=actor, settings=settings, now=now, names={"to": state.value}
    )
    learn(session, ticket, before=before, now=now)
    if event is not None and step.event is EventCode.REOPENED:
        keep_link_alive(ticket, settings)
        mailing.tell_reopened(session, ticket, event, now=now)
    session.commit()
    return ticket


def _worker_of(session: Session, queue_id: int, user_id: int) -> User | None:
    """The person, if they work this queue."""
    person = session.get(User, user_id)
    if person is None or person.disabled_at is not None:
        return None
    if person.role is Role.ADMIN:
        return person
    if person.role is not Role.AGENT:
        return None
    member = session.scalar(
        select(QueueMember.user_id).where(
            QueueMember.queue_id == queue_id, QueueMember.user_id == user_id
        )
    )
    return person if member is not None else None
