"""The queue shows what an agent may work, the least time left first."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

from app.accounts.models import Role
from app.tickets import handling
from app.tickets.models import TicketState
from tests.factories import make_user
from tests.factories_tickets import actor_of, make_ticket
from tests.web.desk.conftest import Desk

QUEUE_STATEMENTS = 8
TICKET_STATEMENTS = 24


def test_an_agent_sees_the_tickets_of_her_queues_alone(desk: Desk, agent: FlaskClient) -> None:
    make_ticket(desk.session, desk.settings, subject="Charged twice", queue=desk.billing)
    page = agent.get("/desk/?view=all").text
    assert "The invoice is blank" in page
    assert "Charged twice" not in page
    assert "Charged twice" in desk.browser(desk.other_agent).get("/desk/?view=all").text
    admin = desk.browser(make_user(desk.session, role=Role.ADMIN)).get("/desk/?view=all").text
    assert "Charged twice" in admin
    assert "The invoice is blank" in admin


def test_the_least_time_left_comes_first(desk: Desk, agent: FlaskClient) -> None:
    earlier = datetime.now(UTC) - timedelta(days=9)
    make_ticket(desk.session, desk.settings, subject="Waiting for days", now=earlier)
    page = agent.get("/desk/").text
    assert page.index("Waiting for days") < page.index("The invoice is blank")
    assert "late" in page


def test_views_and_states_choose(desk: Desk, agent: FlaskClient) -> None:
    assert "The invoice is blank" in agent.get("/desk/").text
    handling.claim(
        desk.session,
        actor=actor_of(desk.agent, desk.support),
        ticket_id=desk.ticket.id,
        now=datetime.now(UTC),
    )
    assert "The invoice is blank" not in agent.get("/desk/").text
    assert "The invoice is blank" in agent.get("/desk/?view=mine").text
    assert "The invoice is blank" not in agent.get("/desk/?view=mine&state=waiting").text
    assert "The invoice is blank" in agent.get("/desk/?view=all&state=new").text


def test_a_resolved_ticket_leaves_every_view_but_all(desk: Desk, agent: FlaskClient) -> None:
    desk.ticket.state = TicketState.RESOLVED
    desk.session.commit()
    assert "The invoice is blank" not in agent.get("/desk/").text
    assert "The invoice is blank" in agent.get("/desk/?view=all").text


@pytest.mark.parametrize("words", ["INVOICE is", "ana@exam", "Ana"])
def test_a_search_finds_by_subject_address_and_name(
    desk: Desk, agent: FlaskClient, words: str
) -> None:
    make_ticket(desk.session, desk.settings, subject="Elsewhere", email="x@y.org", name="Zoe")
    page = agent.get("/desk/", query_string={"q": words}).text
    assert "The invoice is blank" in page
    assert "Elsewhere" not in page


def test_a_reference_leads_straight_to_its_ticket(desk: Desk, agent: FlaskClient) -> None:
    answer = agent.get("/desk/", query_string={"q": desk.ticket.reference.lower()})
    assert answer.headers["Location"].endswith(desk.path())


@pytest.mark.parametrize(
    "query", ["q=%25%25", "q=" + "x" * 5000, "view=nonsense&state=x&page=zz&queue=a", "page=999"]
)
def test_strange_questions_get_a_page(desk: Desk, agent: FlaskClient, query: str) -> None:
    assert agent.get(f"/desk/?{query}").status_code == 200


def test_pages_ask_a_bounded_number_of_questions(desk: Desk, agent: FlaskClient) -> None:
    for number in range(12):
        make_ticket(desk.session, desk.settings, subject=f"Question {number}")
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        agent.get("/desk/?view=all")
        queue = len(statements)
        statements.clear()
        agent.get(desk.path())
        ticket = len(statements)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert queue <= QUEUE_STATEMENTS
    assert ticket <= TICKET_STATEMENTS


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.EDITOR])
def test_who_works_no_tickets_has_no_desk(desk: Desk, role: Role) -> None:
    client = desk.browser(make_user(desk.session, role=role))
    assert client.get("/desk/").status_code == 403
    assert client.get(desk.path()).status_code == 403


def test_who_is_not_signed_in_is_asked_to(desk: Desk, client: FlaskClient) -> None:
    assert "sign-in" in client.get("/desk/").headers["Location"]
