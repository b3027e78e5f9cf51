"""Reading people."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Organisation, User
from app.errors import NotFoundError


def find_by_email(session: Session, email: str) -> User | None:
    """The person with this address, given in its normalised form."""
    return session.scalar(select(User).where(User.email == email))


def get_user(session: Session, user_id: int) -> User:
    """The person with their organisation. Raises NotFoundError."""
    found = session.get(User, user_id, options=[joinedload(User.organisation)])
    if found is None:
        raise NotFoundError(f"no person {user_id}")
    return found


def organisations(session: Session) -> list[Organisation]:
    """Every organisation, by name."""
    return list(session.scalars(select(Organisation).order_by(Organisation.name)))
