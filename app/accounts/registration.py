"""Signing up: an account begins to work when its address is confirmed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import passwords, tokens
from app.accounts.models import Role, TokenPurpose, User
from app.accounts.queries import find_by_email
from app.accounts.rules import (
    CONFIRMATION_LASTS,
    check_name,
    check_password,
    check_timezone,
    normalise_email,
)
from app.db import outbox
from app.db.database import Database

LinkTo = Callable[[str, str], str]
"""(the text of a link, a locale) → the absolute address of its page."""


@dataclass(frozen=True, slots=True)
class Application:
    """What a person writes to get an account; `locale` and `timezone` are what they use now."""

    name: str
    email: str
    password: str
    locale: str
    timezone: str


def sign_up(
    database: Database,
    *,
    application: Application,
    confirm_link: LinkTo,
    forgot_url: Callable[[str], str],
    now: datetime,
) -> None:
    """Send a link that confirms the address; who has an account is told so by mail instead.

    The caller cannot know which of both happened, and it takes the same time. Raises InvalidError
    for "name", "email" or "password".
    """
    name, email = check_name(application.name), normalise_email(application.email)
    timezone = check_timezone(application.timezone)
    password_hash = passwords.hash_password(check_password(application.password, email=email))
    for is_last_try in (False, True):
        try:
            with database.writing() as session:
                user = find_by_email(session, email)
                if user is not None and _has_account(user):
                    _tell_that_it_is_known(session, user, forgot_url=forgot_url, now=now)
                else:
                    user = user or _add(session, application, name, email, timezone, now=now)
                    _ask_to_confirm(session, user, password_hash, confirm_link, now=now)
                session.commit()
        except IntegrityError:
            # Another request has added the address in this moment: now it is found.
            if is_last_try:
                raise
        else:
            return


def confirm(session: Session, *, token: str, now: datetime) -> User:
    """Open the account: the address is confirmed and the password of that sign-up holds.

    Raises GoneError when the link is dead, wrong, or the address was confirmed another way.
    """
    redeemed = tokens.redeem(session, token, purpose=TokenPurpose.CONFIRM_EMAIL, now=now)
    user = redeemed.user
    user.email_confirmed_at = now
    user.password_hash = redeemed.pending_password_hash
    session.commit()
    return user


def _has_account(user: User) -> bool:
    """Whether the account is not for the sign-up to open.

    One that an admin has prepared is not: else a stranger's password would open it, once the
    invited person has pressed the button of a mail that they were waiting for.
    """
    prepared = user.role is not Role.CUSTOMER or user.organisation_id is not None
    return bool(user.email_confirmed_at or user.disabled_at or prepared)


def _add(
    session: Session,
    application: Application,
    name: str,
    email: str,
    timezone: str,
    *,
    now: datetime,
) -> User:
    user = User(
        email=email,
        name=name,
        role=Role.CUSTOMER,
        locale=application.locale,
        timezone=timezone,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def _ask_to_confirm(
    session: Session, user: User, password_hash: str, confirm_link: LinkTo, *, now: datetime
) -> None:
    text = tokens.issue(
        session,
        user_id=user.id,
        purpose=TokenPurpose.CONFIRM_EMAIL,
        lasts=CONFIRMATION_LASTS,
        pending_password_hash=password_hash,
        now=now,
    )
    outbox.enqueue(
        session,
        key=f"confirm_email:{text.partition('.')[0]}",
        kind="mail",
        payload={
            "template": "confirm_email",
            "to": user.email,
            "locale": user.locale,
            "context": {
                "link": confirm_link(text, user.locale),
                "hours": CONFIRMATION_LASTS.days * 24,
            },
        },
        now=now,
    )


def _tell_that_it_is_known(
    session: Session, user: User, *, forgot_url: Callable[[str], str], now: datetime
) -> None:
    # The hour in the key: who repeats the sign-up does not fill the mailbox.
    outbox.enqueue(
        session,
        key=f"address_known:{user.id}:{now:%Y%m%d%H}",
        kind="mail",
        payload={
            "template": "address_known",
            "to": user.email,
            "locale": user.locale,
            "context": {"name": user.name, "forgot_url": forgot_url(user.locale)},
        },
        now=now,
    )
