"""Every route × every kind of person, from the URL map: a new route without a policy fails.

Routes without a thing in their address follow from the access that they declare. Routes to a
thing (this ticket, that article) stand in THINGS with the people who may reach that thing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import tokens
from app.accounts.models import Role, TokenPurpose, User
from app.db.heartbeat import WORKER, beat
from app.db.models import OutboxEntry
from app.deflection.models import Attempt, Impression
from app.deflection.tokens import new_token
from app.factory import create_app
from app.settings import Settings
from app.tickets.attachment_files import AttachmentFolder
from app.tickets.models import Attachment, Message
from app.web.access import Access, declared_access
from app.web.request_context import TICKETS_OPENED, Product
from articles.lifecycle import Visibility
from tests.conftest import empty_database, settings_for
from tests.factories import csrf_token, make_organisation, make_user, sign_in
from tests.factories_knowledge import make_article
from tests.factories_tickets import make_queue, make_ticket

ANONYMOUS, CUSTOMER_A, CUSTOMER_B = "anonymous", "customer A", "customer B"
AGENT, OTHER_AGENT, EDITOR, ADMIN = "agent", "agent of another queue", "editor", "admin"
EVERYBODY = (ANONYMOUS, CUSTOMER_A, CUSTOMER_B, AGENT, OTHER_AGENT, EDITOR, ADMIN)
STAFF = {AGENT, OTHER_AGENT, EDITOR, ADMIN}
CURATORS = {EDITOR, ADMIN}
LEVELS: dict[Access, set[str]] = {
    Access.PUBLIC: set(EVERYBODY),
    Access.SIGNED_IN: set(EVERYBODY) - {ANONYMOUS},
    Access.STAFF: STAFF,
    Access.TICKETS: {AGENT, OTHER_AGENT, ADMIN},
    Access.CURATION: CURATORS,
    Access.ADMIN: {ADMIN},
}
OWN_TICKET = {CUSTOMER_A}
"""Staff work tickets at the desk; the customer's page is the customer's."""
TICKET_STAFF = {AGENT, ADMIN}
NOBODY: set[str] = set()
STORED = "s" * 43


@dataclass
class World:
    """Two customers, two queues, one ticket of customer A in the first, articles of each kind."""

    app: Flask
    people: dict[str, User]
    ids: dict[str, Any]

    def browser_of(self, name: str) -> FlaskClient:
        """A fresh browser in which this person is signed in."""
        client = self.app.test_client()
        return client if name == ANONYMOUS else sign_in(client, self.people[name])


@dataclass(frozen=True)
class Thing:
    """Arguments of an address, and who may reach what it names (None: whoever the level lets).

    `form` is what a request must say so that it names a thing at all.
    """

    arguments: Callable[[dict[str, Any]], dict[str, Any]]
    allowed: set[str] | None = None
    form: Callable[[dict[str, Any]], dict[str, Any]] = lambda _ids: {}


def of(**names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda ids: {argument: ids[name] for argument, name in names.items()}


TICKET = of(reference="reference")
DRAFT = of(article_id="draft")
THINGS: dict[str, Thing] = {
    # One-time links: whoever holds the secret.
    "account_password.reset": Thing(of(token="reset_token")),
    "account_password.submit_reset": Thing(of(token="reset_token")),
    "account_registration.confirm": Thing(of(token="confirm_token")),
    "account_registration.submit_confirm": Thing(of(token="confirm_token")),
    # The demo's mail is not there outside demo mode.
    "demo_mail.inbox": Thing(of(), NOBODY),
    "demo_mail.message": Thing(of(name="word"), NOBODY),
    # Help centre: an article for agents alone.
    "help_articles.show": Thing(of(slug="agents_slug"), STAFF),
    "help_articles.vote": Thing(of(slug="agents_slug"), STAFF),
    "help_assets.show": Thing(of(name="no_asset"), NOBODY),
    "help_home.category": Thing(of(slug="category")),
    # Attempts: whoever holds the token.
    "help_attempts.judge": Thing(of(token="attempt")),
    "help_attempts.read": Thing(of(token="attempt"), form=of(article="public")),
    "help_attempts.solved": Thing(of(token="attempt")),
    "help_attempts.undo": Thing(of(token="attempt")),
    "help_attempts.feedback": Thing(of(token="attempt")),
    "api.verdicts": Thing(of(token="attempt")),
    "help_ask.sent": Thing(of(secret="secret")),
    # Tickets, and their files. Staff are sent on to the desk.
    "help_tickets.show": Thing(TICKET, OWN_TICKET | TICKET_STAFF),
    "help_tickets.reply": Thing(TICKET, OWN_TICKET),
    "help_tickets.solved": Thing(TICKET, OWN_TICKET),
    "help_tickets.reopen": Thing(TICKET, OWN_TICKET),
    "help_tickets.open": Thing(of(secret="secret")),
    "attachments.download": Thing(of(token="attachment"), OWN_TICKET | TICKET_STAFF),
    # The desk: agents of the ticket's queue.
    "desk_ticket.show": Thing(TICKET, TICKET_STAFF),
    "desk_ticket.articles": Thing(TICKET, TICKET_STAFF),
    "desk_ticket.preview": Thing(TICKET, TICKET_STAFF),
    "desk_ticket.write": Thing(TICKET, TICKET_STAFF),
    "desk_actions.assign": Thing(TICKET, TICKET_STAFF),
    "desk_actions.claim": Thing(TICKET, TICKET_STAFF),
    "desk_actions.draft_article": Thing(TICKET, TICKET_STAFF),
    "desk_actions.move": Thing(TICKET, TICKET_STAFF),
    "desk_actions.resolve": Thing(TICKET, TICKET_STAFF),
    "desk_actions.state": Thing(TICKET, TICKET_STAFF),
    # Studio.
    "studio_articles.history": Thing(DRAFT),
    "studio_articles.changes": Thing(of(article_id="draft", number="one")),
    "studio_editor.edit": Thing(DRAFT),
    "studio_editor.save": Thing(DRAFT),
    "studio_review.article": Thing(DRAFT),
    "studio_review.discard": Thing(DRAFT, CURATORS),
    "studio_review.publish": Thing(DRAFT),
    "studio_review.restore": Thing(DRAFT),
    "studio_review.send_back": Thing(DRAFT),
    "studio_review.submit": Thing(DRAFT, CURATORS),
    "studio_review.verify": Thing(DRAFT),
    "studio_review.withdraw": Thing(DRAFT),
    "studio_organisations.edit": Thing(of(organisation_id="organisation")),
    "studio_organisations.rename": Thing(of(organisation_id="organisation")),
    "studio_undelivered.confirm_discard": Thing(of(entry_id="undelivered")),
    "studio_undelivered.discard": Thing(of(entry_id="undelivered_too")),
    "studio_undelivered.try_again": Thing(of(entry_id="undelivered")),
    "studio_people.edit": Thing(of(user_id="customer_a")),
    "studio_people.save": Thing(of(user_id="customer_a")),
    "studio_people.invite_again": Thing(of(user_id="customer_a")),
}


@pytest.fixture(scope="module")
def world(migrated_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    settings = settings_for(empty_database(migrated_database, folder), folder)
    app = create_app(settings)
    app.testing = True
    product: Product = app.extensions["antesala"]
    with product.database.reading() as session:
        people, ids = furnish(session, settings)
    product.indexes.refresh()
    yield World(app, people, ids)
    product.database.dispose()


@pytest.fixture
def app(world: World) -> Flask:
    return world.app


def furnish(session: Session, settings: Settings) -> tuple[dict[str, User], dict[str, Any]]:
    organisation = make_organisation(session)
    people = {
        CUSTOMER_A: make_user(session, email="a@example.org", organisation_id=organisation.id),
        CUSTOMER_B: make_user(session, email="b@example.org", organisation_id=organisation.id),
        AGENT: make_user(session, role=Role.AGENT),
        OTHER_AGENT: make_user(session, role=Role.AGENT),
        EDITOR: make_user(session, role=Role.EDITOR),
        ADMIN: make_user(session, role=Role.ADMIN),
    }
    first = make_queue(session, "First", people[AGENT])
    make_queue(session, "Second", people[OTHER_AGENT])
    filed = make_ticket(
        session, settings, requester=people[CUSTOMER_A], queue=first, email="a@example.org"
    )
    message = session.scalars(select(Message).where(Message.ticket_id == filed.ticket.id)).one()
    path = AttachmentFolder(settings.data).path(STORED)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"only for those who may see the ticket")
    now = datetime.now(UTC)
    session.add(
        Attachment(
            token=STORED,
            ticket_id=filed.ticket.id,
            message_id=message.id,
            filename="note.txt",
            content_type="text/plain",
            size=37,
            created_at=now,
        )
    )
    public = make_article(session, title="For everybody", category="tickets")
    agents = make_article(session, title="For agents", visibility=Visibility.AGENTS)
    draft = make_article(session, title="Not yet", published=False)
    attempt = Attempt(token=new_token(settings.key()), locale="en", created_at=now, updated_at=now)
    shown = Impression(article_id=public.id, rank=1, score=1.0, confidence=0.5, shown_at=now)
    attempt.impressions.append(shown)
    session.add(attempt)
    failed = [
        OutboxEntry(
            key=f"failed {number}",
            kind="mail",
            payload={"template": "ticket_received", "to": "a@example.org"},
            created_at=now,
            available_at=now,
            failed_at=now,
        )
        for number in range(2)
    ]
    session.add_all(failed)
    secrets = {
        name: tokens.issue(
            session,
            user_id=people[CUSTOMER_B].id,
            purpose=purpose,
            lasts=timedelta(hours=1),
            now=now,
        )
        for name, purpose in (
            ("reset_token", TokenPurpose.RESET_PASSWORD),
            ("confirm_token", TokenPurpose.CONFIRM_EMAIL),
        )
    }
    session.commit()
    beat(session, WORKER, now=now)
    return (
        people,
        {
            **secrets,
            "reference": filed.ticket.reference,
            "ticket": filed.ticket.id,
            "secret": filed.secret,
            "attachment": STORED,
            "attempt": attempt.token,
            "undelivered": failed[0].id,
            "undelivered_too": failed[1].id,
            "public": public.id,
            "public_slug": public.slug,
            "agents_slug": agents.slug,
            "draft": draft.id,
            "category": "tickets",
            "organisation": organisation.id,
            "customer_a": people[CUSTOMER_A].id,
            "one": 1,
            "word": "word",
            "no_asset": "0" * 64,
        },
    )


def routes() -> list[tuple[str, str]]:
    """(endpoint, method) of every route of the product."""
    app = create_app(
        Settings(_env_file=None, secret_key="routes", database_url="sqlite:///:memory:")
    )
    found = {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.endpoint.endswith("static")
    }
    return sorted(found)


def is_refused(response) -> bool:
    if response.status_code in {401, 403, 404}:
        return True
    if response.status_code != 302:
        return False
    # To sign in and come back, or to the list of one's own tickets.
    return "/account/sign-in?next=" in response.location or response.location == "/en/tickets"


@pytest.mark.parametrize(("endpoint", "method"), routes())
def test_who_may_call(app: Flask, world: World, endpoint: str, method: str) -> None:
    level = declared_access(app, endpoint)
    assert level is not None, f"{endpoint} does not say who may call it"
    needed = {
        argument
        for rule in app.url_map.iter_rules(endpoint)
        for argument in rule.arguments - {"lang"} - set(rule.defaults or {})
    }
    assert not needed or endpoint in THINGS, f"say in THINGS who may reach what {endpoint} names"
    thing = THINGS.get(endpoint, Thing(of()))
    allowed = LEVELS[level] if thing.allowed is None else thing.allowed
    assert allowed <= LEVELS[level], f"{endpoint} lets nobody in whom its level keeps out"
    with app.test_request_context():
        values = {"lang": "en", **thing.arguments(world.ids)}
        rule = next(iter(app.url_map.iter_rules(endpoint)))
        values = {name: value for name, value in values.items() if name in rule.arguments}
        path = app.url_for(endpoint, **values)
    for person in sorted(EVERYBODY, key=lambda name: name in allowed):  # the refused come first
        client = world.browser_of(person)
        form = {"csrf_token": csrf_token(client), **thing.form(world.ids)}
        data = form if method == "POST" else {}
        with client.open(path, method=method, data=data) as response:
            if person in allowed:
                assert not is_refused(response), f"{person} may, and got {response.status_code}"
                assert response.status_code != 500, f"{person} got {response.status_code}"
            else:
                assert is_refused(response), f"{person} may not, and got {response.status_code}"


BY_BROWSERS = [
    (endpoint, method)
    for endpoint, method in routes()
    if method != "GET" and not endpoint.startswith("api.")  # programs carry no cookies
]


@pytest.mark.parametrize(("endpoint", "method"), BY_BROWSERS)
def test_unsafe_requests_need_a_token(app: Flask, world: World, endpoint: str, method: str) -> None:
    thing = THINGS.get(endpoint, Thing(of()))
    rule = next(iter(app.url_map.iter_rules(endpoint)))
    with app.test_request_context():
        values = {"lang": "en", **thing.arguments(world.ids)}
        values = {name: value for name, value in values.items() if name in rule.arguments}
        path = app.url_for(endpoint, **values)
    response = world.browser_of(ADMIN).open(path, method=method)
    assert response.status_code in {400, 403, 404}


def test_the_api_ignores_cookies(app: Flask, world: World) -> None:
    response = world.browser_of(ADMIN).post(
        "/api/v1/suggestions", json={"subject": "For agents", "body": "For agents, not yet"}
    )
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert "for-agents" not in response.text


def test_a_private_link_opens_one_ticket_for_one_browser(app: Flask, world: World) -> None:
    holder, stranger = app.test_client(), app.test_client()
    opened = holder.get(f"/en/t/{world.ids['secret']}", follow_redirects=True)
    assert opened.status_code == 200
    assert world.ids["reference"] in opened.text
    with holder.session_transaction() as cookie:
        assert cookie[TICKETS_OPENED] == [world.ids["ticket"]]
    assert is_refused(stranger.get(f"/en/tickets/{world.ids['reference']}"))
    assert stranger.get("/en/t/" + "x" * 43).status_code == 404
