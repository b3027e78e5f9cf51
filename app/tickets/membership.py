"""Who works which queue."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.tickets.models import Queue, QueueMember


def queues(session: Session) -> Sequence[Queue]:
    """Every queue, the default one first, then by name. One statement."""
    return session.scalars(select(Queue).order_by(Queue.is_default.desc(), Queue.name)).all()


def queues_of(session: Session, user_id: int) -> frozenset[int]:
    """The ids of the queues that a person works. One statement."""
    return frozenset(
        session.scalars(select(QueueMember.queue_id).where(QueueMember.user_id == user_id))
    )


def set_queues(session: Session, user_id: int, queue_ids: Iterable[int]) -> None:
    """Make a person a member of these queues and of no other; ids of no queue are left out.

    Part of a larger change: flushes, and leaves the commit to the caller.
    """
    wanted = set(session.scalars(select(Queue.id).where(Queue.id.in_(set(queue_ids)))))
    session.execute(
        delete(QueueMember).where(
            QueueMember.user_id == user_id, QueueMember.queue_id.not_in(wanted)
        )
    )
    known = queues_of(session, user_id)
    session.add_all(QueueMember(queue_id=each, user_id=user_id) for each in wanted - known)
    session.flush()


def add_queue(session: Session, name: str) -> Queue:
    """The queue with this name, made when there is none; the first one is the default. Flushes."""
    found = session.scalar(select(Queue).where(Queue.name == name))
    if found is None:
        is_first = session.scalar(select(Queue.id).limit(1)) is None
        found = Queue(name=name, is_default=is_first)
        session.add(found)
        session.flush()
    return found
