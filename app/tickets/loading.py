"""Tickets as rows: fetched for somebody who may, and made what the rules decided."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.db.outbox import bump_index
from app.errors import N_, ConflictError, ForbiddenError, NotFoundError
from app.knowledge.voting import hold
from app.settings import Settings
from app.tickets import policy
from app.tickets.events import add_event, read_event
from app.tickets.models import Message, MessageKind, Ticket, TicketState
from app.tickets.references import link_secret, secret_hash
from app.tickets.rules import STANDING_EVENTS, Clock, Status, Step
from app.tickets.service_level import ServiceLevel


class MeanwhileError(ConflictError):
    """Somebody else wrote or decided something since the person looked."""


def work_on(session: Session, actor: Actor, ticket_id: int) -> Ticket:
    """The ticket, kept from others until this transaction ends, for an agent who works it.

    Raises NotFoundError when they may not know of it, ForbiddenError when it is theirs only as a
    customer.
    """
    ticket = _locked(session, ticket_id)
    if ticket is None or not policy.may_see(actor, ticket):
        raise NotFoundError(f"no ticket {ticket_id} for this person")
    if not policy.may_work(actor, ticket):
        raise ForbiddenError("this person does not work the ticket's queue")
    return ticket


def speak_for(session: Session, actor: Actor, ticket_id: int) -> Ticket:
    """The ticket, kept from others, for its customer. Raises NotFoundError for anybody else."""
    ticket = _locked(session, ticket_id)
    if ticket is None or not policy.owns(actor, ticket):
        raise NotFoundError(f"no ticket {ticket_id} of this person")
    return ticket


def check_unchanged(
    session: Session, ticket: Ticket, *, seen: int | None, actor: Actor, own_counts: bool = True
) -> None:
    """Refuse when the ticket changed after the entry with the id `seen`, None for no page.

    What others did always counts; of what the person did, in another tab, replies and changes of
    state do, unless `own_counts` is false: the deed changes no state, or asks for what is so.
    Raises MeanwhileError.
    """
    if seen is None:
        return
    newer = session.scalars(
        select(Message).where(Message.ticket_id == ticket.id, Message.id > seen)
    )
    if any(
        own_counts and _changes_standing(entry) if entry.author_id == actor.user_id else True
        for entry in newer
    ):
        raise MeanwhileError(N_("Nothing was done, because the ticket changed meanwhile."))


def _changes_standing(entry: Message) -> bool:
    """Whether whose turn it is may be another since this entry."""
    if entry.kind is MessageKind.EVENT:
        return read_event(entry).code in STANDING_EVENTS
    return entry.kind is MessageKind.REPLY


def messages_of(session: Session, ticket: Ticket, *kinds: MessageKind) -> Sequence[Message]:
    """The entries of these kinds, in order, as they are in the database now. One statement."""
    return session.scalars(
        select(Message)
        .where(Message.ticket_id == ticket.id, Message.kind.in_(kinds))
        .order_by(Message.id)
    ).all()


def status_of(ticket: Ticket) -> Status:
    """The part of a ticket that the rules decide about."""
    return Status(
        ticket.state, ticket.resolution, ticket.solved_by_article_id, ticket.reopened_count
    )


def take_step(
    session: Session,
    ticket: Ticket,
    step: Step,
    *,
    actor: Actor,
    settings: Settings,
    now: datetime,
    from_customer: bool = False,
    names: Mapping[str, str] | None = None,
) -> Message | None:
    """Make the ticket what the rules decided; returns the entry that tells of it. No commit.

    `names` are what the entry's sentence needs.
    """
    was_resolved = ticket.resolved_at is not None
    concerned = [ticket.solved_by_article_id, step.status.solved_by]
    ticket.state = step.status.state
    ticket.resolution = step.status.resolution
    ticket.solved_by_article_id = step.status.solved_by
    ticket.reopened_count = step.status.reopened_count
    ticket.updated_at = now
    match step.clock:
        case Clock.START:
            ticket.answer_due_at = ServiceLevel.from_settings(settings).answer_due(now)
        case Clock.STOP:
            ticket.answer_due_at = None
    if ticket.state is not TicketState.RESOLVED:
        ticket.resolved_at = None
    elif not was_resolved:
        ticket.resolved_at = now
    if was_resolved != (ticket.resolved_at is not None):
        hold(session, [each for each in concerned if each is not None])
        ticket.index_version = bump_index(session, now=now)
    if step.event is None:
        session.flush()
        return None
    return add_event(
        session,
        ticket,
        step.event,
        author_id=actor.user_id,
        now=now,
        from_customer=from_customer,
        **(names or {}),
    )


def keep_link_alive(ticket: Ticket, settings: Settings) -> None:
    """Let the private link of the next mail work, even if the installation's key is a new one."""
    ticket.access_hash = secret_hash(link_secret(settings.key(), ticket.reference))


def _locked(session: Session, ticket_id: int) -> Ticket | None:
    # Who waited for the lock decides by what the row says now, not by what the session had read.
    return session.scalar(
        select(Ticket)
        .where(Ticket.id == ticket_id)
        .with_for_update(of=Ticket)
        .execution_options(populate_existing=True)
    )
