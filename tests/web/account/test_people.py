"""What admins do with people and organisations."""

import pytest
from sqlalchemy import event, select

from app.accounts.models import Organisation, Role, User
from app.tickets.membership import queues_of
from app.tickets.models import Queue
from tests.factories import make_organisation, make_user, sign_in

PEOPLE = "/studio/people/"
ORGANISATIONS = "/studio/organisations/"


@pytest.fixture
def admin(client, session):
    found = make_user(session, role=Role.ADMIN, name="Alex", email="alex@example.org")
    sign_in(client, found)
    return found


@pytest.fixture
def person(session, admin):
    return make_user(session, name="Ángela Díaz", email="angela@example.org")


def edited(person, **changes):
    return {"name": person.name, "role": person.role.value, "organisation": 0, **changes}


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.AGENT, Role.EDITOR])
@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}invite", f"{PEOPLE}1", ORGANISATIONS])
def test_only_admins_see_people(client, session, role, path):
    sign_in(client, make_user(session, role=role))
    assert client.get(path).status_code == 403


@pytest.mark.parametrize("words", ["ángela", "DÍAZ", "angela@", "alameda ángela"])
def test_people_are_found_by_name_address_and_organisation(client, session, person, words):
    organisation = make_organisation(session, "Librería Alameda")
    person.organisation_id = organisation.id
    session.commit()
    page = client.get(PEOPLE, query_string={"q": words}).text
    assert "Ángela Díaz" in page
    assert "alex@example.org" not in page


def test_a_search_without_result_says_so(client, person):
    for words in ("100%", "\x00nobody"):
        assert "Nobody is found" in client.get(PEOPLE, query_string={"q": words}).text


def test_people_are_filtered_by_role(client, person):
    page = client.get(PEOPLE, query_string={"role": "admin"}).text
    assert "alex@example.org" in page
    assert "angela@example.org" not in page


def test_the_list_has_pages_and_takes_a_fixed_number_of_statements(
    client, database, session, admin
):
    statements = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    client.get(PEOPLE)
    few = len(statements)
    organisation = make_organisation(session)
    for _ in range(30):
        make_user(session, organisation_id=organisation.id)
    statements.clear()
    first = client.get(PEOPLE).text
    assert len(statements) == few <= 6
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in client.get(PEOPLE, query_string={"page": 99}).text


def test_a_person_is_changed(client, send, session, person):
    organisation = make_organisation(session)
    answer = send(
        f"{PEOPLE}{person.id}", **edited(person, name="Angie", organisation=organisation.id)
    )
    assert answer.status_code == 302
    session.refresh(person)
    assert (person.name, person.organisation_id) == ("Angie", organisation.id)


def test_a_change_of_role_ends_the_sessions_of_the_person(app, send, session, person):
    browser = sign_in(app.test_client(), person)
    send(f"{PEOPLE}{person.id}", **edited(person))
    assert browser.get("/en/account").status_code == 200
    send(f"{PEOPLE}{person.id}", **edited(person, role="agent"))
    assert browser.get("/en/account").status_code == 302
    session.refresh(person)
    assert person.role is Role.AGENT


def test_disabling_signs_out_and_enabling_lets_in_again(app, send, session, person):
    browser = sign_in(app.test_client(), person)
    send(f"{PEOPLE}{person.id}", **edited(person, disabled="y"))
    assert browser.get("/en/account").status_code == 302
    send(f"{PEOPLE}{person.id}", **edited(person))
    session.refresh(person)
    assert person.disabled_at is None


def test_agents_work_the_queues_that_are_ticked_and_customers_none(client, send, session, person):
    first, second = Queue(name="First"), Queue(name="Second")
    session.add_all([first, second])
    session.commit()
    path = f"{PEOPLE}{person.id}"

    def worked():
        session.rollback()
        return queues_of(session, person.id)

    send(path, **edited(person, role="agent", queues=[first.id, second.id]))
    assert worked() == {first.id, second.id}
    assert client.get(path).text.count("checked") == 2
    send(path, **edited(person, role="agent", queues=[second.id]))
    assert worked() == {second.id}
    send(path, **edited(person, role="customer", queues=[second.id]))
    assert worked() == frozenset()


