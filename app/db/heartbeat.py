"""Signs of life of the background processes."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.db.models import Heartbeat

WORKER = "worker"


def beat(session: Session, name: str, *, now: datetime) -> None:
    """Say that a process is alive."""
    row = session.get(Heartbeat, name)
    if row is None:
        session.add(Heartbeat(name=name, beaten_at=now))
    else:
        row.beaten_at = now
    session.commit()


def last_beat(session: Session, name: str) -> datetime | None:
    """When a process was last alive, or None if it never was."""
    row = session.get(Heartbeat, name)
    return row.beaten_at if row else None
