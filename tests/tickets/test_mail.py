"""Every mail about a ticket can be written, in both languages, with a link that works."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.db.models import OutboxEntry
from app.mail.rendering import Promise, compose
from app.settings import Settings
from app.tickets import conversation, handling, mailing, resolving
from app.tickets.models import Ticket, TicketState
from tests.factories import make_user
from tests.factories_tickets import actor_of, make_ticket

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
EVERY_KIND = {
    "ticket_received",
    "ticket_replied",
    "ticket_resolved",
    "ticket_reopened",
    "article_published",
}


def tell_everything(session: Session, settings: Settings, locale: str) -> Ticket:
    """A ticket about which there is something to tell in every way."""
    ticket = make_ticket(session, settings, locale=locale, subject="Blank & <white>").ticket
    admin = actor_of(make_user(session, role=Role.ADMIN, name="Bea Soto"))
    common = {"actor": admin, "ticket_id": ticket.id, "settings": settings, "now": NOW}
    for then in (TicketState.WAITING, TicketState.RESOLVED):
        conversation.reply(session, body="Clear <the> cache.", then=then, **common)  # type: ignore[arg-type]
    handling.set_state(session, state=TicketState.OPEN, **common)  # type: ignore[arg-type]
    resolving.resolve_with_nothing(session, **common)  # type: ignore[arg-type]
    mailing.tell_published(
        session, ticket, article_id=1, title="A blank invoice", url="http://localhost/x", now=NOW
    )
    session.commit()
    return ticket


@pytest.mark.parametrize("locale", ["en", "es"])
def test_each_can_be_written_and_opens_the_ticket(
    app: Flask, session: Session, settings: Settings, locale: str
) -> None:
    ticket = tell_everything(session, settings, locale)
    entries = session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "mail")).all()
    assert {entry.payload["template"] for entry in entries} == EVERY_KIND
    for entry in entries:
        promise = Promise.from_payload(entry.key, entry.payload)
        with app.app_context():
            message = compose(promise, sender="help@example.org", site_name="Antesala", now=NOW)
        part = message.get_body(("plain",))
        text = part.get_content() if part else ""
        assert "&amp;" not in text
        link = re.search(rf"http://localhost/{locale}/t/[\w-]{{43}}", text)
        assert link is not None
        opened = app.test_client().get(link.group().removeprefix("http://localhost"))
        assert opened.headers["Location"].endswith(ticket.reference)


def test_a_new_key_of_the_installation_makes_the_next_links_work(
    session: Session, settings: Settings
) -> None:
    ticket = make_ticket(session, settings).ticket
    renewed = settings.model_copy(update={"secret_key": type(settings.secret_key)("another key")})
    before = ticket.access_hash
    admin = actor_of(make_user(session, role=Role.ADMIN))
    conversation.reply(
        session,
        actor=admin,
        ticket_id=ticket.id,
        body="Hello.",
        then=TicketState.WAITING,
        settings=renewed,
        now=NOW,
    )
    assert ticket.access_hash != before
