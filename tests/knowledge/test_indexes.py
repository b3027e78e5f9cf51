import json
import os
import shutil
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.actor import ANYBODY
from app.accounts.models import Role
from app.db.outbox import bump_index
from app.deflection import learning
from app.deflection.models import Attempt, Outcome
from app.knowledge import queries, service, synonyms
from app.knowledge.index_host import IndexHost
from app.knowledge.indexing import documents
from app.knowledge.searching import search_articles
from app.knowledge.service import Placement
from app.tickets.models import (
    LinkKind,
    Message,
    MessageKind,
    Queue,
    Ticket,
    TicketArticle,
    TicketState,
)
from articles.lifecycle import Visibility
from search.errors import SnapshotError
from search.evidence import EVIDENCE
from search.snapshots import saved_name
from search.suggestions import Draft
from search.training import FEWEST_NEW_TICKETS, MIN_TICKETS
from tests.factories import make_user
from tests.factories_knowledge import NOW, make_actor, make_article, make_organisation
from tests.search.ears import DictionaryEar

PUBLIC = frozenset({"public"})


@pytest.fixture(params=["whoosh", "tantivy"])
def engine(request):
    return request.param


@pytest.fixture
def make_host(settings, database, engine):
    hosts = []

    def make(engine=engine, ear=None) -> IndexHost:
        host = IndexHost(
            settings.data / "index",
            database,
            learning=learning,
            engine=engine,
            ear=ear,
        )
        hosts.append(host)
        return host

    yield make
    for host in hosts:
        host.stop()


@pytest.fixture
def host(make_host):
    return make_host()


def suggested(host, text, audiences=PUBLIC):
    found = host.suggestions().suggest(
        Draft(text, "", "en"), audiences=audiences, threshold=0.0, limit=5
    )
    return [int(suggestion.document_id) for suggestion in found]


def searched(session, host, text, actor=ANYBODY):
    session.rollback()  # see what others committed
    found = search_articles(session, host, actor=actor, text=text, locale="en")
    return [hit.card.id for hit in found.hits]


def fill(session):
    """Articles of other subjects, so that words have different weights."""
    for title, body in (
        ("Invoices as PDF", "## Download\n\nOpen billing and choose the month.\n"),
        ("Change your language", "## Choose\n\nOpen your profile and pick a language.\n"),
        ("Attach a file", "## Add\n\nDrop screenshots on the form.\n"),
    ):
        make_article(session, title=title, body=body)


