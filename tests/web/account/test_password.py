"""A forgotten password."""

import statistics
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import OneTimeToken
from tests.factories import PASSWORD, make_user, sign_in

FORGOT = "/en/account/password/forgot"
NEW = "another phrase of words"


@pytest.fixture
def user(session):
    return make_user(session, email="ana@example.org", locale="es")


@pytest.fixture
def link(send, user, mailed_path):
    send(FORGOT, email="Ana@Example.org")
    return mailed_path()


def test_the_link_comes_in_the_language_of_the_account(link, mails):
    assert mails()[0]["template"] == "reset_password"
    assert mails()[0]["locale"] == "es"
    assert link.startswith("/es/account/password/reset/")


def test_a_new_password_signs_in_here_and_out_everywhere_else(app, client, send, user, link):
    elsewhere = sign_in(app.test_client(), user)
    assert send(link, password=NEW).status_code == 302
    assert client.get("/en/account").status_code == 200
    assert elsewhere.get("/en/account").status_code == 302
    fresh = app.test_client()
    sign_in_path = "/en/account/sign-in"
    assert send(sign_in_path, by=fresh, email=user.email, password=PASSWORD).status_code == 422
    assert send(sign_in_path, by=fresh, email=user.email, password=NEW).status_code == 302


def test_a_link_works_once(send, client, link):
    send(link, password=NEW)
    assert client.get(link).status_code == 410
    assert send(link, password="yet another phrase").status_code == 410


def test_a_refused_password_leaves_the_link_alive(send, user, link):
    for refused in ("short", "ana@example.org", ""):
        answer = send(link, password=refused)
        assert answer.status_code == 422
        assert 'id="password-error"' in answer.text
    assert send(link, password=NEW).status_code == 302


def test_looking_burns_nothing(client, send, link):
    for _ in range(6):
        page = client.get(link)
    assert page.status_code == 200
    assert 'autocomplete="new-password"' in page.text
    assert send(link, password=NEW).status_code == 302


def test_wrong_secrets_kill_the_link(send, link):
    for _ in range(5):
        assert send(link + "x", password=NEW).status_code == 410
    assert send(link, password=NEW).status_code == 410


def test_only_the_latest_link_works(send, user, link, mailed_path):
    send(FORGOT, email=user.email)
    assert send(link, password=NEW).status_code == 410
    assert send(mailed_path(), password=NEW).status_code == 302


def test_an_unknown_address_gets_the_same_answer_and_no_mail(send, user, mails):
    known = send(FORGOT, email=user.email)
    unknown = send(FORGOT, email="nobody@example.org")
    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert [mail["to"] for mail in mails()] == [user.email]


def test_a_disabled_account_gets_no_mail(send, session, mails):
    user = make_user(session, disabled_at=datetime.now(UTC))
    assert send(FORGOT, email=user.email).status_code == 302
    assert mails() == []


def test_it_takes_the_same_work_whether_or_not_the_address_is_known(send, user):
    def seconds(email):
        started = time.process_time()
        send(FORGOT, email=email)
        return time.process_time() - started

    known, unknown = [], []
    for _ in range(15):
        known.append(seconds(user.email))
        unknown.append(seconds("nobody@example.org"))
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


def test_an_account_that_was_never_confirmed_is_confirmed_by_its_new_password(
    client, send, session, mailed_path
):
    user = make_user(session, email_confirmed_at=None, password_hash=None)
    send(FORGOT, email=user.email)
    send(mailed_path(), password=NEW)
    session.refresh(user)
    assert user.email_confirmed_at is not None
    assert client.get("/en/account").status_code == 200


def test_what_is_no_address_is_told_at_the_field(send, session):
    answer = send(FORGOT, email="nobody")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert session.scalar(select(OneTimeToken)) is None
