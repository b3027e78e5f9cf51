"""Reading tickets for agents: the queue with its views and counts, and what lies beside a ticket."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.accounts.actor import Actor
from app.accounts.models import Organisation, Role, User
from app.tickets import policy
from app.tickets.models import (
    Message,
    MessageKind,
    Queue,
    QueueMember,
    Ticket,
    TicketKind,
    TicketState,
)
from app.tickets.references import read_reference

PER_PAGE = 30
SNIPPET = 140
"""Characters of the last word that a row shows."""
MAX_QUERY = 200


class View(StrEnum):
    """Which tickets of an agent's queues are looked at."""

    UNASSIGNED = "unassigned"  # nobody has claimed them, and they are not resolved
    MINE = "mine"  # claimed by the agent, and not resolved
    ALL = "all"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What an agent chose to look at. `words` is a reference, or part of a subject or address."""

    view: View = View.UNASSIGNED
    state: TicketState | None = None
    words: str = ""
    queue_id: int | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in the queue."""

    id: int
    reference: str
    subject: str
    state: TicketState
    kind: TicketKind
    tier: int
    locale: str
    requester_name: str
    requester_email: str
    organisation: str | None
    queue: str
    assignee_id: int | None
    assignee: str | None
    answer_due_at: datetime | None
    updated_at: datetime
    last_at: datetime
    last_words: str
    last_from_customer: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue, the least time left first. `page` counts from 1."""

    rows: tuple[TicketRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tickets stand in each view, and of each state in each view."""

    views: dict[View, int]
    states: dict[View, dict[TicketState, int]]


def counts(session: Session, actor: Actor, *, queue_id: int | None = None) -> Counts:
    """The figures beside the views. One statement."""
    whose = case(
        (Ticket.assignee_id.is_(None), View.UNASSIGNED.value),
        (Ticket.assignee_id == actor.user_id, View.MINE.value),
        else_=View.ALL.value,
    ).label("whose")
    statement = (
        select(whose, Ticket.state, func.count())
        .where(policy.workable_tickets(actor), _in_queue(queue_id))
        .group_by(whose, Ticket.state)
    )
    states = {view: Counter[TicketState]() for view in View}
    for name, state, count in session.execute(statement):
        states[View.ALL][state] += count
        if name != View.ALL.value:
            states[View(name)][state] += count
    views = {
        view: sum(n for state, n in found.items() if _stands_in(view, state))
        for view, found in states.items()
    }
    return Counts(views, {view: dict(found) for view, found in states.items()})


def queue_page(session: Session, actor: Actor, wanted: QueueFilter) -> QueuePage:
    """A page of the queue. Two statements; a page beyond the last is the last."""
    conditions = [policy.workable_tickets(actor), *_conditions(actor, wanted)]
    total = session.scalar(select(func.count(Ticket.id)).where(*conditions)) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(wanted.page, 1), pages)
    return QueuePage(
        _rows(session, conditions, limit=PER_PAGE, offset=(page - 1) * PER_PAGE),
        total,
        page,
        pages,
    )


def queue_strip(
    session: Session, actor: Actor, wanted: QueueFilter, *, limit: int = 20
) -> tuple[TicketRow, ...]:
    """The first tickets of a view, for the pane beside a ticket. One statement."""
    conditions = [policy.workable_tickets(actor), *_conditions(actor, wanted)]
    return _rows(session, conditions, limit=limit, offset=0)


def other_tickets(
    session: Session, actor: Actor, ticket: Ticket, *, limit: int = 5
) -> tuple[TicketRow, ...]:
    """Other tickets of the same customer that this agent may work, newest first. One statement."""
    same = Ticket.requester_email == ticket.requester_email
    if ticket.requester_id is not None:
        same = or_(same, Ticket.requester_id == ticket.requester_id)
    conditions = [policy.workable_tickets(actor), same, Ticket.id != ticket.id]
    return _rows(session, conditions, limit=limit, offset=0, newest_first=True)


def resolved_by_ids(session: Session, actor: Actor, ids: Sequence[int]) -> tuple[TicketRow, ...]:
    """Those tickets that are resolved and that this agent may work, in the order of `ids`.

    One statement, or none.
    """
    if not ids:
        return ()
    conditions = [
        policy.workable_tickets(actor),
        Ticket.id.in_(ids),
        Ticket.state == TicketState.RESOLVED,
    ]
    found = {row.id: row for row in _rows(session, conditions, limit=len(ids), offset=0)}
    return tuple(found[each] for each in ids if each in found)


