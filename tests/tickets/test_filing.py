"""A ticket is filed once, whole, and with the promise of its mail."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY
from app.db.models import OutboxEntry
from app.errors import ConflictError, InvalidError
from app.settings import Settings
from app.tickets.attachments import Upload, add_files
from app.tickets.drafts import TicketDraft
from app.tickets.models import Attachment, Ticket, TicketState
from app.tickets.references import read_reference, secret_hash
from app.tickets.service import Filed, file_ticket
from tests.factories import make_organisation, make_user
from tests.factories_tickets import actor_of

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)  # a Monday
DRAFT = TicketDraft("Blank invoice", "The PDF is white.", email="Ana@Example.org", name="Ana")


def file(session: Session, settings: Settings, draft: TicketDraft = DRAFT, **more: object) -> Filed:
    return file_ticket(
        session,
        actor=ANYBODY,
        draft=draft,
        settings=settings,
        now=NOW,
        **more,  # type: ignore[arg-type]
    )


def test_a_ticket_is_kept_with_its_words_and_its_promise(
    session: Session, settings: Settings
) -> None:
    ticket = file(session, settings).ticket
    assert ticket.state is TicketState.NEW
    assert ticket.requester_email == "ana@example.org"
    assert ticket.queue.is_default
    assert [message.body for message in ticket.messages] == ["The PDF is white."]
    assert ticket.first_response_due_at == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def test_the_receipt_is_promised_without_a_working_link(
    session: Session, settings: Settings
) -> None:
    filed = file(session, settings)
    entry = session.scalars(select(OutboxEntry)).one()
    assert entry.key == f"ticket:{filed.ticket.reference}:received"
    assert entry.payload["to"] == "ana@example.org"
    assert entry.payload["template"] == "ticket_received"
    assert entry.payload["context"]["due"] == "Tuesday 3 March, 10:00 UTC"
    assert filed.secret not in str(entry.payload)


def test_only_the_hash_of_the_links_secret_is_stored(session: Session, settings: Settings) -> None:
    filed = file(session, settings)
    assert len(filed.secret) == 43
    assert filed.ticket.access_hash == secret_hash(filed.secret)
    assert filed.link == f"http://localhost/en/t/{filed.secret}"


def test_the_same_request_twice_is_one_ticket(session: Session, settings: Settings) -> None:
    first = file(session, settings, idempotency_key="one")
    again = file(session, settings, idempotency_key="one")
    assert again.repeated
    assert (again.ticket.id, again.link) == (first.ticket.id, first.link)
    assert session.scalar(select(func.count(Ticket.id))) == 1
    assert session.scalar(select(func.count(OutboxEntry.id))) == 1


def test_a_key_that_stands_for_other_words_is_refused(session: Session, settings: Settings) -> None:
    file(session, settings, idempotency_key="one")
    with pytest.raises(ConflictError):
        file(session, settings, replace(DRAFT, body="Other words."), idempotency_key="one")


def test_the_account_speaks_for_its_own_name_and_address(
    session: Session, settings: Settings
) -> None:
    person = make_user(session, organisation_id=make_organisation(session).id)
    ticket = file_ticket(
        session,
        actor=actor_of(person),
        draft=replace(DRAFT, email="other@example.org"),
        settings=settings,
        now=NOW,
    ).ticket
    assert ticket.requester_email == person.email
    assert ticket.requester_id == person.id
    assert ticket.organisation_id == person.organisation_id


def test_the_drafts_files_go_with_it(session: Session, settings: Settings) -> None:
    add_files(
        session,
        draft_key="mine",
        uploader="u",
        uploads=[Upload(BytesIO(b"line one"), "log.txt")],
        settings=settings,
        now=NOW,
    )
    add_files(
        session,
        draft_key="not mine",
        uploader="u",
        uploads=[Upload(BytesIO(b"line one"), "other.txt")],
        settings=settings,
        now=NOW,
    )
    ticket = file(session, settings, draft_key="mine").ticket
    assert [a.filename for a in ticket.messages[0].attachments] == ["log.txt"]
    left = session.scalars(select(Attachment).where(Attachment.ticket_id.is_(None))).one()
    assert left.filename == "other.txt"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "ab"),
        ("subject", "x" * 256),
        ("subject", "Blank\r\nBcc: all@example.org"),
        ("subject", "Blank\u2028invoice"),
        ("body", " \n "),
        ("body", "ñ" * 40_000),
        ("email", "ana"),
        ("email", "ana@example.org\nBcc: all@example.org"),
        ("name", "Ana\r\nBcc: all@example.org"),
        ("name", "x" * 121),
    ],
)
def test_what_breaks_a_rule_is_named_by_its_field(
    session: Session, settings: Settings, field: str, value: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        file(session, settings, replace(DRAFT, **{field: value}))
    assert caught.value.field == field
    session.rollback()
    assert session.scalar(select(func.count(Ticket.id))) == 0


@pytest.mark.parametrize("typed", ["A-7K3Q9X", " a-7k3q9x ", "a7k3q9x"])
def test_a_reference_is_read_as_people_type_it(typed: str) -> None:
    assert read_reference(typed) == "A-7K3Q9X"


@pytest.mark.parametrize("typed", ["A-7K3Q9", "A-OOOOOO", "hello", ""])
def test_what_is_no_reference_is_not_read_as_one(typed: str) -> None:
    assert read_reference(typed) is None
