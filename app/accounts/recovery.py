"""A new password by a mailed link: for who forgot it, and for who is invited."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts import passwords, sessions, tokens
from app.accounts.models import TokenPurpose, User
from app.accounts.queries import find_by_email
from app.accounts.registration import LinkTo
from app.accounts.rules import INVITATION_LASTS, RESET_LASTS, check_password, normalise_email
from app.accounts.service import SignedIn
from app.db import outbox
from app.db.database import Database
from app.errors import GoneError


def ask_for_new_password(
    session: Session, *, email: str, reset_link: LinkTo, now: datetime
) -> None:
    """Send a link to choose a new password; for an unknown address, the same work for nobody.

    Raises InvalidError for "email" when it is not an address.
    """
    user = find_by_email(session, normalise_email(email))
    known = user is not None and user.disabled_at is None
    text = tokens.issue(
        session,
        user_id=user.id if user is not None and known else None,
        purpose=TokenPurpose.RESET_PASSWORD,
        lasts=RESET_LASTS,
        now=now,
    )
    if user is not None and known:
        _send(session, "reset_password", user, text, reset_link, lasts=RESET_LASTS, now=now)
    session.commit()


def send_invitation(session: Session, user: User, *, reset_link: LinkTo, now: datetime) -> None:
    """Send the link with which an invited person chooses the first password. Does not commit."""
    text = tokens.issue(
        session,
        user_id=user.id,
        purpose=TokenPurpose.RESET_PASSWORD,
        lasts=INVITATION_LASTS,
        now=now,
    )
    _send(session, "invitation", user, text, reset_link, lasts=INVITATION_LASTS, now=now)


def set_password(
    database: Database,
    *,
    token: str,
    new: str,
    lasts: timedelta,
    now: datetime,
    browser: str = "",
) -> SignedIn:
    """Set the password by a mailed link and sign in here; every other session ends.

    Who opens the link has the mailbox, so the address is confirmed too. Raises GoneError when the
    link is dead or wrong, and InvalidError for "password", which leaves the link alive.
    """
    purpose = TokenPurpose.RESET_PASSWORD
    with database.reading() as reading:
        found = tokens.find_alive(reading, token, purpose=purpose, now=now)
        email = found.user.email if found is not None and found.user is not None else None
    new_hash = None
    if found is not None and email is not None and tokens.has_secret(found, token):
        new_hash = passwords.hash_password(check_password(new, email=email))
    with database.writing() as session:
        user = tokens.redeem(session, token, purpose=purpose, now=now).user
        if new_hash is None:
            raise GoneError("the link came alive in between")
        user.password_hash = new_hash
        user.email_confirmed_at = user.email_confirmed_at or now
        user.signed_in_at = now
        sessions.end_all(session, user.id)
        fresh = sessions.start(session, user_id=user.id, lasts=lasts, now=now, browser=browser)
        session.commit()
    return SignedIn(user, fresh)


def _send(
    session: Session,
    template: str,
    user: User,
    text: str,
    reset_link: LinkTo,
    *,
    lasts: timedelta,
    now: datetime,
) -> None:
    outbox.enqueue(
        session,
        key=f"{template}:{text.partition('.')[0]}",
        kind="mail",
        payload={
            "template": template,
            "to": user.email,
            "locale": user.locale,
            "context": {
                "name": user.name,
                "link": reset_link(text, user.locale),
                "hours": int(lasts.total_seconds() // 3600),
            },
        },
        now=now,
    )
