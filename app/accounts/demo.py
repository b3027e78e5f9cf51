"""People with known passwords, for looking around: only ever in demo mode."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import passwords
from app.accounts.models import Organisation, Role, User
from app.accounts.queries import find_by_email
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class SignIn:
    """What to type to be one of the demo people."""

    key: str
    role: Role
    email: str
    password: str
    name: str
    locale: str
    timezone: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class DemoPeople:
    """The demo people, of whom everything else in demo mode tells."""

    customer: User
    other_customer: User
    agent: User
    other_agent: User
    editor: User
    admin: User


SIGN_INS = (
    SignIn(
        "customer", Role.CUSTOMER, "carmen@example.com", "antesala-customer", "Carmen Ibáñez",
        "es", "Europe/Madrid", "Librería Alameda",
    ),
    SignIn(
        "other_customer", Role.CUSTOMER, "oliver@example.net", "antesala-customer",
        "Oliver Grant", "en", "America/New_York", "Grant & Daughters",
    ),
    SignIn(
        "agent", Role.AGENT, "ana@example.org", "antesala-agent", "Ana Torres",
        "es", "America/Bogota",
    ),
    SignIn(
        "other_agent", Role.AGENT, "ben@example.org", "antesala-agent", "Ben Okafor",
        "en", "Europe/London",
    ),
    SignIn(
        "editor", Role.EDITOR, "elena@example.org", "antesala-editor", "Elena Ruiz",
        "es", "Europe/Madrid",
    ),
    SignIn(
        "admin", Role.ADMIN, "admin@example.org", "antesala-admin", "Alex Moreau",
        "en", "Europe/Madrid",
    ),
)  # fmt: skip


def ensure_demo_people(session: Session, settings: Settings, now: datetime) -> DemoPeople:
    """Add the demo people that are missing; those that are there stay as they are.

    Raises RuntimeError outside of demo mode, where known passwords would be an open door.
    """
    if not settings.demo:
        raise RuntimeError("demo people are for demo mode only")
    hashes = {known: passwords.hash_password(known) for known in {s.password for s in SIGN_INS}}
    people = {
        sign_in.key: find_by_email(session, sign_in.email)
        or _add(session, sign_in, hashes[sign_in.password], now)
        for sign_in in SIGN_INS
    }
    session.commit()
    return DemoPeople(**people)


def _add(session: Session, sign_in: SignIn, password_hash: str, now: datetime) -> User:
    user = User(
        email=sign_in.email,
        name=sign_in.name,
        role=sign_in.role,
        password_hash=password_hash,
        locale=sign_in.locale,
        timezone=sign_in.timezone,
        email_confirmed_at=now,
        created_at=now,
    )
    if sign_in.organisation is not None:
        user.organisation = _organisation(session, sign_in.organisation, now)
    session.add(user)
    session.flush()
    return user


def _organisation(session: Session, name: str, now: datetime) -> Organisation:
    found = session.scalar(select(Organisation).where(Organisation.name == name))
    if found is None:
        found = Organisation(name=name, created_at=now)
        session.add(found)
    return found
