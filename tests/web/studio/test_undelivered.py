"""What could not be delivered: admins see it, try it again, or discard it; nobody else does."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.db.database import Database
from app.db.models import OutboxEntry
from app.errors import ForbiddenError
from app.mail import undelivered
from app.mail.delivery import deliver_due
from app.mail.folder import list_mail
from app.settings import Settings
from app.worker import handlers
from tests.factories import csrf_token, make_user, sign_in
from tests.factories_knowledge import StatementCount, make_actor

PAGE = "/studio/undelivered/"


@pytest.fixture
def admin(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app.test_client(), make_user(session, role=Role.ADMIN, name="Alex"))


def give_up(session: Session, *, to: str = "ana@example.org", **fields: object) -> OutboxEntry:
    """A mail that was tried for three days, committed."""
    number = len(session.scalars(select(OutboxEntry.id)).all())
    moment = datetime.now(UTC)
    context = {"name": "Ana", "reference": "A-7K3Q9X", "subject": "Blank <page>", "locale": "en"}
    values: dict[str, object] = {
        "key": f"given up {number}",
        "kind": "mail",
        "payload": {"template": "ticket_resolved", "to": to, "locale": "en", "context": context},
        "created_at": moment - timedelta(days=3),
        "available_at": moment,
        "attempts": 20,
        "failed_at": moment - timedelta(hours=number),
        "last_error": "SMTPRecipientsRefused: 550 <nobody> lives here",
        **fields,
    }
    entry = OutboxEntry(**values)
    session.add(entry)
    session.commit()
    return entry


def post(client: FlaskClient, path: str, *, follow: bool = True):
    data = {"csrf_token": csrf_token(client)}
    return client.post(PAGE + path, data=data, follow_redirects=follow)


def test_it_is_told_what_failed_to_whom_when_and_why(admin: FlaskClient, session: Session) -> None:
    give_up(session)
    give_up(
        session,
        payload={"article_id": 1, "title": "Reset the router"},
        kind="article_published",
        last_error="OperationalError: locked",
    )
    page = admin.get(PAGE).text
    assert "A ticket was resolved" in page
    assert "to ana@example.org" in page
    assert "A-7K3Q9X · Blank &lt;page&gt;" in page
    assert "3 days ago" in page
    assert "20 attempts" in page
    assert "550 &lt;nobody&gt; lives here" in page
    assert "An article was published" in page
    assert "Reset the router" in page
    assert "2 messages" in page


def test_only_what_was_given_up_is_listed(admin: FlaskClient, session: Session) -> None:
    give_up(session, to="waiting@example.org", failed_at=None)
    give_up(session, to="done@example.org", failed_at=None, delivered_at=datetime.now(UTC))
    page = admin.get(PAGE).text
    assert "Everything was delivered" in page
    assert "example.org" not in page.split("<main")[1]


def test_an_admin_notices_that_something_was_not_delivered(
    app: Flask, admin: FlaskClient, session: Session
) -> None:
    assert "studio-alarm" not in admin.get("/studio/").text
    give_up(session)
    give_up(session)
    inbox = admin.get("/studio/").text
    assert "2 messages could not be delivered." in inbox
    assert '<span class="studio-alarm">2</span>' in admin.get("/studio/articles/").text
    editor = sign_in(app.test_client(), make_user(session, role=Role.EDITOR))
    for path in ("/studio/", "/studio/articles/"):
        assert "ndelivered" not in editor.get(path).text
        assert "could not be delivered" not in editor.get(path).text


def test_what_is_tried_again_arrives(
    app: Flask, admin: FlaskClient, session: Session, database: Database, settings: Settings
) -> None:
    entry = give_up(session)
    other = give_up(session)
    told = post(admin, f"{entry.id}/try-again").text
    assert "It is tried again now." in told
    assert deliver_due(database, handlers(app), clock=lambda: datetime.now(UTC)) == 1
    (mail,) = list_mail(settings.data / "mail")
    assert mail.to == "ana@example.org"
    session.rollback()
    session.refresh(entry)
    assert entry.delivered_at is not None
    assert entry.payload == {}
    assert entry.attempts == 1  # counted anew, so that it is tried for three days again
    session.refresh(other)
    assert other.failed_at is not None


def test_all_are_tried_again_at_once(admin: FlaskClient, session: Session) -> None:
    for _ in range(3):
        give_up(session)
    assert "3 are tried again now." in post(admin, "try-again").text
    session.rollback()
    session.expire_all()
    assert {entry.failed_at for entry in session.scalars(select(OutboxEntry))} == {None}
    assert "Everything was delivered" in admin.get(PAGE).text


def test_discarding_is_asked_about_and_leaves_nothing(admin: FlaskClient, session: Session) -> None:
    number = give_up(session).id
    asked = admin.get(f"{PAGE}{number}/discard").text
    assert "Discard it?" in asked
    assert "ana@example.org" in asked
    session.rollback()
    assert session.scalars(select(OutboxEntry.id)).all() == [number]
    assert "Discarded." in post(admin, f"{number}/discard").text
    session.rollback()
    assert session.scalars(select(OutboxEntry.id)).all() == []
    assert post(admin, f"{number}/discard").status_code == 404
    assert admin.get(f"{PAGE}{number}/discard").status_code == 404


def test_who_comes_second_is_told(admin: FlaskClient, session: Session) -> None:
    entry = give_up(session)
    post(admin, f"{entry.id}/try-again")
    for deed in ("try-again", "discard"):
        assert "Somebody has already tried it again." in post(admin, f"{entry.id}/{deed}").text
    assert admin.get(f"{PAGE}{entry.id}/discard").status_code == 409
    session.rollback()
    assert session.scalars(select(OutboxEntry.id)).all() == [entry.id]


def test_a_link_that_works_no_more_is_told_of(admin: FlaskClient, session: Session) -> None:
    reset = {"template": "reset_password", "to": "a@example.org", "locale": "en"}
    give_up(session, payload={**reset, "context": {"link": "http://localhost/secret", "hours": 1}})
    page = admin.get(PAGE).text
    assert "Its link works no more" in page
    assert "/secret" not in page  # whoever has it could take the account


def test_the_list_has_pages_and_few_statements(
    admin: FlaskClient, session: Session, database: Database
) -> None:
    for _ in range(undelivered.PER_PAGE + 1):
        give_up(session)
    with StatementCount(database.engine) as statements:
        assert "Page 1 of 2" in admin.get(PAGE).text
    assert statements.count <= 6
    assert "Page 2 of 2" in admin.get(f"{PAGE}?page=7").text


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.AGENT, Role.EDITOR])
def test_it_is_for_admins_alone(app: Flask, session: Session, role: Role) -> None:
    entry = give_up(session)
    browser = sign_in(app.test_client(), make_user(session, role=role))
    assert browser.get(PAGE).status_code == 403
    assert post(browser, f"{entry.id}/discard", follow=False).status_code == 403
    actor = make_actor(session, role)
    assert undelivered.count_undelivered(session, actor) == 0
    with pytest.raises(ForbiddenError):
        undelivered.undelivered(session, actor)
    with pytest.raises(ForbiddenError):
        undelivered.discard(session, actor=actor, entry_id=entry.id)
