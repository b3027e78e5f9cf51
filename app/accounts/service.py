"""Signing in and out, and what people change about themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts import passwords, sessions
from app.accounts.models import User
from app.accounts.queries import find_by_email, get_user, get_user_to_change
from app.accounts.rules import check_name, check_password, check_timezone, normalise_email
from app.db.database import Database
from app.errors import N_, InvalidError

__all__ = [
    "SignedIn",
    "change_locale",
    "change_password",
    "change_profile",
    "find_by_email",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person, and the id of their new session for the cookie."""

    user: User
    token: str


def sign_in(
    database: Database,
    *,
    email: str,
    password: str,
    lasts: timedelta,
    now: datetime,
    browser: str = "",
) -> SignedIn | None:
    """Open a session for who knows the password; None for everybody else, in the same time.

    It takes the database, not a session: the password is checked between two transactions, so
    that nobody waits for argon2.
    """
    try:
        email = normalise_email(email)
    except InvalidError:
        email = ""
    with database.reading() as reading:
        user = find_by_email(reading, email)
    checked = user.password_hash if user is not None else None
    if not passwords.matches(checked, password) or user is None or checked is None:
        return None
    renewed = passwords.hash_password(password) if passwords.is_outdated(checked) else checked
    with database.writing() as session:
        user = get_user_to_change(session, user.id)
        if user.disabled_at or not user.email_confirmed_at or user.password_hash != checked:
            return None
        user.password_hash = renewed
        user.signed_in_at = now
        token = sessions.start(session, user_id=user.id, lasts=lasts, now=now, browser=browser)
        session.commit()
    return SignedIn(user, token)


def sign_out(session: Session, *, token: str) -> None:
    """End the session with this id."""
    sessions.end(session, token)
    session.commit()


def sign_out_everywhere(session: Session, *, user_id: int) -> None:
    """End every session of a person, the present one included."""
    sessions.end_all(session, user_id)
    session.commit()


def change_profile(
    session: Session, *, user_id: int, name: str, locale: str, timezone: str
) -> User:
    """Change how a person is called, addressed and shown moments.

    Raises InvalidError for "name" or "timezone".
    """
    name, timezone = check_name(name), check_timezone(timezone)
    user = get_user(session, user_id)
    user.name, user.locale, user.timezone = name, locale, timezone
    session.commit()
    return user


def change_locale(session: Session, *, user_id: int, locale: str) -> None:
    """Change the language in which the product speaks to a person."""
    get_user(session, user_id).locale = locale
    session.commit()


def change_password(
    database: Database,
    *,
    user_id: int,
    current: str,
    new: str,
    lasts: timedelta,
    now: datetime,
    browser: str = "",
) -> SignedIn:
    """Set a new password: every session ends, and the caller gets a fresh one.

    Raises InvalidError for "current" when it is not the password, or for "new".
    """
    with database.reading() as reading:
        user = get_user(reading, user_id)
    checked = user.password_hash
    if not passwords.matches(checked, current):
        raise InvalidError("current", N_("This is not your password."))
    new_hash = passwords.hash_password(check_password(new, email=user.email, field="new"))
    with database.writing() as session:
        user = get_user_to_change(session, user_id)
        if user.password_hash != checked:
            raise InvalidError("current", N_("This is not your password."))
        user.password_hash = new_hash
        sessions.end_all(session, user_id)
        token = sessions.start(session, user_id=user_id, lasts=lasts, now=now, browser=browser)
        session.commit()
    return SignedIn(user, token)
