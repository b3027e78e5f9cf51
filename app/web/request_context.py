"""What a request carries: the database session, the actor, the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import Flask, current_app, g, has_request_context, request, session
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.accounts.actor import ANYBODY, Actor
from app.accounts.models import Role, User
from app.db.database import Database
from app.deflection.ranking import RankingPolicy
from app.deflection.threshold import SuggestionThreshold
from app.knowledge.index_host import IndexHost
from app.settings import Settings
from app.tickets.models import QueueMember

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SIGNED_IN = "_user_id"
"""Session key where Flask-Login keeps the id of the server-side session of who is signed in."""
TICKETS_OPENED = "tickets_opened"
"""Session key: ids of tickets that were opened by their private link."""


@dataclass(frozen=True, slots=True)
class Product:
    """What the factory made, for the web layer to use."""

    settings: Settings
    database: Database
    indexes: IndexHost
    threshold: SuggestionThreshold


def product() -> Product:
    """The running product."""
    return cast("Product", current_app.extensions["antesala"])


def settings() -> Settings:
    """The settings of the running product."""
    return product().settings


def ranking_policy() -> RankingPolicy:
    """How many suggestions there are at most, and how sure they must be."""
    return RankingPolicy(settings().suggestion_limit, product().threshold.current())


def signing_key() -> str:
    """The key of the running product (see `Settings.key`, which reads a file)."""
    return str(current_app.secret_key)


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


@contextmanager
def looking() -> Iterator[Session]:
    """A session for reading in any request: it takes no write lock, unlike `db()` in a POST."""
    if request.method in _SAFE:
        yield db()
    else:
        with product().database.reading() as opened:
            yield opened


@dataclass(frozen=True)
class Identity(UserMixin):  # type: ignore[misc]  # flask_login ships no types
    """Who is signed in, with the queues that they work, as Flask-Login's user.

    Flask-Login's id of it is the id of the server-side session.
    """

    session_id: str
    account: User | None = None
    queue_ids: frozenset[int] = frozenset()

    def get_id(self) -> str:
        return self.session_id


def current_account() -> User | None:
    """The signed-in person with their organisation. Change people through their services.

    Nobody where no person visits: see `_is_visit`.
    """
    identity = _identity()
    return identity.account if identity is not None else None


def _is_visit() -> bool:
    # Mail is rendered without any request; programs of the API come without cookies, and one
    # that is sent all the same is not read.
    return has_request_context() and not request.path.startswith("/api/")


def _identity() -> Identity | None:
    if g.get("is_nobody") or not _is_visit() or not current_user.is_authenticated:
        return None
    return cast("Identity", current_user)


def _load_identity(session_id: str) -> Identity | None:
    """Flask-Login asks who this session belongs to; None when it has ended."""
    with looking() as reading:
        account = sessions.find_user(reading, session_id, now=now())
        if account is None:
            return None
        if account.role is Role.CUSTOMER:
            return Identity(session_id, account)
        queues = select(QueueMember.queue_id).where(QueueMember.user_id == account.id)
        return Identity(session_id, account, frozenset(reading.scalars(queues)))


def go_on_as_nobody() -> None:
    """Ask the database no more who this is, without signing anybody out.

    For the page that tells of a failure, which may be the database's own.
    """
    g.is_nobody = True
    g.actor = ANYBODY


def current_actor() -> Actor:
    """Who is asking, for the policies."""
    if "actor" not in g:
        g.actor = _actor()
    return cast("Actor", g.actor)


def _actor() -> Actor:
    if not _is_visit():
        return ANYBODY
    opened = frozenset(int(ticket) for ticket in session.get(TICKETS_OPENED, []))
    identity = _identity()
    account = identity.account if identity is not None else None
    if identity is None or account is None:
        return Actor(ticket_ids=opened)
    return Actor(
        user_id=account.id,
        role=account.role,
        email=account.email if account.email_confirmed_at else None,
        organisation_id=account.organisation_id,
        queue_ids=identity.queue_ids,
        ticket_ids=opened,
    )


def close_session(_error: BaseException | None = None) -> None:
    """Return the request's connection; what was not committed is rolled back."""
    found = g.pop("db_session", None)
    if found is not None:
        found.close()


def install(app: Flask) -> None:
    """Attach Flask-Login; close the session after every request."""
    login_manager = LoginManager()
    # The server-side session decides; an address or a browser that changes ends nothing.
    login_manager.session_protection = None
    login_manager.user_loader(_load_identity)
    login_manager.init_app(app)
    app.teardown_appcontext(close_session)
