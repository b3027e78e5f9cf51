"""What a person changes about their own account."""

import pytest
from sqlalchemy import select

from app.accounts.models import UserSession
from app.web.request_context import SIGNED_IN
from tests.factories import PASSWORD, make_user, sign_in

ACCOUNT = "/en/account"
NEW = "another phrase of words"


@pytest.fixture
def user(client, session):
    found = make_user(session, email="ana@example.org", name="Ana", timezone="Europe/Madrid")
    sign_in(client, found)
    return found


def test_name_language_and_time_zone_are_saved(client, send, session, user):
    answer = send(ACCOUNT, name="Ana Torres", locale="es", timezone="america/bogota")
    assert answer.location == "/es/account"
    session.refresh(user)
    assert (user.name, user.locale, user.timezone) == ("Ana Torres", "es", "America/Bogota")
    assert '<html lang="es"' in client.get("/en/account").text


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": " "}, "name"), ({"timezone": "Nowhere"}, "timezone"), ({"locale": "fr"}, "locale")],
)
def test_what_is_wrong_is_told_at_its_field_and_the_rest_is_kept(
    send, session, user, change, field
):
    typed = {"name": "Ana Torres", "locale": "en", "timezone": "Europe/London", **change}
    answer = send(ACCOUNT, **typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    for kept in {"name", "timezone"} - {field}:
        assert f'value="{typed[kept]}"' in answer.text
    session.refresh(user)
    assert user.name == "Ana"


def test_the_page_offers_the_time_zones_to_search(client, user):
    page = client.get(ACCOUNT).text
    assert 'list="timezones"' in page
    assert '<option value="America/Argentina/Buenos_Aires">' in page


def test_a_new_password_renews_this_session_and_ends_the_others(app, client, send, session, user):
    other = sign_in(app.test_client(), user)
    with client.session_transaction() as cookie:
        before = cookie[SIGNED_IN]
    assert send(f"{ACCOUNT}/password", current=PASSWORD, new=NEW).status_code == 302
    with client.session_transaction() as cookie:
        assert cookie[SIGNED_IN] != before
    assert client.get(ACCOUNT).status_code == 200
    assert other.get(ACCOUNT).status_code == 302
    assert len(session.scalars(select(UserSession)).all()) == 1


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not the password", NEW, "current"),
        ("", NEW, "current"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "ana@example.org", "new"),
    ],
)
def test_a_refused_change_of_password_changes_nothing(send, session, user, current, new, field):
    stored = user.password_hash
    answer = send(f"{ACCOUNT}/password", current=current, new=new)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert NEW not in answer.text
    session.refresh(user)
    assert user.password_hash == stored


def test_reloading_after_a_refused_password_shows_the_account(client, user):
    assert client.get(f"{ACCOUNT}/password").location == ACCOUNT


def test_open_sessions_are_listed_and_this_one_is_marked(app, client, user):
    sign_in(app.test_client(), user)
    page = client.get(ACCOUNT).text
    assert page.count("Firefox, Linux") == 2
    assert page.count("this one") == 1


def test_the_header_switch_changes_the_language_of_the_account(client, send, session, user):
    answer = send(f"{ACCOUNT}/locale", lang="es", next="/es/account")
    assert answer.location == "/es/account"
    session.refresh(user)
    assert user.locale == "es"
    assert '<html lang="es"' in client.get(answer.location).text


def test_the_header_switch_takes_known_languages_and_own_pages_only(send, user):
    assert send(f"{ACCOUNT}/locale", lang="fr").status_code == 400
    answer = send(f"{ACCOUNT}/locale", lang="es", next="//evil.example/")
    assert answer.location == "/es/"


def test_the_page_takes_a_fixed_number_of_statements(app, client, database, user, session):
    from sqlalchemy import event

    statements = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    client.get(ACCOUNT)
    few = len(statements)
    for _ in range(5):
        sign_in(app.test_client(), user)
    statements.clear()
    client.get(ACCOUNT)
    assert len(statements) == few
    assert few <= 4
