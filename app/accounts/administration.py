"""What an admin decides about people and organisations."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import passwords, sessions
from app.accounts.models import Organisation, Role, User
from app.accounts.queries import find_by_email, get_organisation, get_user, get_user_to_change
from app.accounts.recovery import send_invitation
from app.accounts.registration import LinkTo
from app.accounts.rules import check_admins, check_name, check_password, normalise_email
from app.db.database import Database
from app.errors import N_, ConflictError, InvalidError

AlsoIn = Callable[[Session, int], None]
"""What else changes with a person in the same transaction: (session, user id); no commit."""


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What an admin writes about a person."""

    name: str
    role: Role
    organisation_id: int | None
    disabled: bool


def invite(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    organisation_id: int | None,
    locale: str,
    timezone: str,
    reset_link: LinkTo,
    now: datetime,
) -> User:
    """Add a person and send them a link to choose their first password.

    Raises InvalidError for "email" (also when somebody has it already), "name" or "organisation".
    """
    email, name = normalise_email(email), check_name(name)
    if find_by_email(session, email) is not None:
        raise _address_taken()
    user = User(
        email=email,
        name=name,
        role=role,
        organisation_id=_known_organisation(session, organisation_id),
        locale=locale,
        timezone=timezone,
        created_at=now,
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError:  # another request has added the address in this moment
        session.rollback()
        raise _address_taken() from None
    send_invitation(session, user, reset_link=reset_link, now=now)
    session.commit()
    return user


def invite_again(session: Session, *, user_id: int, reset_link: LinkTo, now: datetime) -> User:
    """Send the link once more; the earlier one dies.

    Raises ConflictError when the person is disabled or has confirmed the address already.
    """
    user = get_user(session, user_id)
    if user.disabled_at or user.email_confirmed_at:
        raise ConflictError(N_("This person has accepted already, or is disabled."))
    send_invitation(session, user, reset_link=reset_link, now=now)
    session.commit()
    return user


def change_person(
    session: Session,
    *,
    user_id: int,
    change: PersonChange,
    now: datetime,
    also: AlsoIn | None = None,
) -> bool:
    """Change a person. A change of role and being disabled end their sessions.

    Returns whether it ended them. Raises InvalidError for "name", "organisation", and for "role"
    or "disabled" when nobody would be left who may do all.
    """
    name = check_name(change.name)
    # Locking the admins in one order makes two demotions at once see each other.
    admins = session.scalars(
        select(User).where(User.role == Role.ADMIN).order_by(User.id).with_for_update()
    ).all()
    user = get_user_to_change(session, user_id)
    check_admins(
        others=sum(1 for each in admins if each.id != user.id and _can_act(each)),
        is_admin=user.role is Role.ADMIN and _can_act(user),
        stays_admin=change.role is Role.ADMIN,
        disabled=change.disabled,
    )
    ends_sessions = user.role is not change.role or (change.disabled and not user.disabled_at)
    user.name = name
    user.role = change.role
    user.organisation_id = _known_organisation(session, change.organisation_id)
    user.disabled_at = (user.disabled_at or now) if change.disabled else None
    if ends_sessions:
        sessions.end_all(session, user.id)
    if also is not None:
        also(session, user.id)
    session.commit()
    return ends_sessions


def create_admin(
    database: Database,
    *,
    email: str,
    name: str,
    password: str,
    locale: str,
    timezone: str,
    now: datetime,
) -> User:
    """Add an admin who can sign in at once; somebody already here becomes one.

    Without a name, a new admin is called by the address. Every session of theirs ends. Raises InvalidError for "email", "name" or "password".
    """
    email = normalise_email(email)
    name = check_name(name) if name else ""
    password_hash = passwords.hash_password(check_password(password, email=email))
    with database.writing() as session:
        user = find_by_email(session, email)
        if user is None:
            name = name or email.partition("@")[0]
            user = User(email=email, locale=locale, timezone=timezone, created_at=now)
            session.add(user)
        user.name = name or user.name
        user.role = Role.ADMIN
        user.password_hash = password_hash
        user.email_confirmed_at = user.email_confirmed_at or now
        user.disabled_at = None
        session.flush()
        sessions.end_all(session, user.id)
        session.commit()
    return user


def add_organisation(session: Session, *, name: str, now: datetime) -> Organisation:
    """Add an organisation. Raises InvalidError for "name", also when it is taken."""
    organisation = Organisation(name=_free_name(session, name), created_at=now)
    session.add(organisation)
    _commit_name(session)
    return organisation


def rename_organisation(session: Session, *, organisation_id: int, name: str) -> Organisation:
    """Rename an organisation. Raises InvalidError for "name", also when it is taken."""
    organisation = get_organisation(session, organisation_id)
    organisation.name = _free_name(session, name, but=organisation_id)
    _commit_name(session)
    return organisation


def _can_act(user: User) -> bool:
    return user.disabled_at is None and user.email_confirmed_at is not None


def _known_organisation(session: Session, organisation_id: int | None) -> int | None:
    if organisation_id is not None and session.get(Organisation, organisation_id) is None:
        raise InvalidError("organisation", N_("Choose an organisation of the list."))
    return organisation_id


def _free_name(session: Session, name: str, *, but: int | None = None) -> str:
    name = check_name(name)
    taken = select(Organisation.id).where(
        func.lower(Organisation.name) == name.lower(), Organisation.id != (but or 0)
    )
    if session.scalar(taken) is not None:
        raise _name_taken()
    return name


def _commit_name(session: Session) -> None:
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        raise _name_taken() from None


def _address_taken() -> InvalidError:
    return InvalidError("email", N_("Somebody with this address is already here."))


def _name_taken() -> InvalidError:
    return InvalidError("name", N_("There is an organisation of this name already."))
