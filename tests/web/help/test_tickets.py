"""A customer's tickets: by account and by private link."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Role
from app.settings import Settings
from app.tickets import conversation
from app.tickets.membership import set_queues
from app.tickets.models import Resolution, Ticket, TicketState
from app.tickets.service import Filed
from tests.factories import csrf_token, make_organisation, make_user, sign_in
from tests.factories_knowledge import make_article
from tests.factories_tickets import actor_of, make_queue, make_ticket

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@pytest.fixture
def filed(session: Session, settings: Settings) -> Filed:
    return make_ticket(session, settings)


def opened(client: FlaskClient, filed: Filed) -> FlaskClient:
    """The browser after following the private link."""
    answer = client.get(filed.link.removeprefix("http://localhost"))
    assert answer.headers["Location"] == f"/en/tickets/{filed.ticket.reference}"
    return client


def post(client: FlaskClient, filed: Filed, action: str, **fields: object) -> TestResponse:
    return client.post(
        f"/en/tickets/{filed.ticket.reference}/{action}",
        data={"csrf_token": csrf_token(client), **fields},
        content_type="multipart/form-data",
    )


def now(session: Session, filed: Filed) -> Ticket:
    session.rollback()
    session.expire_all()
    return session.get_one(Ticket, filed.ticket.id)


def answer(session: Session, settings: Settings, filed: Filed, body: str = "Try this.") -> None:
    agent = make_user(session, role=Role.ADMIN, name="Bea")
    conversation.reply(
        session,
        actor=actor_of(agent),
        ticket_id=filed.ticket.id,
        body=body,
        then=TicketState.WAITING,
        settings=settings,
        now=NOW,
    )


def test_the_private_link_opens_the_ticket_for_this_browser_alone(
    app: Flask, client: FlaskClient, filed: Filed
) -> None:
    page = opened(client, filed).get(f"/en/tickets/{filed.ticket.reference}")
    assert "The invoice is blank" in page.text
    assert "you will hear from us by" in page.text
    stranger = app.test_client().get(f"/en/tickets/{filed.ticket.reference}")
    assert stranger.status_code == 302
    assert stranger.headers["Location"] == "/en/tickets"


@pytest.mark.parametrize("secret", ["x", "A" * 43, "%00", "../../etc"])
def test_a_wrong_link_opens_nothing(client: FlaskClient, filed: Filed, secret: str) -> None:
    assert client.get(f"/en/t/{secret}").status_code == 404


def test_a_stranger_learns_nothing_from_a_reference(client: FlaskClient, filed: Filed) -> None:
    real = client.get(f"/en/tickets/{filed.ticket.reference}")
    invented = client.get("/en/tickets/A-222222")
    assert (real.status_code, real.headers["Location"]) == (
        invented.status_code,
        invented.headers["Location"],
    )


def test_an_account_lists_and_opens_its_own_tickets(
    app: Flask, session: Session, settings: Settings
) -> None:
    firm = make_organisation(session)
    owner = make_user(session, organisation_id=firm.id)
    mine = make_ticket(session, settings, requester=owner, subject="Mine alone")
    page = sign_in(app.test_client(), owner).get("/en/tickets").text
    assert "Mine alone" in page
    assert mine.ticket.reference in page
    colleague = sign_in(app.test_client(), make_user(session, organisation_id=firm.id))
    assert "Mine alone" not in colleague.get("/en/tickets").text
    assert colleague.get(f"/en/tickets/{mine.ticket.reference}").status_code == 404
    assert post(colleague, mine, "reply", body="x").status_code == 404
    assert post(colleague, mine, "solved").status_code == 404


def test_a_confirmed_address_owns_what_was_asked_with_it(
    app: Flask, session: Session, settings: Settings, filed: Filed
) -> None:
    path = f"/en/tickets/{filed.ticket.reference}"
    pretender = make_user(session, email="ana@example.org", email_confirmed_at=None)
    assert sign_in(app.test_client(), pretender).get(path).status_code != 200
    pretender.email_confirmed_at = NOW
    session.commit()
    assert sign_in(app.test_client(), pretender).get(path).status_code == 200


def test_an_empty_list_says_what_to_do(client: FlaskClient) -> None:
    page = client.get("/en/tickets").text
    assert "There is nothing here yet" in page
    assert "Ask us" in page


def test_a_reply_with_a_file_is_added(client: FlaskClient, session: Session, filed: Filed) -> None:
    opened(client, filed)
    sent = post(client, filed, "reply", body="Here it is.", files=(BytesIO(b"log"), "log.txt"))
    assert sent.status_code == 303
    message = now(session, filed).messages[-1]
    assert (message.body, message.from_customer) == ("Here it is.", True)
    assert [a.filename for a in message.attachments] == ["log.txt"]


def test_an_empty_reply_is_refused_at_the_field(
    client: FlaskClient, session: Session, filed: Filed
) -> None:
    refused = post(opened(client, filed), filed, "reply", body=" ")
    assert refused.status_code == 422
    assert 'id="body-error"' in refused.text


def test_a_refused_file_keeps_the_words(
    client: FlaskClient, session: Session, filed: Filed
) -> None:
    opened(client, filed)
    refused = post(client, filed, "reply", body="Look.", files=(BytesIO(b""), "a.txt"))
    assert refused.status_code == 422
    assert "is empty" in refused.text
    assert "Look." in refused.text
    assert len(now(session, filed).messages) == 1


def test_what_customers_write_is_never_markup(client: FlaskClient, filed: Filed) -> None:
    opened(client, filed)
    post(client, filed, "reply", body="<img src=x onerror=alert(1)> **not bold**")
    page = client.get(f"/en/tickets/{filed.ticket.reference}").text
    assert "<img src=x" not in page
    assert "**not bold**" in page


def test_it_is_solved_by_what_helped_and_reopened_when_it_comes_back(
    client: FlaskClient, session: Session, settings: Settings, filed: Filed
) -> None:
    article = make_article(session, title="Clear the cache", slug="clear-cache")
    answer(session, settings, filed, "http://localhost/en/articles/clear-cache")
    page = opened(client, filed).get(f"/en/tickets/{filed.ticket.reference}").text
    assert "it is your turn" in page
    assert f'name="article" value="{article.id}"' in page
    post(client, filed, "solved", article=article.id)
    ticket = now(session, filed)
    assert (ticket.state, ticket.resolution) == (TicketState.RESOLVED, Resolution.CUSTOMER)
    assert ticket.solved_by_article_id == article.id
    post(client, filed, "reopen")
    ticket = now(session, filed)
    assert (ticket.state, ticket.solved_by_article_id) == (TicketState.OPEN, None)


def test_a_reply_to_a_resolved_ticket_opens_it_again(
    client: FlaskClient, session: Session, filed: Filed
) -> None:
    opened(client, filed)
    post(client, filed, "solved")
    post(client, filed, "reply", body="It is back.")
    ticket = now(session, filed)
    assert (ticket.state, ticket.reopened_count) == (TicketState.OPEN, 1)


@pytest.mark.parametrize("action", ["reply", "solved", "reopen"])
def test_each_deed_needs_the_forms_token(client: FlaskClient, filed: Filed, action: str) -> None:
    opened(client, filed)
    assert client.post(f"/en/tickets/{filed.ticket.reference}/{action}").status_code == 400


def test_who_works_the_ticket_is_sent_to_the_desk(
    app: Flask, session: Session, filed: Filed
) -> None:
    agent = make_user(session, role=Role.AGENT)
    other = make_user(session, role=Role.AGENT)
    make_queue(session, "Billing", other)
    set_queues(session, agent.id, [filed.ticket.queue_id])
    session.commit()
    path = f"/en/tickets/{filed.ticket.reference}"
    found = sign_in(app.test_client(), agent).get(path)
    assert found.headers["Location"] == f"/desk/tickets/{filed.ticket.reference}"
    assert sign_in(app.test_client(), other).get(path).status_code == 404


def test_the_page_speaks_the_language_of_its_address(client: FlaskClient, filed: Filed) -> None:
    page = opened(client, filed).get(f"/es/tickets/{filed.ticket.reference}")
    assert '<html lang="es"' in page.text