def wait_for(holds):
    """Wait for what comes about by itself; how soon is what `script/bench publish` measures."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def solve(session, article, subject, body, kind=LinkKind.SOLVED, state=TicketState.RESOLVED):
    queue = session.scalar(select(Queue)) or Queue(name="Support", is_default=True)
    ticket = Ticket(
        reference=f"A-{subject[:10]}",
        access_hash=subject,
        queue=queue,
        subject=subject,
        state=state,
        locale="en",
        requester_email="ana@example.org",
        created_at=NOW,
        updated_at=NOW,
        first_response_due_at=NOW,
    )
    session.add(ticket)
    session.flush()
    session.add_all(
        [
            Message(
                ticket_id=ticket.id,
                kind=MessageKind.REPLY,
                from_customer=True,
                body=body,
                created_at=NOW,
            ),
            Message(
                ticket_id=ticket.id,
                kind=MessageKind.REPLY,
                from_customer=False,
                body="The agent's own words.",
                created_at=NOW,
            ),
            TicketArticle(ticket_id=ticket.id, article_id=article.id, kind=kind, created_at=NOW),
        ]
    )
    session.commit()
    return ticket


def test_a_published_article_is_suggested_and_found(session, host):
    fill(session)
    article = make_article(session, title="Reset a forgotten password")
    host.refresh()
    assert suggested(host, "I have forgotten my password")[0] == article.id
    assert searched(session, host, "forgotten password")[0] == article.id


def test_without_content_the_index_is_empty_and_says_nothing(session, host):
    assert host.suggestions() is None
    assert host.article_search() is None
    assert host.tickets() is None
    host.refresh()
    assert suggested(host, "I have forgotten my password") == []
    assert searched(session, host, "forgotten password") == []
    assert host.tickets().similar("anything at all") == ()


def test_only_what_changed_is_indexed_again_and_the_rest_stays(session, host):
    fill(session)
    editor = make_actor(session)
    article = make_article(session, title="Reset a forgotten password")
    host.refresh()
    service.save_revision(
        session,
        actor=editor,
        article_id=article.id,
        text=service.ArticleText("Recover your credentials", body="## Steps\n\nAsk for a link."),
        expected=1,
        now=NOW,
    )
    host.refresh()
    assert searched(session, host, "forgotten password")[0] == article.id
    service.publish(session, actor=editor, article_id=article.id, now=NOW)
    host.refresh()
    assert searched(session, host, "recover credentials")[0] == article.id
    assert searched(session, host, "forgotten") == []
    assert searched(session, host, "screenshots") != []


def test_a_withdrawn_article_is_gone_before_anything_is_indexed_again(session, host):
    fill(session)
    article = make_article(session, title="Reset a forgotten password")
    host.refresh()
    service.withdraw(session, actor=make_actor(session), article_id=article.id, now=NOW)
    assert searched(session, host, "forgotten password") == []
    stale = suggested(host, "I have forgotten my password")
    assert article.id in stale
    assert article.id not in queries.published_by_ids(session, ANYBODY, stale)
    assert article.id not in queries.published_articles(session, ANYBODY, stale)
    host.refresh()
    assert article.id not in suggested(host, "I have forgotten my password")


def test_a_word_of_drafts_and_private_articles_reaches_nobody_else(session, host):
    fill(session)
    organisation = make_organisation(session)
    editor = make_actor(session)
    canary = "Quetzalcanary"
    text = f"How {canary} works"
    body = f"## {canary}\n\nThe {canary} is secret.\n"
    draft = make_article(session, title=text, body=body, published=False, tags=(canary,))
    withdrawn = make_article(session, title=text, body=body, tags=(canary,))
    service.withdraw(session, actor=editor, article_id=withdrawn.id, now=NOW)
    newer = make_article(session, title="Harmless words")
    service.save_revision(
        session,
        actor=editor,
        article_id=newer.id,
        text=service.ArticleText(text, body=body, tags=(canary,)),
        expected=1,
        now=NOW,
    )
    private = {
        Visibility.CUSTOMERS: make_actor(session, Role.CUSTOMER),
        Visibility.ORGANISATION: make_actor(session, Role.CUSTOMER, organisation=organisation),
        Visibility.AGENTS: make_actor(session, Role.AGENT),
    }
    articles = {
        visibility: make_article(
            session,
            title=text,
            body=body,
            tags=(canary,),
            category="secrets",
            visibility=visibility,
            organisation=organisation if visibility is Visibility.ORGANISATION else None,
        )
        for visibility in private
    }
    host.refresh()

    assert not any(canary in str(document) for document in documents(session, {draft.id}))
    assert searched(session, host, canary) == []
    shown = search_articles(session, host, actor=ANYBODY, text="Quetzalcanari", locale="en")
    assert canary.lower() not in str(shown).lower()
    hidden = {draft.id, withdrawn.id, *(article.id for article in articles.values())}
    assert not hidden & set(suggested(host, text))
    everything = [
        host.suggestions().suggest(Draft(text, body, "en"), audiences=PUBLIC, threshold=0.0),
        queries.feed_items(session, ANYBODY, "en"),
        queries.sitemap_items(session, ANYBODY),
        queries.published_by_ids(session, ANYBODY, range(1, 100)),
        queries.published_articles(session, ANYBODY, range(1, 100)),
    ]
    assert canary not in str(everything)
    for visibility, reader in private.items():
        labels = queries.audiences(session, reader)
        assert articles[visibility].id in suggested(host, text, labels)
        assert articles[visibility].id in searched(session, host, canary, reader)
        assert draft.id not in suggested(host, text, labels)
    customer = private[Visibility.CUSTOMERS]
    assert searched(session, host, canary, customer) == [articles[Visibility.CUSTOMERS].id]


def test_the_words_of_a_solved_ticket_find_the_article(session, host):
    fill(session)
    article = make_article(session, title="Reset your password")
    solve(session, article, "Locked out", "My gizmo shouts zugzwang whenever I open it")
    host.refresh()
    assert suggested(host, "what does zugzwang mean for my gizmo")[0] == article.id
    assert [found.id for found in host.tickets().similar("zugzwang gizmo")] == ["1"]


def test_learning_takes_tickets_written_up_and_solved_attempts_and_no_failed_ones(session):
    article = make_article(session)
    written = solve(
        session, article, "Written up", "W", kind=LinkKind.DRAFTED, state=TicketState.OPEN
    )
    solve(session, article, "Not yet over", "Open again", state=TicketState.OPEN)
    customer = make_user(session)
    for outcome, user in [*((each, customer) for each in Outcome), (Outcome.SOLVED, None)]:
        session.add(
            Attempt(
                token=f"{outcome.value}-{user and user.id}",
                outcome=outcome,
                user_id=user.id if user else None,
                locale="en",
                subject=outcome.value,
                body="typed" if user else "typed by nobody in particular",
                solved_by_article_id=article.id,
                created_at=NOW,
                updated_at=NOW,
            )
        )
    session.commit()
    words = {(each.document_id, each.text) for each in learning.customer_words(session)}
    assert words == {
        (str(article.id), f"{written.subject}\nW"),
        (str(article.id), "solved\ntyped"),
    }


def test_a_change_of_visibility_is_indexed(session, host):
    fill(session)
    article = make_article(session, title="Reset a forgotten password")
    host.refresh()
    service.place(
        session,
        actor=make_actor(session),
        article_id=article.id,
        placement=Placement(visibility=Visibility.AGENTS),
        now=NOW,
    )
    host.refresh()
    assert article.id not in suggested(host, "I have forgotten my password")
    assert article.id in suggested(host, "I have forgotten my password", PUBLIC | {"agents"})


def test_another_process_notices_a_newer_index_by_itself(session, make_host):
    fill(session)
    one, other = make_host(), make_host()
    one.refresh()
    assert other.suggestions().version == one.suggestions().version
    article = make_article(session, title="Reset a forgotten password")
    one.refresh()
    wait_for(lambda: article.id in suggested(other, "I have forgotten my password"))
    assert searched(session, other, "forgotten password")[0] == article.id


def test_two_processes_that_build_at_once_build_one_after_the_other(session, make_host):
    import threading

    fill(session)
    hosts = [make_host(), make_host()]
    threads = [threading.Thread(target=host.refresh) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {host.suggestions().version for host in hosts} == {3}


def test_in_the_background_publishing_is_findable_by_itself(session, host):
    fill(session)
    host.refresh()
    host.watch()
    host.watch()
    article = make_article(session, title="Reset a forgotten password")
    wait_for(lambda: article.id in suggested(host, "I have forgotten my password"))
    assert searched(session, host, "forgotten password")[0] == article.id


def test_another_engine_finds_no_index_and_builds_its_own(session, make_host, engine):
    article = make_article(session, title="Reset a forgotten password")
    make_host().refresh()
    other = make_host("tantivy" if engine == "whoosh" else "whoosh")
    assert other.article_search() is None
    other.refresh()
    assert searched(session, other, "forgotten password") == [article.id]


@pytest.mark.parametrize("folder", ["suggestions", "tickets", "articles"])
def test_a_damaged_index_is_none_and_then_built_again(session, settings, make_host, folder):
    article = make_article(session, title="Reset a forgotten password")
    fill(session)
    make_host().refresh()
    for path in (settings.data / "index" / folder).rglob("*"):
        if path.is_file() and path.name != "version.json":
            path.write_bytes(b"damaged")
    host = make_host()
    if folder == "articles":
        assert searched(session, host, "forgotten") == []
    else:
        assert host.suggestions() is None
        assert host.tickets() is None
    host.refresh()
    assert suggested(host, "I have forgotten my password")[0] == article.id
    assert searched(session, host, "forgotten password")[0] == article.id


def test_an_index_of_another_format_is_built_again_at_once(session, settings, make_host):
    article = make_article(session, title="Reset a forgotten password")
    make_host().refresh()
    for manifest in (settings.data / "index" / "suggestions").glob("*/v*/manifest.json"):
        told = json.loads(manifest.read_text())
        manifest.write_text(json.dumps({**told, "kind": f"older-{told['kind']}"}))
    upgraded = make_host()
    upgraded.refresh()
    assert suggested(upgraded, "I have forgotten my password") == [article.id]


def test_a_file_that_becomes_shorter_under_its_readers_is_noticed(session, settings, make_host):
    article = make_article(session, title="Reset a forgotten password")
    builder, host = make_host(), make_host()
    builder.refresh()
    assert suggested(host, "I have forgotten my password") == [article.id]
    base = settings.data / "index" / "suggestions" / "base"
    os.truncate(base / saved_name(base) / "records-entries.npy", 200)
    with pytest.raises(SnapshotError):
        suggested(host, "I have forgotten my password")
    host.refresh()
    assert suggested(host, "I have forgotten my password") == [article.id]


def test_an_index_that_was_deleted_is_built_again(session, settings, host):
    make_article(session, title="Reset a forgotten password")
    fill(session)
    host.refresh()
    shutil.rmtree(settings.data / "index")
    host.refresh()
    assert suggested(host, "I have forgotten my password") != []
    assert searched(session, host, "forgotten password") != []


def test_an_older_database_put_back_is_noticed(session, database, host):
    from app.db.models import IndexVersion

    make_article(session)
    host.refresh()
    with database.writing() as writing:
        row = writing.get(IndexVersion, "content")
        row.changed_at = NOW - timedelta(days=1)
        writing.commit()
    host.refresh()
    with database.reading() as reading:
        from app.knowledge.indexing import ContentVersion

        assert host._files.content() == ContentVersion.read(reading)


def test_in_the_background_nobody_builds_while_somebody_else_does(session, make_host):
    fill(session)
    builder, waiting = make_host(), make_host()
    builder.refresh()
    waiting.watch()
    before = waiting.suggestions().version
    article = make_article(session, title="Reset a forgotten password")
    with builder._files.alone():
        assert waiting._files.is_taken()
        time.sleep(0.8)
        assert builder._files.content().version == before
    assert not waiting._files.is_taken()
    wait_for(lambda: article.id in suggested(waiting, "I have forgotten my password"))


def test_an_ear_that_comes_or_goes_hears_everything_anew(session, make_host):
    fill(session)
    bicycle = make_article(session, title="Rent a bicycle")
    draft = Draft("Una bici de alquiler", "", "es")
    host = make_host()
    host.refresh()
    assert host.suggestions().ear is None
    for ear in (DictionaryEar(), DictionaryEar("dictionary 2"), None):
        host = make_host(ear=ear)
        host.refresh()
        index = host.suggestions()
        assert index.ear is ear
        found = index.judge(draft, audiences=PUBLIC)
        at = found.document_ids().index(str(bicycle.id))
        assert (found.candidates.signals[at, EVIDENCE.index("meaning")] > 0) == (ear is not None)


def test_what_tickets_taught_is_used_by_every_process(session, make_host):
    subjects = {
        "Repair the lamp": "the light flickers",
        "Repair the brake": "the stopper squeaks",
        "Repair the saddle": "the seat wobbles",
    }
    articles = {title: make_article(session, title=title) for title in subjects}
    host, other = make_host(), make_host()
    host.refresh()
    assert not host.teach()
    for number in range(MIN_TICKETS):
        title = list(subjects)[number % len(subjects)]
        text = f"{subjects[title]} since day {number}"
        solve(session, articles[title], f"{number} please", text)
    bump_index(session, now=NOW)
    session.commit()
    host.refresh()
    assert host.suggestions().model.tickets == 0
    assert host.teach()
    assert not host.teach()
    other.refresh()
    assert other.suggestions().model.tickets == MIN_TICKETS
    assert suggested(other, "my stopper squeaks all day")[0] == articles["Repair the brake"].id


def test_synonyms_count_at_once_and_nothing_is_built_anew(session, host, settings):
    fill(session)
    article = make_article(session, title="Lend a bicycle", body="## Ask\n\nAsk at the desk.\n")
    session.commit()
    host.refresh()
    assert article.id not in suggested(host, "my velocipede please")
    before = saved_name(settings.data / "index" / "suggestions" / "base")
    kept = synonyms.add_set(session, locale="en", phrases=("velocipede", "bicycle"), now=NOW)
    session.commit()
    host.refresh()
    assert suggested(host, "my velocipede please")[0] == article.id
    assert saved_name(settings.data / "index" / "suggestions" / "base") == before
    synonyms.remove_set(session, kept.id, now=NOW)
    session.commit()
    host.refresh()
    assert article.id not in suggested(host, "my velocipede please")


def test_tickets_are_read_to_be_learned_only_when_enough_came(session, host):
    article = make_article(session, title="Repair the lamp")
    assert not host.may_learn()
    solved = 0

    def solve_until(count):
        for number in range(solved, count):
            solve(session, article, f"{number} please", f"the light flickers {number}")
        bump_index(session, now=NOW)
        session.commit()
        host.refresh()
        return count

    solved = solve_until(MIN_TICKETS - 1)
    assert not host.may_learn()
    solved = solve_until(MIN_TICKETS)
    assert host.may_learn()
    assert not host.may_learn()
    solved = solve_until(MIN_TICKETS + FEWEST_NEW_TICKETS - 1)
    assert not host.may_learn()
    solve_until(MIN_TICKETS + FEWEST_NEW_TICKETS)
    assert host.may_learn()
