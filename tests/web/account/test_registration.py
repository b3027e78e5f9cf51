"""Signing up and confirming an address."""

import statistics
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import OneTimeToken, Role, User
from tests.factories import PASSWORD, make_organisation, make_user

SIGN_UP = "/en/account/sign-up"
PERSON = {"name": "Ana Torres", "email": "Ana@Example.org", "password": PASSWORD}


def test_the_form_tells_browsers_what_each_field_is(client):
    page = client.get(SIGN_UP).text
    for told in ('autocomplete="name"', 'autocomplete="username"', 'autocomplete="new-password"'):
        assert told in page


def test_an_account_works_once_its_address_is_confirmed(client, send, session, mails, mailed_path):
    answer = send("/es/account/sign-up", timezone="America/Bogota", **PERSON)
    assert answer.location == "/es/account/sign-up/sent"
    assert client.get(answer.location).status_code == 200
    [mail] = mails()
    assert (mail["template"], mail["to"], mail["locale"]) == (
        "confirm_email", "ana@example.org", "es",
    )  # fmt: skip
    assert send("/en/account/sign-in", **PERSON).status_code == 422
    link = mailed_path()
    assert link.startswith("/es/account/confirm/")
    assert "<button" in client.get(link).text
    assert send(link).location == "/es/account/sign-in"
    assert send("/en/account/sign-in", **PERSON).status_code == 302
    user = session.scalar(select(User))
    assert (user.role, user.locale, user.timezone) == (Role.CUSTOMER, "es", "America/Bogota")


def test_opening_the_link_confirms_nothing(client, send, session, mailed_path):
    send(SIGN_UP, **PERSON)
    for _ in range(3):
        assert client.get(mailed_path()).status_code == 200
    assert session.scalar(select(User)).email_confirmed_at is None
    session.rollback()
    assert send(mailed_path()).status_code == 302


def test_a_link_confirms_once(client, send, mailed_path):
    send(SIGN_UP, **PERSON)
    link = mailed_path()
    send(link)
    assert client.get(link).status_code == 410
    answer = send(link)
    assert answer.status_code == 410
    assert "This link does not work any more" in answer.text


def test_five_wrong_secrets_kill_the_link(send, mailed_path):
    send(SIGN_UP, **PERSON)
    link = mailed_path()
    for _ in range(5):
        assert send(link[:-1] + ("a" if link[-1] != "a" else "b")).status_code == 410
    assert send(link).status_code == 410


def test_the_pages_behind_links_give_their_address_to_nobody(client, send, mailed_path):
    send(SIGN_UP, **PERSON)
    assert client.get(mailed_path()).headers["Referrer-Policy"] == "no-referrer"


def test_a_known_address_gets_the_same_page_and_another_mail(client, send, session, mails):
    user = make_user(session, email="ana@example.org", locale="es")
    stored = user.password_hash
    known = send(SIGN_UP, **{**PERSON, "name": "Somebody", "password": "quite another phrase"})
    unknown = send(SIGN_UP, **{**PERSON, "email": "new@example.org"})
    assert known.status_code == unknown.status_code == 302
    assert known.location == unknown.location
    assert [mail["template"] for mail in mails()] == ["address_known", "confirm_email"]
    assert mails()[0]["locale"] == "es"
    session.refresh(user)
    assert user.password_hash == stored
    assert user.name != "Somebody"


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.AGENT])
def test_a_stranger_cannot_open_the_account_of_somebody_invited(send, session, mails, role):
    organisation = make_organisation(session).id if role is Role.CUSTOMER else None
    make_user(
        session,
        role=role,
        email="ana@example.org",
        email_confirmed_at=None,
        password_hash=None,
        organisation_id=organisation,
    )
    send(SIGN_UP, **PERSON)
    assert [mail["template"] for mail in mails()] == ["address_known"]


def test_signing_up_again_and_again_does_not_fill_the_mailbox(send, session, mails):
    make_user(session, email="ana@example.org")
    for _ in range(3):
        send(SIGN_UP, **PERSON)
    assert len(mails()) == 1


def test_it_takes_the_same_work_whether_or_not_the_address_is_known(send, session):
    make_user(session, email="ana@example.org")

    def seconds(email):
        started = time.process_time()
        assert send(SIGN_UP, **{**PERSON, "email": email}).status_code == 302
        return time.process_time() - started

    known, unknown = [], []
    for number in range(7):
        known.append(seconds("ana@example.org"))
        unknown.append(seconds(f"new{number}@example.org"))
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


def test_each_link_confirms_the_password_of_its_own_sign_up(send, session, mails, mailed_path):
    send(SIGN_UP, **PERSON)
    own = mailed_path()
    send(SIGN_UP, **{**PERSON, "password": "chosen by a stranger"})
    assert len(mails()) == 2
    send(own)
    sign_in = "/en/account/sign-in"
    stranger = {"email": "ana@example.org", "password": "chosen by a stranger"}
    assert send(sign_in, **stranger).status_code == 422
    assert send(mailed_path()).status_code == 410
    assert send(sign_in, email="ana@example.org", password=PASSWORD).status_code == 302
    assert set(session.scalars(select(OneTimeToken.pending_password_hash))) == {None}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "Ana\r\nBcc: eve@example.org"}, "name"),
        ({"email": "ana@"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "ana@example.org"}, "password"),
        ({"password": "password123"}, "password"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(send, mails, change, field):
    typed = {**PERSON, **change}
    answer = send(SIGN_UP, **typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    for kept in ("name", "email"):
        if kept != field:
            assert f'value="{typed[kept]}"' in answer.text
    assert PASSWORD not in answer.text
    assert mails() == []


def test_a_confirmed_address_brings_the_tickets_filed_with_it(client, send, session, mailed_path):
    ticket = make_anonymous_ticket(session, "ana@example.org")
    other = make_anonymous_ticket(session, "eva@example.org")
    send(SIGN_UP, **PERSON)
    session.refresh(ticket)
    assert ticket.requester_id is None
    session.rollback()
    send(mailed_path())
    session.refresh(ticket)
    session.refresh(other)
    assert ticket.requester_id == session.scalar(select(User.id))
    assert other.requester_id is None


def make_anonymous_ticket(session, email):
    from app.tickets.models import Queue, Ticket

    moment = datetime.now(UTC)
    queue = session.scalar(select(Queue)) or Queue(name="Support", is_default=True)
    ticket = Ticket(
        reference=f"A-{email[:3]}",
        access_hash=email,
        queue=queue,
        subject="A question",
        locale="en",
        requester_email=email,
        created_at=moment,
        updated_at=moment,
        first_response_due_at=moment,
    )
    session.add(ticket)
    session.commit()
    return ticket
