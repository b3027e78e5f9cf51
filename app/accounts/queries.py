"""Reading people."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app.accounts.models import Organisation, Role, User
from app.errors import NotFoundError

PEOPLE_PER_PAGE = 25


def find_by_email(session: Session, email: str) -> User | None:
    """The person with this address, given in its normalised form."""
    return session.scalar(select(User).where(User.email == email))


def get_user(session: Session, user_id: int) -> User:
    """The person with their organisation. Raises NotFoundError."""
    found = session.get(User, user_id, options=[joinedload(User.organisation)])
    if found is None:
        raise NotFoundError(f"no person {user_id}")
    return found


def get_user_to_change(session: Session, user_id: int) -> User:
    """The person as they are now, locked until the end of the transaction.

    What else ends or begins their sessions waits, so that none outlives a new password. Raises
    NotFoundError.
    """
    found = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFoundError(f"no person {user_id}")
    return found


def get_organisation(session: Session, organisation_id: int) -> Organisation:
    """One organisation. Raises NotFoundError."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFoundError(f"no organisation {organisation_id}")
    return found


def organisations(session: Session) -> list[Organisation]:
    """Every organisation, by name."""
    return list(session.scalars(select(Organisation).order_by(Organisation.name)))


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of the list of people; pages count from 1."""

    people: list[User]
    total: int
    page: int
    pages: int


def people_page(
    session: Session, *, words: str = "", role: Role | None = None, page: int = 1
) -> PeoplePage:
    """People by name whose name, address or organisation contains every word. Two statements.

    A page beyond the last is the last.
    """
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    conditions = [_contains(word) for word in printable.casefold().split()[:8]]
    if role is not None:
        conditions.append(User.role == role)
    matching = select(User).outerjoin(User.organisation).where(*conditions)
    total = session.scalar(matching.with_only_columns(func.count(User.id))) or 0
    pages = max(1, -(-total // PEOPLE_PER_PAGE))
    page = min(max(page, 1), pages)
    people = session.scalars(
        matching.options(contains_eager(User.organisation))
        .order_by(func.lower(User.name), User.id)
        .limit(PEOPLE_PER_PAGE)
        .offset((page - 1) * PEOPLE_PER_PAGE)
    )
    return PeoplePage(list(people), total, page, pages)


def organisation_sizes(session: Session) -> list[tuple[Organisation, int]]:
    """Every organisation by name, with how many people belong to it."""
    rows = session.execute(
        select(Organisation, func.count(User.id))
        .outerjoin(User, User.organisation_id == Organisation.id)
        .group_by(Organisation.id)
        .order_by(func.lower(Organisation.name))
    )
    return [(organisation, count) for organisation, count in rows]


def _contains(word: str) -> ColumnElement[bool]:
    # SQLite folds the case of ASCII letters only: "ángel" also looks for "Ángel".
    return or_(
        User.email.contains(word, autoescape=True),
        *(
            column.contains(spelled, autoescape=True)
            for name in (User.name, Organisation.name)
            for column, spelled in ((func.lower(name), word), (name, word.capitalize()))
        ),
    )