def workers(session: Session, queue_id: int) -> list[User]:
    """Who may be given a ticket of this queue: its agents, and admins; by name. One statement."""
    member = and_(QueueMember.user_id == User.id, QueueMember.queue_id == queue_id)
    return list(
        session.scalars(
            select(User)
            .outerjoin(QueueMember, member)
            .where(
                User.disabled_at.is_(None),
                or_(
                    User.role == Role.ADMIN,
                    and_(User.role == Role.AGENT, QueueMember.queue_id.is_not(None)),
                ),
            )
            .order_by(User.name)
        )
    )


def own_queues(session: Session, actor: Actor) -> list[Queue]:
    """The queues that this person works, by name. One statement."""
    mine = true() if actor.is_admin else Queue.id.in_(actor.queue_ids)
    return list(session.scalars(select(Queue).where(mine).order_by(Queue.name)))


def all_queues(session: Session) -> list[Queue]:
    """Every queue that a ticket can be moved to, by name. One statement."""
    return list(session.scalars(select(Queue).order_by(Queue.name)))


def _conditions(actor: Actor, wanted: QueueFilter) -> list[ColumnElement[bool]]:
    conditions = [_in_queue(wanted.queue_id)]
    if wanted.view is View.UNASSIGNED:
        conditions.append(Ticket.assignee_id.is_(None))
    elif wanted.view is View.MINE:
        conditions.append(Ticket.assignee_id == actor.user_id)
    if wanted.state is not None:
        conditions.append(Ticket.state == wanted.state)
    elif wanted.view is not View.ALL:
        conditions.append(Ticket.state != TicketState.RESOLVED)
    words = " ".join(wanted.words[:MAX_QUERY].replace("\x00", "").casefold().split())
    if words:
        conditions.append(
            or_(
                Ticket.reference == (read_reference(words) or ""),
                func.lower(Ticket.subject).contains(words, autoescape=True),
                Ticket.requester_email.contains(words, autoescape=True),
                func.lower(Ticket.requester_name).contains(words, autoescape=True),
            )
        )
    return conditions


def _in_queue(queue_id: int | None) -> ColumnElement[bool]:
    return true() if queue_id is None else Ticket.queue_id == queue_id


def _stands_in(view: View, state: TicketState) -> bool:
    return view is View.ALL or state is not TicketState.RESOLVED


def _rows(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    offset: int,
    newest_first: bool = False,
) -> tuple[TicketRow, ...]:
    assignee = aliased(User)
    last = aliased(Message)
    newest = (
        select(func.max(Message.id))
        .where(Message.ticket_id == Ticket.id, Message.kind == MessageKind.REPLY)
        .correlate(Ticket)
        .scalar_subquery()
    )
    by_time_left = (
        Ticket.answer_due_at.is_(None),
        Ticket.answer_due_at,
        Ticket.updated_at.desc(),
        Ticket.id.desc(),
    )
    order = (Ticket.created_at.desc(), Ticket.id.desc()) if newest_first else by_time_left
    statement = (
        select(Ticket, Organisation.name, Queue.name, assignee.name, last)
        .join(Queue, Queue.id == Ticket.queue_id)
        .join(last, last.id == newest)
        .outerjoin(Organisation, Organisation.id == Ticket.organisation_id)
        .outerjoin(assignee, assignee.id == Ticket.assignee_id)
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    )
    return tuple(
        TicketRow(
            id=ticket.id,
            reference=ticket.reference,
            subject=ticket.subject,
            state=ticket.state,
            kind=ticket.kind,
            tier=ticket.tier,
            locale=ticket.locale,
            requester_name=ticket.requester_name,
            requester_email=ticket.requester_email,
            organisation=organisation,
            queue=queue,
            assignee_id=ticket.assignee_id,
            assignee=assignee_name,
            answer_due_at=ticket.answer_due_at,
            updated_at=ticket.updated_at,
            last_at=word.created_at,
            last_words=_snippet(word.body),
            last_from_customer=word.from_customer,
        )
        for ticket, organisation, queue, assignee_name, word in session.execute(statement)
    )


def _snippet(text: str) -> str:
    line = " ".join(text[: 4 * SNIPPET].split())
    return line if len(line) <= SNIPPET else line[:SNIPPET].rpartition(" ")[0] + "…"
