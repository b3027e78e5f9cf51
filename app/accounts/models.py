"""People, the organisations they belong to, and the secrets sent to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.base import Base, by_value


class Role(StrEnum):
    """What a person may do; an admin may all."""

    CUSTOMER = "customer"
    AGENT = "agent"
    EDITOR = "editor"
    ADMIN = "admin"


class TokenPurpose(StrEnum):
    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password


class Organisation(Base):
    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime]


class User(Base):
    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    """Lower case, as `accounts.rules.normalise_email` gives it."""
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[Role] = mapped_column(by_value(Role), default=Role.CUSTOMER)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    locale: Mapped[str] = mapped_column(String(8), default="en")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    email_confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]

    organisation: Mapped[Organisation | None] = relationship()


class UserSession(Base):
    """One browser where somebody is signed in; ended by deleting the row."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the random id in the browser's cookie."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    browser: Mapped[str] = mapped_column(String(120), default="")
    """What the person recognises the device by: "Firefox, Linux"."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship()


class OneTimeToken(Base):
    """A secret in a mailed link: dies after use, after its time, or after five wrong tries."""

    __tablename__ = "one_time_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    selector: Mapped[str] = mapped_column(String(32), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[TokenPurpose] = mapped_column(by_value(TokenPurpose))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    """Nobody for a decoy: an unknown address costs the same work as a known one."""
    pending_password_hash: Mapped[str | None] = mapped_column(String(255))
    """The password chosen at the sign-up that this link confirms; it holds from then on."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    wrong_tries: Mapped[int] = mapped_column(default=0)

    user: Mapped[User | None] = relationship()
