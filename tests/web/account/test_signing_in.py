"""Sessions: how they begin, what they survive, how they end."""

import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts.models import Role, User, UserSession
from app.web.account.returning import safe_next
from app.web.request_context import SIGNED_IN
from tests.factories import PASSWORD, csrf_token, make_user, sign_in

SIGN_IN = "/en/account/sign-in"
ACCOUNT = "/en/account"


@pytest.fixture
def user(session):
    return make_user(session, email="ana@example.org")


def is_signed_in(client):
    return client.get(ACCOUNT).status_code == 200


def test_the_right_password_signs_in_and_goes_where_the_person_was_going(client, send, user):
    answer = send(SIGN_IN, email=" ANA@example.org ", password=PASSWORD, next="/en/account?x=1")
    assert answer.status_code == 302
    assert answer.location == "/en/account?x=1"
    assert is_signed_in(client)


def test_a_page_for_signed_in_people_sends_to_sign_in_and_back(client, send, user):
    answer = client.get(ACCOUNT)
    assert answer.status_code == 302
    page = client.get(answer.location)
    assert 'name="next" value="/en/account"' in page.text


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_sign_in_never_leads_to_another_site(send, user, target):
    answer = send(SIGN_IN, email=user.email, password=PASSWORD, next=target)
    assert answer.status_code == 302
    assert answer.location == "/en/"


@given(st.text(alphabet="/\\:.@?#%aà\t\n\r\u200e ", max_size=12))
def test_where_to_go_next_begins_with_one_slash_and_holds_no_trick(target):
    found = safe_next(target)
    assert found in {None, target}
    if found is not None:
        assert found[0] == "/"
        assert found[1:2] not in {"/", "\\"}
        assert not set(found) & set("\\\t\n\r")


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ana@example.org", "not the password"),
        ("nobody@example.org", PASSWORD),
        ("no address", PASSWORD),
        ("ana@example.org", "x" * 5000),
    ],
)
def test_every_refusal_says_the_same_and_keeps_the_address_only(send, user, email, password):
    answer = send(SIGN_IN, email=email, password=password)
    assert answer.status_code == 422
    assert "The address or the password is wrong." in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text


def test_a_refusal_takes_the_same_work_whether_or_not_the_address_exists(send, user):
    def seconds(email):
        started = time.process_time()
        send(SIGN_IN, email=email, password="not the password")
        return time.process_time() - started

    # The stored hash of the tests is cheap, so it is renewed first.
    send(SIGN_IN, email=user.email, password=PASSWORD)
    send("/en/account/sign-out")
    known, unknown = [], []
    for _ in range(7):
        known.append(seconds(user.email))
        unknown.append(seconds("nobody@example.org"))
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


def test_empty_fields_are_told_at_the_field(send):
    answer = send(SIGN_IN, email="", password="")
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'id="password-error"' in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"email_confirmed_at": None},
        {"disabled_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"password_hash": None},
    ],
)
def test_an_account_that_is_not_open_cannot_sign_in(client, send, session, fields):
    user = make_user(session, **fields)
    answer = send(SIGN_IN, email=user.email, password=PASSWORD)
    assert answer.status_code == 422
    assert "The address or the password is wrong." in answer.text
    assert not is_signed_in(client)


def test_the_session_id_is_new_at_every_sign_in_and_stored_as_a_hash(client, send, session, user):
    ids = []
    for _ in range(2):
        send(SIGN_IN, email=user.email, password=PASSWORD)
        with client.session_transaction() as cookie:
            ids.append(cookie[SIGNED_IN])
        with client.session_transaction() as cookie:
            del cookie[SIGNED_IN]
    assert ids[0] != ids[1]
    assert not set(ids) & set(session.scalars(select(UserSession.token_hash)))


def test_sign_in_renews_the_csrf_secret_and_keeps_what_the_visitor_opened(client, send, user):
    with client.session_transaction() as cookie:
        cookie["tickets_opened"] = [7]
    send(SIGN_IN, email=user.email, password=PASSWORD)
    with client.session_transaction() as cookie:
        assert cookie["tickets_opened"] == [7]
        assert cookie.get("csrf_token") != "0" * 40


