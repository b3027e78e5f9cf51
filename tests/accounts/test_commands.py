"""`flask accounts create-admin`."""

import pytest
from sqlalchemy import select

from app.accounts import passwords
from app.accounts.models import Role, User
from tests.factories import make_user

GOOD = "four words make one"


@pytest.fixture
def run(app):
    def invoke(*arguments, typed=""):
        return app.test_cli_runner().invoke(
            args=["accounts", "create-admin", *arguments], input=typed
        )

    return invoke


def test_the_first_admin_is_made_with_a_password_from_standard_input(run, session):
    done = run("Alex@Example.org", "--name", "Alex", "--password-stdin", typed=f"{GOOD}\n")
    assert done.exit_code == 0, done.output
    user = session.scalar(select(User))
    assert (user.email, user.name, user.role) == ("alex@example.org", "Alex", Role.ADMIN)
    assert user.email_confirmed_at is not None
    assert passwords.matches(user.password_hash, GOOD)
    assert GOOD not in done.output


def test_a_weak_password_is_refused(run, session):
    done = run("alex@example.org", "--password-stdin", typed="short\n")
    assert done.exit_code == 1
    assert "at least 10 characters" in done.output
    assert session.scalar(select(User)) is None


def test_the_prompt_asks_again_until_the_password_is_good_and_typed_twice(run, session):
    typed = f"short\n{GOOD}\na slip of the finger\n{GOOD}\n{GOOD}\n"
    done = run("alex@example.org", typed=typed)
    assert done.exit_code == 0, done.output
    assert passwords.matches(session.scalar(select(User.password_hash)), GOOD)


def test_what_is_no_address_is_refused(run):
    done = run("alex", "--password-stdin", typed=f"{GOOD}\n")
    assert done.exit_code == 1
    assert "Write an e-mail address" in done.output


def test_somebody_who_is_here_becomes_admin(run, session):
    user = make_user(session, email="ana@example.org", name="Ana")
    assert run("ana@example.org", "--password-stdin", typed=f"{GOOD}\n").exit_code == 0
    session.refresh(user)
    assert user.role is Role.ADMIN
    assert user.name == "Ana"
