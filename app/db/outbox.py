"""Promise a side effect in the transaction that makes it due."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
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
    """Say that the indexed content changes with this transaction; returns the new version.

    From here to the commit nobody else gets a version: they are committed in their order.
    """
    version = _raise_version(session, name, now)
    if version is None:
        try:
            with session.begin_nested():
                session.add(IndexVersion(name=name, version=0, changed_at=now))
        except IntegrityError:
            pass  # another transaction has just added it
        version = _raise_version(session, name, now)
    if version is None:
        raise RuntimeError(f"the version of {name!r} can be neither raised nor added")
    return version


def _raise_version(session: Session, name: str, now: datetime) -> int | None:
    return session.scalar(
        update(IndexVersion)
        .where(IndexVersion.name == name)
        .values(version=IndexVersion.version + 1, changed_at=now)
        .returning(IndexVersion.version)
        .execution_options(synchronize_session=False)
    )


def index_version(session: Session, name: str = CONTENT) -> int:
    """The version that an index must have to be current; 0 before any content."""
    found = session.scalar(select(IndexVersion.version).where(IndexVersion.name == name))
    return found or 0
