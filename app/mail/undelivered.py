"""What was promised and given up: looked at by admins, who try it again or discard it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.db.models import OutboxEntry
from app.errors import N_, ConflictError, ForbiddenError, NotFoundError

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A side effect that was given up. `what` is a mail's template, or the kind of another one."""

    id: int
    what: str
    to: str
    """The address of a mail; "" for anything else."""
    about: str
    """What a mail is about, in the words of its recipient: a ticket's subject, a title; or ""."""
    reference: str
    """Of the ticket that it tells of; "" for any other."""
    promised_at: datetime
    failed_at: datetime
    attempts: int
    error: str
    link_ends_at: datetime | None
    """Until when a one-time link in it works; None for a mail without one."""


@dataclass(frozen=True, slots=True)
class UndeliveredPage:
    """One page of the list, what failed last first. `page` counts from 1."""

    entries: Sequence[Undelivered]
    total: int
    page: int
    pages: int


def count_undelivered(session: Session, actor: Actor) -> int:
    """How much was given up and waits for an admin; 0 for anybody else. One statement at most."""
    if not actor.is_admin:
        return 0
    return session.scalar(select(func.count(OutboxEntry.id)).where(_given_up())) or 0


def undelivered(session: Session, actor: Actor, *, page: int = 1) -> UndeliveredPage:
    """What was given up. A page beyond the last is the last. Two statements.

    Raises ForbiddenError for anybody but an admin: it tells addresses.
    """
    _require_admin(actor)
    total = count_undelivered(session, actor)
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(page, 1), pages)
    rows = session.scalars(
        select(OutboxEntry)
        .where(_given_up())
        .order_by(OutboxEntry.failed_at.desc(), OutboxEntry.id.desc())
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    return UndeliveredPage([_read(row) for row in rows], total, page, pages)


def get_undelivered(session: Session, actor: Actor, entry_id: int) -> Undelivered:
    """One of them. Raises ForbiddenError, NotFoundError, ConflictError as `try_again`."""
    return _read(_get(session, actor, entry_id))


def try_again(session: Session, *, actor: Actor, entry_id: int, now: datetime) -> None:
    """Deliver it after all, with as many attempts as a new one; one commit.

    Raises ForbiddenError for anybody but an admin, NotFoundError, and ConflictError when somebody
    else has tried it again already.
    """
    _begin_again(_get(session, actor, entry_id, for_change=True), now)
    session.commit()


def try_all_again(session: Session, *, actor: Actor, now: datetime) -> int:
    """`try_again` for everything that was given up; one commit. Returns how much it was."""
    _require_admin(actor)
    entries = session.scalars(select(OutboxEntry).where(_given_up()).with_for_update()).all()
    for entry in entries:
        _begin_again(entry, now)
    session.commit()
    return len(entries)


def discard(session: Session, *, actor: Actor, entry_id: int) -> None:
    """Forget it with all that it holds; one commit. Raises as `try_again`."""
    session.delete(_get(session, actor, entry_id, for_change=True))
    session.commit()


def _given_up() -> ColumnElement[bool]:
    return and_(OutboxEntry.delivered_at.is_(None), OutboxEntry.failed_at.is_not(None))


def _require_admin(actor: Actor) -> None:
    if not actor.is_admin:
        raise ForbiddenError("only admins see what was not delivered")


def _get(session: Session, actor: Actor, entry_id: int, *, for_change: bool = False) -> OutboxEntry:
    _require_admin(actor)
    entry = session.get(OutboxEntry, entry_id, with_for_update=for_change, populate_existing=True)
    if entry is None:
        raise NotFoundError(f"no outbox entry {entry_id}")
    if entry.failed_at is None:
        raise ConflictError(N_("Somebody has already tried it again."))
    return entry


def _begin_again(entry: OutboxEntry, now: datetime) -> None:
    entry.failed_at = None
    entry.attempts = 0
    entry.available_at = now


def _read(entry: OutboxEntry) -> Undelivered:
    payload: dict[str, Any] = entry.payload
    context: dict[str, Any] = payload.get("context", {})
    hours = context.get("hours")
    return Undelivered(
        id=entry.id,
        what=str(payload.get("template", entry.kind)),
        to=str(payload.get("to", "")),
        about=str(context.get("subject") or context.get("title") or payload.get("title") or ""),
        reference=str(context.get("reference", "")),
        promised_at=entry.created_at,
        failed_at=entry.failed_at or entry.available_at,
        attempts=entry.attempts,
        error=entry.last_error or "",
        link_ends_at=entry.created_at + timedelta(hours=hours) if hours else None,
    )
