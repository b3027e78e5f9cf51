"""What a request carries: the database session, the actor, the settings."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import Flask, current_app, g, request, session
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import User
from app.db.database import Database
from app.settings import Settings
from app.tickets.models import QueueMember

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TICKETS_OPENED = "tickets_opened"
"""Session key: ids of tickets that were opened by their private link."""


@dataclass(frozen=True, slots=True)
class Product:
    """What the factory made, for the web layer to use."""

    settings: Settings
    database: Database


def product() -> Product:
    """The running product."""
    return cast("Product", current_app.extensions["antesala"])


def settings() -> Settings:
    """The settings of the running product."""
    return product().settings


def now() -> datetime:
    """The moment of this request, the same throughout."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return cast("datetime", g.now)


def db() -> Session:
    """The request's session: for reading in safe requests, for writing in the others."""
    if "db_session" not in g:
        g.db_session = product().database.session(writes=request.method not in _SAFE)
    return cast("Session", g.db_session)


def current_account() -> User | None:
    """The signed-in person."""
    return current_user._get_current_object() if current_user.is_authenticated else None  # noqa: SLF001 - flask-login's proxy has no public way


def current_actor() -> Actor:
    """Who is asking, for the policies."""
    if "actor" not in g:
        g.actor = _actor()
    return cast("Actor", g.actor)


def _actor() -> Actor:
    opened = frozenset(int(ticket) for ticket in session.get(TICKETS_OPENED, []))
    account = current_account()
    if account is None:
        return Actor(ticket_ids=opened)
    queues = db().scalars(select(QueueMember.queue_id).where(QueueMember.user_id == account.id))
    return Actor(
        user_id=account.id,
        role=account.role,
        email=account.email if account.email_confirmed_at else None,
        organisation_id=account.organisation_id,
        queue_ids=frozenset(queues),
        ticket_ids=opened,
    )


def close_session(_error: BaseException | None = None) -> None:
    """Return the request's connection; what was not committed is rolled back."""
    found = g.pop("db_session", None)
    if found is not None:
        found.close()


def install(app: Flask) -> None:
    """Close the session after every request."""
    app.teardown_appcontext(close_session)
