"""Who works which queue."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.tickets.models import Queue, QueueMember


def queues(session: Session) -> list[Queue]:
    """Every queue, the default one first, then by name."""
    return list(session.scalars(select(Queue).order_by(Queue.is_default.desc(), Queue.name)))


def queue_ids_of(session: Session, user_id: int) -> frozenset[int]:
    """The queues that a person works."""
    found = session.scalars(select(QueueMember.queue_id).where(QueueMember.user_id == user_id))
    return frozenset(found)


def set_queues(session: Session, user_id: int, queue_ids: Collection[int]) -> None:
    """Make a person work these queues and no others; unknown ones are left out.

    Part of a larger change: does not commit.
    """
    wanted = set(session.scalars(select(Queue.id).where(Queue.id.in_(queue_ids))))
    present = set(queue_ids_of(session, user_id))
    session.execute(
        delete(QueueMember).where(
            QueueMember.user_id == user_id, QueueMember.queue_id.in_(present - wanted)
        )
    )
    session.add_all(
        QueueMember(queue_id=queue_id, user_id=user_id) for queue_id in sorted(wanted - present)
    )
    session.flush()
