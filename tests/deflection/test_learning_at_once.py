"""Whatever customers teach is taken up by reading what changed, and as a new index would know it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select

from app.accounts.actor import ANYBODY
from app.accounts.models import Role
from app.db.models import IndexVersion
from app.deflection import learning, service
from app.deflection.models import Attempt, Impression
from app.deflection.states import Verdict
from app.knowledge import service as knowledge
from app.knowledge.index_host import IndexHost
from app.knowledge.models import Article
from app.knowledge.service import Placement
from app.tickets import conversation, handling, resolving
from app.tickets.models import TicketState
from app.tickets.publication import announce
from search.index_store import IndexStore
from search.suggestions import Draft
from tests.factories import make_user
from tests.factories_knowledge import make_actor, make_article
from tests.factories_tickets import actor_of, make_queue, make_ticket
from tests.together import at_once

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
PUBLIC = frozenset({"public"})
TEXTS = (
    "my gizmo shouts zugzwang whenever I open it",
    "the invoice page is empty and the printer hums",
    "where do I choose another language for my profile",
)


@pytest.fixture
def make_host(settings, database):
    hosts = []

    def make(name) -> IndexHost:
        folder = settings.data / name
        hosts.append(IndexHost(folder, database, learning=learning, engine="tantivy"))
        return hosts[-1]

    yield make
    for host in hosts:
        host.stop()


@pytest.fixture
def articles(session):
    return [
        make_article(session, title="Invoices as PDF", body="## Download\n\nOpen billing.\n"),
        make_article(session, title="Change your language", body="## Choose\n\nOpen it.\n"),
        make_article(session, title="Repair a gizmo", body="## Repair\n\nTurn it off.\n"),
    ]


@pytest.fixture
def agent(session):
    user = make_user(session, role=Role.AGENT, name="Bea")
    return actor_of(user, make_queue(session, "Support", user))


def known(host):
    """What an index answers and learned, for comparing."""
    index, tickets = host.suggestions(), host.tickets()
    drafts = [Draft(text, "", "en") for text in TEXTS]
    return (
        index.document_count,
        [index.rank_with_gate(draft, audiences=PUBLIC) for draft in drafts],
        [index.suggest(draft, audiences=PUBLIC, threshold=0.0) for draft in drafts],
        tickets.ticket_count,
        [tickets.similar(text) for text in TEXTS],
    )


def attempt_of(session, user, *articles, called="one"):
    attempt = Attempt(
        token=called, user_id=user and user.id, locale="en", subject="Zugzwang",
        body=TEXTS[0], created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    session.add(attempt)
    session.flush()
    session.add_all(
        Impression(
            attempt_id=attempt.id,
            article_id=article.id,
            rank=rank,
            score=1.0,
            confidence=0.5,
            shown_at=NOW,
        )
        for rank, article in enumerate(articles, start=1)
    )
    session.commit()
    return attempt


@pytest.fixture
def steps(session, settings, articles, agent):
    """Everything by which customers, agents and editors teach, one after the other."""
    invoice, language, gizmo = articles
    customer = make_user(session)
    editor = make_actor(session)
    first = make_ticket(session, settings, subject="Zugzwang", body=TEXTS[0], now=NOW).ticket.id
    second = make_ticket(session, settings, subject="Empty", body=TEXTS[1], now=NOW).ticket.id
    third = make_ticket(session, settings, subject="Where", body=TEXTS[2], now=NOW).ticket.id
    token = attempt_of(session, customer, gizmo).token
    said = {"token": token, "article_id": gizmo.id, "now": NOW}
    by = {"actor": agent, "settings": settings, "now": NOW}

    def reply(ticket, then):
        conversation.reply(session, ticket_id=ticket, body="Look again.", then=then, **by)

    def resolve(ticket, article):
        resolving.resolve_by_article(session, ticket_id=ticket, article_id=article.id, **by)

    def reopen(ticket):
        handling.set_state(session, ticket_id=ticket, state=TicketState.OPEN, **by)

    def vote():
        for voter in ("one", "two", "three", "four"):
            knowledge.vote(
                session,
                actor=actor_of(customer),
                article_id=invoice.id,
                helpful=True,
                voter=voter,
                now=NOW,
            )

    def show_again(article):
        knowledge.restore(session, actor=editor, article_id=article.id, now=NOW)
        knowledge.publish(session, actor=editor, article_id=article.id, now=NOW)

    def write_and_publish(ticket):
        article = resolving.resolve_by_writing(session, ticket_id=ticket, **by)
        knowledge.place(
            session,
            actor=editor,
            article_id=article.id,
            placement=Placement(category_id=invoice.category_id),
            now=NOW,
        )
        text = knowledge.ArticleText("A page about pages", body="## Pages\n\nTurn them.\n")
        knowledge.save_revision(
            session, actor=editor, article_id=article.id, text=text, expected=1, now=NOW
        )
        knowledge.publish(session, actor=editor, article_id=article.id, now=NOW)
        announce(session, article_id=article.id, public_url="https://x", key="k", now=NOW)

    return [
        lambda: service.give_verdict(session, verdict=Verdict.SOLVED, **said),
        lambda: service.undo(session, token=token, now=NOW),
        lambda: service.give_verdict(session, verdict=Verdict.SOLVED, **said),
        lambda: resolve(first, language),
        lambda: resolve(first, gizmo),
        lambda: reopen(first),
        lambda: reply(first, TicketState.RESOLVED),
        lambda: resolve(first, invoice),
        lambda: resolving.resolve_with_nothing(session, ticket_id=second, **by),
        lambda: reply(second, TicketState.OPEN),
        lambda: write_and_publish(second),
        lambda: resolve(third, language),
        vote,
        lambda: knowledge.withdraw(session, actor=editor, article_id=language.id, now=NOW),
        lambda: show_again(language),
        lambda: make_article(session, title="Zugzwang of gizmos"),
    ]


def test_each_event_is_taken_up_as_a_new_index_would_know_it(make_host, steps):
    host = make_host("kept")
    host.refresh()
    for number, step in enumerate(steps):
        before = known(host)
        step()
        host.refresh()
        new = make_host(f"new-{number}")
        new.refresh()
        assert known(host) == known(new), number
        assert known(host) != before, number


def test_what_did_not_change_is_not_read_again(database, make_host, steps):
    host = make_host("kept")
    host.refresh()
    read = []

    def keep(connection, cursor, statement, *rest):
        read.append(statement)

    event.listen(database.engine, "before_cursor_execute", keep)
    for step in steps:
        step()
        read.clear()
        host.refresh()
        texts = [each for each in read if ".sections" in each or "message.body" in each]
        assert texts
        assert all("IN (" in each or "index_version >" in each for each in texts)


def test_a_newer_database_in_the_place_of_this_one_is_noticed(session, make_host, articles):
    host = make_host("kept")
    host.refresh()
    # As in a backup of another day that has been written to since: other articles, a higher version.
    hidden = make_article(session, title="Zugzwang of gizmos")
    hidden.index_version = 0
    session.get(IndexVersion, "content").version += 5
    session.commit()
    host.refresh()
    new = make_host("new")
    new.refresh()
    assert known(host) == known(new)


def test_what_another_process_took_up_is_taken_back(session, settings, make_host, articles, agent):
    by = {"actor": agent, "settings": settings, "now": NOW}
    ticket = make_ticket(session, settings, subject="Zugzwang", body=TEXTS[0], now=NOW).ticket.id
    make_host("shared").refresh()
    for number in range(2):
        # Each time a process that has built nothing yet.
        resolving.resolve_by_article(session, ticket_id=ticket, article_id=articles[0].id, **by)
        host = make_host("shared")
        host.refresh()
        assert host.tickets().ticket_count == 1, number
        handling.set_state(session, ticket_id=ticket, state=TicketState.OPEN, **by)
        host = make_host("shared")
        host.refresh()
        assert host.tickets().ticket_count == 0, number
        assert host.tickets().similar(TEXTS[0]) == ()


def test_what_the_large_part_has_and_another_process_took_away_comes_back(
    session, settings, make_host, articles, agent
):
    by = {"actor": agent, "settings": settings, "now": NOW}
    ticket = make_ticket(session, settings, subject="Zugzwang", body=TEXTS[0], now=NOW).ticket.id
    resolving.resolve_by_article(session, ticket_id=ticket, article_id=articles[0].id, **by)
    host = make_host("shared")
    host.refresh()
    handling.set_state(session, ticket_id=ticket, state=TicketState.OPEN, **by)
    host.refresh()
    assert host.tickets().ticket_count == 0
    resolving.resolve_by_article(session, ticket_id=ticket, article_id=articles[0].id, **by)
    other = make_host("shared")
    other.refresh()
    assert other.tickets().ticket_count == 1


def test_what_another_process_built_from_nothing_stays(session, settings, make_host, articles):
    store = IndexStore(settings.data / "shared" / "suggestions")
    host, other = make_host("shared"), make_host("shared")
    host.refresh()
    first = store.open().base_name
    other.refresh(afresh=True)
    again = store.open().base_name
    assert again != first
    make_article(session, title="Zugzwang of gizmos")
    host.refresh()
    assert store.open().base_name == again


def test_reopening_and_voting_at_the_same_moment_wait_for_each_other_in_one_order(
    database, session, settings, articles, agent
):
    by = {"actor": agent, "settings": settings, "now": NOW}
    article = articles[0].id
    tickets = [
        make_ticket(session, settings, subject=f"Zugzwang {number}", now=NOW).ticket.id
        for number in range(6)
    ]
    for ticket in tickets:
        resolving.resolve_by_article(session, ticket_id=ticket, article_id=article, **by)
    session.rollback()

    def reopen(ticket):
        return lambda own: handling.set_state(own, ticket_id=ticket, state=TicketState.OPEN, **by)

    def vote(voter):
        return lambda own: knowledge.vote(
            own, actor=ANYBODY, article_id=article, helpful=True, voter=voter, now=NOW
        )

    for ticket in tickets:
        at_once(database, reopen(ticket), *(vote(f"{ticket} {number}") for number in range(3)))
    session.rollback()
    counts = session.execute(
        select(Article.helpful_count, Article.solved_count).where(Article.id == article)
    ).one()
    assert counts == (3 * len(tickets), 0)


def test_two_customers_who_change_their_minds_at_the_same_moment_do_not_block_each_other(
    database, session, articles
):
    invoice, language, _ = articles
    one, other = invoice.id, language.id
    for number in range(8):
        tokens = [f"{name} {number}" for name in ("first", "second")]
        for token in tokens:
            attempt_of(session, make_user(session), invoice, language, called=token)

    def solved(token, article_id):
        return lambda own: service.give_verdict(
            own, token=token, article_id=article_id, verdict=Verdict.SOLVED, now=NOW
        )

    for number in range(8):
        first, second = (f"{name} {number}" for name in ("first", "second"))
        at_once(database, solved(first, one), solved(second, other))
        at_once(database, solved(first, other), solved(second, one))
    session.rollback()
    counts = session.scalars(select(Article.solved_count).order_by(Article.id)).all()
    assert counts[:2] == [8, 8]
