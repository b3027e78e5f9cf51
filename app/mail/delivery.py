"""Deliver what the outbox promised: at least once, with backoff, never inside a transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.database import Database
from app.db.models import OutboxEntry

Handler = Callable[[str, dict[str, Any]], None]
"""Does one side effect: receives the entry's key and payload, raises when it could not."""

LEASE = timedelta(minutes=5)
"""For how long a claimed entry is left alone, should its worker die on it."""
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 20
"""With the waits above, some three days."""
BATCH = 20

log = structlog.get_logger()


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: doubling, up to the longest wait."""
    doublings: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_WAIT * doublings, LONGEST_WAIT)


def deliver_due(
    database: Database, handlers: Mapping[str, Handler], *, clock: Callable[[], datetime]
) -> int:
    """Deliver every entry that is due; returns how many were delivered."""
    delivered = 0
    while claimed := _claim(database, clock()):
        for entry in claimed:
            delivered += _deliver(database, entry, handlers, clock)
    return delivered


def _claim(database: Database, now: datetime) -> list[OutboxEntry]:
    if not _anything_due(database, now):
        return []
    with database.writing() as session:
        entries = list(session.scalars(_due(now).with_for_update(skip_locked=True)))
        for entry in entries:
            entry.attempts += 1
            entry.available_at = now + LEASE
        session.commit()
        return entries


def _anything_due(database: Database, now: datetime) -> bool:
    """Look without the write lock: there is mostly nothing."""
    with database.reading() as session:
        return session.scalar(_due(now).limit(1)) is not None


def _due(now: datetime) -> Any:
    return (
        select(OutboxEntry)
        .where(
            OutboxEntry.delivered_at.is_(None),
            OutboxEntry.failed_at.is_(None),
            OutboxEntry.available_at <= now,
        )
        .order_by(OutboxEntry.id)
        .limit(BATCH)
    )


def _deliver(
    database: Database,
    entry: OutboxEntry,
    handlers: Mapping[str, Handler],
    clock: Callable[[], datetime],
) -> bool:
    error = ""
    try:
        handlers[entry.kind](entry.key, entry.payload)
    except Exception as failure:  # noqa: BLE001 - whatever went wrong, the entry is tried again
        error = f"{type(failure).__name__}: {failure}"
        log.warning("outbox.failed", entry=entry.id, kind=entry.kind, attempts=entry.attempts)
    with database.writing() as session:
        _record(session, entry, error, clock())
    return not error


def _record(session: Session, claimed: OutboxEntry, error: str, now: datetime) -> None:
    entry = session.get_one(OutboxEntry, claimed.id)
    if not error:
        entry.delivered_at = now
        entry.last_error = None
        entry.payload = {}  # it held an address, and perhaps a link that opens something
    elif entry.attempts >= MOST_ATTEMPTS:
        entry.failed_at = now
        entry.last_error = error
    else:
        entry.available_at = now + wait_after(entry.attempts)
        entry.last_error = error
    session.commit()


def forget_delivered(session: Session, *, before: datetime) -> int:
    """Delete what was delivered before a moment: it held addresses. Returns how many."""
    old = list(session.scalars(select(OutboxEntry).where(OutboxEntry.delivered_at < before)))
    for entry in old:
        session.delete(entry)
    session.commit()
    return len(old)
