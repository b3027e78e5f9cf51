"""A desk with two queues, an agent in each, and a ticket in the first."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Role, User
from app.settings import Settings
from app.tickets.models import Queue, Ticket
from tests.factories import csrf_token, make_user, sign_in
from tests.factories_tickets import make_queue, make_ticket


@dataclass
class Desk:
    """The rooms and people of a test."""

    app: Flask
    session: Session
    settings: Settings
    support: Queue
    billing: Queue
    agent: User
    other_agent: User
    ticket: Ticket

    def browser(self, user: User) -> FlaskClient:
        return sign_in(self.app.test_client(), user)

    def path(self, *more: str) -> str:
        return "/".join(["/desk/tickets", self.ticket.reference, *more])

    def post(self, client: FlaskClient, deed: str, **fields: object) -> TestResponse:
        data = {"csrf_token": csrf_token(client), **fields}
        return client.post(self.path(deed), data=data, content_type="multipart/form-data")

    def now(self) -> Ticket:
        """The ticket as it is in the database now."""
        self.session.rollback()
        self.session.expire_all()
        return self.session.get_one(Ticket, self.ticket.id)


@pytest.fixture
def desk(app: Flask, session: Session, settings: Settings) -> Desk:
    agent = make_user(session, role=Role.AGENT, name="Bea Soto")
    other = make_user(session, role=Role.AGENT, name="Tom Hale")
    support = make_queue(session, "Support", agent)
    billing = make_queue(session, "Billing", other)
    ticket = make_ticket(session, settings).ticket
    return Desk(app, session, settings, support, billing, agent, other, ticket)


@pytest.fixture
def agent(desk: Desk) -> FlaskClient:
    """The browser of the agent who works the ticket's queue."""
    return desk.browser(desk.agent)
