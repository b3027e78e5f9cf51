"""Secrets in mailed links: a selector finds the row, the secret's hash is compared.

A link dies after use, after its time, or after five wrong secrets with its selector.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import OneTimeToken, TokenPurpose, User
from app.accounts.rules import LinkState, LinkVerdict, is_alive, judge_link
from app.accounts.sessions import token_hash
from app.errors import GoneError

_SELECTOR = re.compile(r"[A-Za-z0-9_-]{16}")


def issue(
    session: Session,
    *,
    user_id: int | None,
    purpose: TokenPurpose,
    lasts: timedelta,
    now: datetime,
    pending_password_hash: str | None = None,
) -> str:
    """Add a link's secret and return "selector.secret" for the address. Does not commit.

    Of links for a new password only the latest works. Links of sign-ups stay side by side,
    since each confirms the password of its own sign-up. `user_id` None makes a decoy.
    """
    if purpose is TokenPurpose.RESET_PASSWORD:
        _kill(session, user_id=user_id, purpose=purpose, now=now)
    selector, secret = secrets.token_urlsafe(12), secrets.token_urlsafe(32)
    session.add(
        OneTimeToken(
            selector=selector,
            secret_hash=token_hash(secret),
            purpose=purpose,
            user_id=user_id,
            pending_password_hash=pending_password_hash,
            created_at=now,
            expires_at=now + lasts,
        )
    )
    session.flush()
    return f"{selector}.{secret}"


def find_alive(
    session: Session, text: str, *, purpose: TokenPurpose, now: datetime
) -> OneTimeToken | None:
    """The link's row while it may still be used.

    The secret is not looked at, so a page that only shows the button tells nothing about it.
    """
    selector = _selector(text)
    found = session.scalar(_select(selector, purpose)) if selector else None
    return found if found is not None and is_alive(_state(found), now=now) else None


def has_secret(token: OneTimeToken, text: str) -> bool:
    """Whether the text of a link holds the row's secret."""
    return secrets.compare_digest(token_hash(text.partition(".")[2]), token.secret_hash)


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Whose link it was, and the password that it confirms, if any."""

    user: User
    pending_password_hash: str | None


def redeem(session: Session, text: str, *, purpose: TokenPurpose, now: datetime) -> Redeemed:
    """Burn a link, and with it all others of the person; the caller commits.

    Raises GoneError when it is dead or wrong. A wrong secret is counted and committed here.
    """
    selector = _selector(text)
    token = (
        session.scalar(
            _select(selector, purpose)
            .with_for_update(of=OneTimeToken)
            .execution_options(populate_existing=True)
        )
        if selector
        else None
    )
    if token is None:
        raise GoneError("no such link")
    verdict = judge_link(_state(token), secret_matches=has_secret(token, text), now=now)
    if verdict is LinkVerdict.WRONG:
        token.wrong_tries += 1
        session.commit()
    if verdict is not LinkVerdict.ACCEPTED or token.user is None or token.user.disabled_at:
        raise GoneError(f"the link is {verdict}")
    redeemed = Redeemed(token.user, token.pending_password_hash)
    for each in TokenPurpose:
        _kill(session, user_id=redeemed.user.id, purpose=each, now=now)
    return redeemed


def _kill(session: Session, *, user_id: int | None, purpose: TokenPurpose, now: datetime) -> None:
    session.execute(
        update(OneTimeToken)
        .where(
            OneTimeToken.user_id == user_id,
            OneTimeToken.purpose == purpose,
            OneTimeToken.used_at.is_(None),
        )
        .values(used_at=now, pending_password_hash=None)
    )


def _selector(text: str) -> str | None:
    # Nothing else reaches the database: PostgreSQL refuses a NUL character, for one.
    found = text.partition(".")[0]
    return found if _SELECTOR.fullmatch(found) else None


def _select(selector: str, purpose: TokenPurpose) -> Select[OneTimeToken]:
    return (
        select(OneTimeToken)
        .where(OneTimeToken.selector == selector, OneTimeToken.purpose == purpose)
        .options(joinedload(OneTimeToken.user))
    )


def _state(token: OneTimeToken) -> LinkState:
    return LinkState(token.expires_at, token.used_at is not None, token.wrong_tries)