def test_a_weak_hash_is_renewed_at_sign_in(send, session, user):
    send(SIGN_IN, email=user.email, password=PASSWORD)
    session.rollback()
    session.refresh(user)
    assert "m=65536" in user.password_hash
    assert user.signed_in_at is not None


def test_signing_out_ends_the_session_on_the_server_too(client, send, session, user):
    sign_in(client, user)
    with client.session_transaction() as cookie:
        kept = cookie[SIGNED_IN]
    send("/en/account/sign-out")
    assert not is_signed_in(client)
    with client.session_transaction() as cookie:
        cookie[SIGNED_IN] = kept
    assert not is_signed_in(client)


def test_signing_out_everywhere_ends_every_session_of_the_person_alone(app, session, send, user):
    here, there, other = (app.test_client() for _ in range(3))
    for browser in (here, there):
        sign_in(browser, user)
    sign_in(other, make_user(session))
    send("/en/account/sign-out-everywhere", by=here)
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    assert is_signed_in(other)


def test_a_session_runs_out(client, user):
    sign_in(client, user, lasts=timedelta(seconds=-1))
    assert not is_signed_in(client)


def test_a_disabled_person_is_signed_out_at_once(client, session, user):
    sign_in(client, user)
    user.disabled_at = datetime.now(UTC)
    session.commit()
    assert not is_signed_in(client)


def test_an_id_that_nobody_has_is_dropped_from_the_cookie(client):
    with client.session_transaction() as cookie:
        cookie[SIGNED_IN] = "invented"
    client.get(ACCOUNT)
    with client.session_transaction() as cookie:
        assert SIGNED_IN not in cookie


@pytest.mark.parametrize("path", [SIGN_IN, "/en/account/sign-out", "/en/account/sign-up"])
def test_a_post_without_its_csrf_token_is_refused(client, path):
    assert client.post(path).status_code == 400


def test_a_csrf_token_of_before_the_sign_in_is_worth_nothing_after_it(client, send, user):
    before = csrf_token(client)
    send(SIGN_IN, email=user.email, password=PASSWORD)
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "1" * 40
    answer = client.post("/en/account/sign-out", data={"csrf_token": before})
    assert answer.status_code == 400
    assert is_signed_in(client)


def test_the_queues_of_staff_and_the_organisation_come_with_the_account(app, client, session):
    from app.tickets.models import Queue, QueueMember
    from app.web.request_context import current_actor
    from tests.factories import make_organisation

    agent = make_user(session, role=Role.AGENT)
    queue = Queue(name="Support")
    session.add(queue)
    session.flush()
    session.add(QueueMember(queue_id=queue.id, user_id=agent.id))
    organisation = make_organisation(session)
    customer = make_user(session, organisation_id=organisation.id)
    with sign_in(client, agent) as browser:
        browser.get(ACCOUNT)
        assert current_actor().queue_ids == {queue.id}
    with sign_in(app.test_client(), customer) as browser:
        assert organisation.name in browser.get(ACCOUNT).text
        assert current_actor().organisation_id == organisation.id


def test_too_many_tries_are_answered_with_when_to_come_back(settings):
    from app.factory import create_app

    product = create_app(
        settings.model_copy(update={"rate_limits": "on", "rate_limit_sign_in": "2 per minute"})
    )
    product.testing = True
    browser = product.test_client()
    answers = [
        browser.post(
            SIGN_IN,
            data={"csrf_token": csrf_token(browser), "email": "a@example.org", "password": "x"},
        )
        for _ in range(3)
    ]
    product.extensions["antesala"].database.dispose()
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert int(answers[-1].headers["Retry-After"]) <= 60


def test_nobody_signs_in_with_a_password_that_was_changed_meanwhile(database, session, user):
    from app.accounts import service

    class Reset:
        """The database, where a reset comes between the check and the new session."""

        reading = database.reading

        @staticmethod
        def writing():
            with database.writing() as other:
                other.get(User, user.id).password_hash = "another"
                other.commit()
            return database.writing()

    found = service.sign_in(
        Reset, email=user.email, password=PASSWORD, lasts=timedelta(days=1), now=datetime.now(UTC)
    )
    assert found is None
