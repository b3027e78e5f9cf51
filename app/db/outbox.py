"""Promise a side effect in the transaction that makes it due."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.models import IndexVersion, OutboxEntry

CONTENT = "content"


def enqueue(
    session: Session, *, key: str, kind: str, payload: dict[str, Any], now: datetime
) -> None:
    """Add one side effect; a key that was already promised is kept as it stands."""
    known = session.scalar(select(OutboxEntry.id).where(OutboxEntry.key == key))
    if known is None:
        session.add(
            OutboxEntry(key=key, kind=kind, payload=payload, created_at=now, available_at=now)
        )


def bump_index(session: Session, *, now: datetime, name: str = CONTENT) -> int:
    """Say that the indexed content changes with this transaction; returns the new version."""
    row = session.get(IndexVersion, name, with_for_update=True) or _first_version(
        session, name, now
    )
    row.version += 1
    row.changed_at = now
    return row.version


def _first_version(session: Session, name: str, now: datetime) -> IndexVersion:
    try:
        with session.begin_nested():
            session.add(IndexVersion(name=name, version=0, changed_at=now))
    except IntegrityError:
        pass  # another transaction has just added it
    return session.get_one(IndexVersion, name, with_for_update=True)


def index_version(session: Session, name: str = CONTENT) -> int:
    """The version that an index must have to be current; 0 before any content."""
    found = session.scalar(select(IndexVersion.version).where(IndexVersion.name == name))
    return found or 0
