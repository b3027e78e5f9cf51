"""Replies, notes and customers' words: what they change and what they promise."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.db.models import OutboxEntry
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.settings import Settings
from app.tickets import conversation, queries
from app.tickets.loading import MeanwhileError
from app.tickets.models import LinkKind, Message, MessageKind, Ticket, TicketArticle, TicketState
from tests.factories import make_user
from tests.factories_knowledge import make_article
from tests.factories_tickets import actor_of, make_queue, make_ticket

MONDAY = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@pytest.fixture
def agent(session: Session) -> Actor:
    user = make_user(session, role=Role.AGENT, name="Bea")
    return actor_of(user, make_queue(session, "Support", user))


@pytest.fixture
def ticket(session: Session, settings: Settings, agent: Actor) -> Ticket:
    return make_ticket(session, settings, now=MONDAY).ticket


@pytest.fixture
def customer(ticket: Ticket) -> Actor:
    return Actor(ticket_ids=frozenset({ticket.id}))


def mails(session: Session) -> list[str]:
    return [entry.payload["template"] for entry in session.scalars(select(OutboxEntry))]


def answer(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket, body: str = "Try this."
) -> Message:
    return conversation.reply(
        session,
        actor=agent,
        ticket_id=ticket.id,
        body=body,
        then=TicketState.WAITING,
        settings=settings,
        now=MONDAY + timedelta(hours=1),
    )


def test_a_reply_sent_twice_from_one_page_is_kept_and_mailed_once(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    seen = session.scalars(select(Message.id).order_by(Message.id.desc())).first()
    kept = [
        conversation.reply(
            session,
            actor=agent,
            ticket_id=ticket.id,
            body="Try this.",
            then=TicketState.WAITING,
            settings=settings,
            now=MONDAY,
            seen=seen,
        ).id
        for _ in range(2)
    ]
    assert kept[0] == kept[1]
    assert mails(session).count("ticket_replied") == 1
    newer = answer(session, settings, agent, ticket)
    assert newer.id != kept[0]


def test_a_note_sent_twice_from_one_page_is_kept_once(
    session: Session, agent: Actor, ticket: Ticket
) -> None:
    seen = session.scalars(select(Message.id).order_by(Message.id.desc())).first()
    kept = [
        conversation.note(
            session, actor=agent, ticket_id=ticket.id, body="Ask Ana.", now=MONDAY, seen=seen
        ).id
        for _ in range(2)
    ]
    assert kept[0] == kept[1]


def write(session: Session, settings: Settings, customer: Actor, ticket: Ticket, body: str) -> None:
    conversation.customer_reply(
        session,
        actor=customer,
        ticket_id=ticket.id,
        body=body,
        settings=settings,
        now=MONDAY + timedelta(hours=2),
    )


def test_a_reply_is_rendered_stops_the_clock_and_promises_mail(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    message = answer(session, settings, agent, ticket, "Clear **the cache** <b>now</b>.")
    assert "<strong>the cache</strong>" in message.html
    assert "<b>" not in message.html
    assert ticket.state is TicketState.WAITING
    assert ticket.answer_due_at is None
    assert ticket.first_responded_at == MONDAY + timedelta(hours=1)
    assert ticket.assignee_id == agent.user_id
    assert mails(session) == ["ticket_received", "ticket_replied"]


def test_a_note_is_for_the_team_alone_and_changes_nothing_else(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    conversation.note(
        session, actor=agent, ticket_id=ticket.id, body="Refund approved.", now=MONDAY
    )
    assert ticket.state is TicketState.NEW
    assert ticket.first_responded_at is None
    assert mails(session) == ["ticket_received"]
    seen = [entry.message.body for entry in queries.conversation(session, ticket.id)]
    assert "Refund approved." not in seen
    staff = queries.conversation(session, ticket.id, staff=True)
    assert "Refund approved." in [entry.message.body for entry in staff]


def test_a_customers_reply_starts_the_clock_again(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket, customer: Actor
) -> None:
    answer(session, settings, agent, ticket)
    write(session, settings, customer, ticket, "It still fails.")
    assert ticket.state is TicketState.OPEN
    assert ticket.answer_due_at == datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def test_the_same_words_twice_in_a_row_are_kept_once(
    session: Session, settings: Settings, ticket: Ticket, customer: Actor
) -> None:
    write(session, settings, customer, ticket, "One more thing.")
    write(session, settings, customer, ticket, "One more thing.")
    assert len(session.scalars(select(Message)).all()) == 2


def test_an_article_in_a_reply_is_kept_as_inserted(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    article = make_article(session, slug="clear-the-cache")
    answer(session, settings, agent, ticket, "See http://localhost/en/articles/clear-the-cache.")
    link = session.scalars(select(TicketArticle)).one()
    assert (link.article_id, link.kind) == (article.id, LinkKind.INSERTED)


def test_who_did_not_see_the_last_word_is_stopped(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket, customer: Actor
) -> None:
    seen = ticket.messages[-1].id
    write(session, settings, customer, ticket, "Never mind, it works.")
    for deed in (
        lambda: conversation.reply(
            session,
            actor=agent,
            ticket_id=ticket.id,
            body="x",
            then=TicketState.WAITING,
            settings=settings,
            now=MONDAY,
            seen=seen,
        ),
        lambda: conversation.note(
            session, actor=agent, ticket_id=ticket.id, body="x", now=MONDAY, seen=seen
        ),
    ):
        with pytest.raises(MeanwhileError):
            deed()
        session.rollback()


def test_ones_own_last_word_stops_nobody(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    seen = ticket.messages[-1].id
    answer(session, settings, agent, ticket)
    conversation.note(session, actor=agent, ticket_id=ticket.id, body="x", now=MONDAY, seen=seen)


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 70_000])
def test_empty_and_endless_replies_are_refused_at_the_text(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket, body: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        answer(session, settings, agent, ticket, body)
    assert caught.value.field == "body"


def test_others_can_neither_answer_nor_speak_for_the_customer(
    session: Session, settings: Settings, ticket: Ticket, customer: Actor, agent: Actor
) -> None:
    stranger = actor_of(make_user(session))
    with pytest.raises(NotFoundError):
        answer(session, settings, stranger, ticket)
    with pytest.raises(ForbiddenError):
        answer(session, settings, customer, ticket)
    with pytest.raises(NotFoundError):
        write(session, settings, agent, ticket, "As if I were Ana.")
    assert session.scalar(select(Message.id).where(Message.kind == MessageKind.NOTE)) is None
