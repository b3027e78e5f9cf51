"""Sessions on the server: a row a browser; the cookie holds a random id, the row its hash."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.accounts.models import OneTimeToken, User, UserSession


def token_hash(token: str) -> str:
    """The SHA-256 of a session's id or of a link's secret, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def start(
    session: Session, *, user_id: int, lasts: timedelta, now: datetime, browser: str = ""
) -> str:
    """Add a session and return its id for the cookie. Does not commit."""
    token = secrets.token_urlsafe(32)
    session.execute(
        delete(UserSession).where(UserSession.user_id == user_id, UserSession.expires_at <= now)
    )
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user_id,
            browser=browser[:120],
            created_at=now,
            expires_at=now + lasts,
        )
    )
    return token


def find_user(session: Session, token: str, *, now: datetime) -> User | None:
    """Who is signed in under this id: nobody once it was ended, ran out or was disabled."""
    return session.scalar(
        select(User)
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.token_hash == token_hash(token),
            UserSession.expires_at > now,
            User.disabled_at.is_(None),
        )
        .options(joinedload(User.organisation))
    )


def end(session: Session, token: str) -> None:
    """End this one. Does not commit."""
    session.execute(delete(UserSession).where(UserSession.token_hash == token_hash(token)))


def end_all(session: Session, user_id: int) -> None:
    """End every session of a person. Does not commit."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id))


def of_user(session: Session, user_id: int, *, now: datetime) -> list[UserSession]:
    """A person's open sessions, the newest first."""
    return list(
        session.scalars(
            select(UserSession)
            .where(UserSession.user_id == user_id, UserSession.expires_at > now)
            .join(UserSession.user)
            .options(contains_eager(UserSession.user))
            .order_by(UserSession.created_at.desc(), UserSession.id.desc())
        )
    )


def forget_ended(session: Session, *, now: datetime) -> int:
    """Delete sessions that ran out and links that are dead; returns how many rows went."""
    gone = 0
    for statement in (
        delete(UserSession).where(UserSession.expires_at <= now),
        delete(OneTimeToken).where(
            or_(OneTimeToken.expires_at <= now, OneTimeToken.used_at.is_not(None))
        ),
    ):
        result = session.execute(statement)
        gone += result.rowcount if isinstance(result, CursorResult) else 0
    session.commit()
    return gone