@pytest.mark.parametrize(
    ("change", "field"), [({"role": "agent"}, "role"), ({"disabled": "y"}, "disabled")]
)
def test_the_last_admin_stays(send, session, admin, change, field):
    make_user(session, role=Role.ADMIN, email_confirmed_at=None)
    answer = send(f"{PEOPLE}{admin.id}", **edited(admin, **change))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    session.refresh(admin)
    assert admin.role is Role.ADMIN
    assert admin.disabled_at is None


def test_one_of_two_admins_may_step_back(client, send, session, admin):
    make_user(session, role=Role.ADMIN)
    assert send(f"{PEOPLE}{admin.id}", **edited(admin, role="editor")).status_code == 302
    assert client.get(PEOPLE).status_code == 302


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": ""}, "name"), ({"role": "king"}, "role"), ({"organisation": 99}, "organisation")],
)
def test_what_is_wrong_is_told_at_its_field(send, person, change, field):
    answer = send(f"{PEOPLE}{person.id}", **edited(person, **change))
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_nobody_is_not_found(client, admin):
    assert client.get(f"{PEOPLE}999").status_code == 404


def test_an_invited_person_chooses_a_password_and_is_in(
    app, send, session, admin, mails, mailed_path
):
    answer = send(
        f"{PEOPLE}invite",
        email="New@Example.org",
        name="Nuria",
        role="agent",
        organisation=0,
        locale="es",
    )
    assert answer.status_code == 302
    assert mails()[0]["template"] == "invitation"
    assert mails()[0]["locale"] == "es"
    invited = app.test_client()
    assert send(mailed_path(), by=invited, password="another phrase of words").status_code == 302
    assert invited.get("/en/account").status_code == 200
    user = session.scalar(select(User).where(User.email == "new@example.org"))
    assert user.role is Role.AGENT
    assert user.email_confirmed_at is not None


def test_an_invitation_is_sent_again_until_it_is_accepted(send, session, admin, mails):
    waiting = make_user(session, email_confirmed_at=None, password_hash=None)
    assert send(f"{PEOPLE}{waiting.id}/invite-again").status_code == 302
    assert [mail["to"] for mail in mails()] == [waiting.email]
    assert send(f"{PEOPLE}{admin.id}/invite-again").status_code == 409


def test_who_is_here_already_cannot_be_invited(send, person, mails):
    answer = send(
        f"{PEOPLE}invite", email=person.email, name="X", role="agent", organisation=0, locale="en"
    )
    assert answer.status_code == 422
    assert "Somebody with this address is already here." in answer.text
    assert mails() == []


def test_organisations_are_added_renamed_and_counted(client, send, session, person):
    send(ORGANISATIONS, name="  Librería   Alameda ")
    organisation = session.scalar(select(Organisation))
    assert organisation.name == "Librería Alameda"
    person.organisation_id = organisation.id
    session.commit()
    assert "1 person" in client.get(ORGANISATIONS).text
    send(f"{ORGANISATIONS}{organisation.id}", name="Alameda")
    session.refresh(organisation)
    assert organisation.name == "Alameda"


def test_two_organisations_never_share_a_name(send, session, admin):
    first, second = make_organisation(session, "Alameda"), make_organisation(session, "Olmo")
    assert send(ORGANISATIONS, name="alameda").status_code == 422
    answer = send(f"{ORGANISATIONS}{second.id}", name="Alameda")
    assert answer.status_code == 422
    assert "There is an organisation of this name already." in answer.text
    assert send(f"{ORGANISATIONS}{first.id}", name="ALAMEDA").status_code == 302
