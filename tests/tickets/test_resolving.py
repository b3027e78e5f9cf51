"""How a ticket ends, and what is learned from it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.db.models import OutboxEntry
from app.db.outbox import index_version
from app.errors import InvalidError
from app.knowledge import service as knowledge
from app.knowledge.models import Article
from app.settings import Settings
from app.tickets import conversation, handling, queries, resolving
from app.tickets.models import LinkKind, Resolution, Ticket, TicketArticle, TicketState
from app.tickets.publication import announce
from articles.drafting import has_private_marks
from articles.lifecycle import Visibility
from tests.factories import make_user
from tests.factories_knowledge import make_article
from tests.factories_tickets import actor_of, make_queue, make_ticket

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


@pytest.fixture
def agent(session: Session) -> Actor:
    user = make_user(session, role=Role.AGENT, name="Bea")
    return actor_of(user, make_queue(session, "Support", user))


@pytest.fixture
def ticket(session: Session, settings: Settings, agent: Actor) -> Ticket:
    return make_ticket(
        session,
        settings,
        subject="The invoice is blank",
        body="Hello,\nmy invoice is blank. Call me: 600 123 456, ana@example.org",
        now=NOW,
    ).ticket


def by_article(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket, article: Article
) -> None:
    resolving.resolve_by_article(
        session,
        actor=agent,
        ticket_id=ticket.id,
        article_id=article.id,
        settings=settings,
        now=NOW,
    )


def links(session: Session, kind: LinkKind) -> list[int]:
    found = select(TicketArticle.article_id).where(TicketArticle.kind == kind)
    return list(session.scalars(found))


def mails(session: Session) -> list[str]:
    entries = session.scalars(
        select(OutboxEntry).where(OutboxEntry.kind == "mail").order_by(OutboxEntry.id)
    )
    return [entry.payload["template"] for entry in entries]


def test_naming_the_article_teaches_the_index_and_tells_the_customer(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    article = make_article(session)
    before = index_version(session)
    by_article(session, settings, agent, ticket, article)
    assert ticket.state is TicketState.RESOLVED
    assert ticket.resolution is Resolution.ARTICLE
    assert ticket.solved_by_article_id == article.id
    assert links(session, LinkKind.SOLVED) == [article.id]
    assert index_version(session) > before
    session.refresh(article)
    assert article.solved_count == 1
    assert mails(session) == ["ticket_received", "ticket_resolved"]


def test_naming_another_one_takes_the_first_back(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    first, second = make_article(session), make_article(session, title="Print an invoice")
    by_article(session, settings, agent, ticket, first)
    by_article(session, settings, agent, ticket, second)
    session.refresh(first)
    session.refresh(second)
    assert (first.solved_count, second.solved_count) == (0, 1)
    assert links(session, LinkKind.SOLVED) == [second.id]
    assert mails(session).count("ticket_resolved") == 1


def test_reopening_forgets_what_did_not_hold(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    article = make_article(session)
    by_article(session, settings, agent, ticket, article)
    handling.set_state(
        session,
        actor=agent,
        ticket_id=ticket.id,
        state=TicketState.OPEN,
        settings=settings,
        now=NOW,
    )
    session.refresh(article)
    assert article.solved_count == 0
    assert links(session, LinkKind.SOLVED) == []
    assert ticket.resolved_at is None
    assert ticket.reopened_count == 1
    assert mails(session)[-1] == "ticket_reopened"


def test_an_article_that_nobody_can_read_is_no_solution(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    draft = make_article(session, published=False)
    with pytest.raises(InvalidError):
        by_article(session, settings, agent, ticket, draft)


def test_the_customer_may_name_only_what_they_can_read(
    session: Session, settings: Settings, ticket: Ticket
) -> None:
    secret = make_article(session, visibility=Visibility.AGENTS)
    resolving.customer_solved(
        session,
        actor=Actor(ticket_ids=frozenset({ticket.id})),
        ticket_id=ticket.id,
        article_id=secret.id,
        settings=settings,
        now=NOW,
    )
    assert ticket.resolution is Resolution.CUSTOMER
    assert ticket.solved_by_article_id is None


def test_an_article_is_drafted_from_the_conversation_without_private_words(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    conversation.note(
        session, actor=agent, ticket_id=ticket.id, body="A difficult customer.", now=NOW
    )
    conversation.reply(
        session,
        actor=agent,
        ticket_id=ticket.id,
        body="Hello Ana,\n\nclear the cache of the viewer.",
        then=TicketState.WAITING,
        settings=settings,
        now=NOW,
    )
    draft = resolving.resolve_by_writing(
        session, actor=agent, ticket_id=ticket.id, settings=settings, now=NOW
    )
    body = draft.current_revision.body if draft.current_revision else ""
    assert "my invoice is blank" in body.lower()
    assert "lear the cache" in body
    assert has_private_marks(body)
    assert "difficult" not in body
    assert ticket.resolution is Resolution.DRAFTED
    assert links(session, LinkKind.DRAFTED) == [draft.id]


def test_words_that_make_no_page_do_not_stand_in_the_way_of_a_draft(
    session: Session, settings: Settings, agent: Actor
) -> None:
    ticket = make_ticket(session, settings, subject="Brackets", body="[" * 5000).ticket
    article = resolving.resolve_by_writing(
        session, actor=agent, ticket_id=ticket.id, settings=settings, now=NOW
    )
    assert article.current_revision.title == "Brackets"
    assert "[[[" not in article.current_revision.body


def test_writing_twice_goes_on_with_the_same_draft(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    drafts = [
        resolving.resolve_by_writing(
            session, actor=agent, ticket_id=ticket.id, settings=settings, now=NOW
        ).id
        for _ in range(2)
    ]
    assert drafts[0] == drafts[1]


def test_publication_is_told_once_to_who_asked(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    draft = resolving.resolve_by_writing(
        session, actor=agent, ticket_id=ticket.id, settings=settings, now=NOW
    )
    editor = actor_of(make_user(session, role=Role.EDITOR))
    knowledge.save_revision(
        session,
        actor=editor,
        article_id=draft.id,
        text=knowledge.ArticleText("A blank invoice", "", "Clear the cache.", ()),
        expected=1,
        now=NOW,
    )
    tell = {"article_id": draft.id, "public_url": "http://localhost", "key": settings.key()}
    assert announce(session, **tell, now=NOW) == 0  # type: ignore[arg-type]
    knowledge.publish(session, actor=editor, article_id=draft.id, now=NOW)
    session.expire_all()
    assert announce(session, **tell, now=NOW + timedelta(minutes=1)) == 1  # type: ignore[arg-type]
    assert announce(session, **tell, now=NOW + timedelta(minutes=2)) == 0  # type: ignore[arg-type]
    entry = session.scalars(
        select(OutboxEntry).where(OutboxEntry.key.contains(":published:"))
    ).one()
    assert entry.payload["context"]["title"] == "A blank invoice"
    assert entry.payload["context"]["url"].startswith("http://localhost/en/articles/")
    assert "A blank invoice" in str(
        [entry.event.names for entry in queries.conversation(session, ticket.id) if entry.event]
    )


def test_a_customer_is_not_told_of_what_they_cannot_read(
    session: Session, settings: Settings, agent: Actor, ticket: Ticket
) -> None:
    secret = make_article(session, visibility=Visibility.AGENTS)
    session.add(
        TicketArticle(
            ticket_id=ticket.id, article_id=secret.id, kind=LinkKind.DRAFTED, created_at=NOW
        )
    )
    session.commit()
    told = announce(
        session, article_id=secret.id, public_url="http://localhost", key=settings.key(), now=NOW
    )
    assert told == 0


def test_showing_an_article_to_more_people_is_announced(session: Session) -> None:
    editor = actor_of(make_user(session, role=Role.EDITOR))
    article = make_article(session, visibility=Visibility.AGENTS)
    promised = select(OutboxEntry.key).where(OutboxEntry.kind == "article_published")
    before = set(session.scalars(promised))
    knowledge.place(
        session,
        actor=editor,
        article_id=article.id,
        placement=knowledge.Placement(visibility=Visibility.PUBLIC),
        now=NOW,
    )
    assert len(set(session.scalars(promised)) - before) == 1
