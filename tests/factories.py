"""People for tests, and browsers where they are signed in."""

import itertools
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from app.accounts import sessions
from app.accounts.models import Organisation, Role, User
from app.web.request_context import SIGNED_IN, Product

PASSWORD = "a phrase of several words"
_numbers = itertools.count(1)
_cheap_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def make_organisation(session: Session, name: str | None = None) -> Organisation:
    """An organisation, committed."""
    organisation = Organisation(
        name=name or f"Organisation {next(_numbers)}", created_at=datetime.now(UTC)
    )
    session.add(organisation)
    session.commit()
    return organisation


def make_user(
    session: Session, *, role: Role = Role.CUSTOMER, email: str | None = None, **fields: object
) -> User:
    """A confirmed person whose password is PASSWORD, committed."""
    number = next(_numbers)
    moment = datetime.now(UTC)
    values: dict[str, object] = {
        "name": f"Person {number}",
        "password_hash": _cheap_hash,
        "email_confirmed_at": moment,
        "created_at": moment,
        **fields,
    }
    user = User(email=email or f"person{number}@example.org", role=role, **values)
    session.add(user)
    session.commit()
    return user


def sign_in(
    client: FlaskClient, user: User, *, lasts: timedelta = timedelta(days=1)
) -> FlaskClient:
    """The same client, signed in as this person without the cost of a password."""
    product: Product = client.application.extensions["antesala"]
    with product.database.writing() as session:
        token = sessions.start(
            session, user_id=user.id, lasts=lasts, now=datetime.now(UTC), browser="Firefox, Linux"
        )
        session.commit()
    with client.session_transaction() as cookie:
        cookie[SIGNED_IN] = token
    return client


def csrf_token(client: FlaskClient) -> str:
    """A CSRF token that holds in this client's session, to send as `csrf_token` in a POST."""
    with client.session_transaction() as cookie:
        raw = cookie.setdefault("csrf_token", "0" * 40)
    with client.application.test_request_context():
        from flask import g, session

        session["csrf_token"] = raw
        g.pop("csrf_token", None)
        return str(generate_csrf())
