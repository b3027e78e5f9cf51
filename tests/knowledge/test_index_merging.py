"""The small part of an index becomes one with the large part while changes go on."""

import resource
import threading

import pytest
from sqlalchemy import event

from app.deflection import learning
from app.knowledge import service
from app.knowledge.index_host import IndexHost
from app.knowledge.index_upkeep import IndexUpkeep
from app.knowledge.indexing import ContentVersion
from search.snapshots import saved_name
from search.suggestions import Draft
from tests.factories_knowledge import NOW, make_actor, make_article

PUBLIC = frozenset({"public"})
WORDS = ("anchor", "basalt", "cello", "dahlia", "ember", "fjord", "gravel", "hazel")
GROWN = 70


class Desk:
    """Articles that come and go, and an index that follows them."""

    def __init__(self, session, folder):
        self.session, self.folder = session, folder
        self.upkeep = IndexUpkeep(folder / "followed", None)
        self.editor = make_actor(session)
        self.articles = []
        self.upkeep.rebuild(session, learning, self.content.version)

    @property
    def content(self):
        return ContentVersion.read(self.session)

    def publish(self, count=1):
        for _ in range(count):
            number = len(self.articles)
            first, second = WORDS[number % 8], WORDS[number // 8 % 8]
            body = f"## About {first}\n\nA {first} and a {second} meet number{number}.\n"
            title = f"{first} {second} {number}"
            self.articles.append(make_article(self.session, title=title, body=body))

    def withdraw(self, number):
        article = self.articles[number]
        service.withdraw(self.session, actor=self.editor, article_id=article.id, now=NOW)

    def follow(self):
        """Take up what changed since the index last did."""
        content, since = self.content, self.upkeep.suggestions.open().index.version
        assert self.upkeep.take_up(self.session, learning, content, since)

    def answers(self, upkeep):
        index = upkeep.suggestions.open().index
        return index.document_count, [
            index.suggest(Draft(f"{a} and {b} of number{n}", ""), audiences=PUBLIC, threshold=0.0)
            for n, (a, b) in enumerate(zip(WORDS, reversed(WORDS), strict=True))
        ]

    def assert_equals_a_rebuild(self):
        fresh = IndexUpkeep(self.folder / "fresh", None)
        fresh.rebuild(self.session, learning, self.content.version)
        assert self.answers(self.upkeep) == self.answers(fresh)


@pytest.fixture
def desk(session, tmp_path):
    return Desk(session, tmp_path)


def base_of(desk):
    return saved_name(desk.folder / "followed" / "suggestions" / "base")


def test_nothing_is_merged_while_the_small_part_is_small(desk):
    desk.publish(3)
    desk.follow()
    assert not desk.upkeep.is_grown()
    assert desk.upkeep.begin_merging() is None


def test_changes_while_two_parts_become_one_are_kept(desk):
    desk.publish(GROWN)
    desk.follow()
    assert desk.upkeep.is_grown()
    merging = desk.upkeep.begin_merging()
    desk.publish(2)
    desk.withdraw(5)
    desk.follow()
    desk.assert_equals_a_rebuild()
    merged = desk.upkeep.merge(articles=merging.articles, tickets=merging.tickets)
    desk.withdraw(GROWN)  # published after the merging began
    desk.publish()
    desk.follow()
    desk.assert_equals_a_rebuild()
    before = desk.upkeep.suggestions.open().base_name
    assert desk.upkeep.end_merging(merging, merged)
    opened = desk.upkeep.suggestions.open()
    assert opened.base_name != before
    assert opened.base.article_count == GROWN + 2 - 1
    assert opened.index.version == desk.content.version
    desk.assert_equals_a_rebuild()
    assert not desk.upkeep.is_grown()
    desk.withdraw(7)
    desk.publish()
    desk.follow()
    desk.assert_equals_a_rebuild()


def test_a_merging_that_fails_changes_nothing_and_is_tried_again(desk):
    desk.publish(GROWN)
    desk.follow()
    merging = desk.upkeep.begin_merging()
    desk.publish()
    desk.follow()
    desk.upkeep.give_up_merging(merging)
    desk.publish()
    desk.follow()
    desk.assert_equals_a_rebuild()
    again = desk.upkeep.begin_merging()
    merged = desk.upkeep.merge(articles=again.articles, tickets=again.tickets)
    assert desk.upkeep.end_merging(again, merged)
    desk.assert_equals_a_rebuild()
    assert desk.upkeep.suggestions.open().base.article_count == GROWN + 2


def test_a_rebuild_meanwhile_is_not_undone(desk):
    desk.publish(GROWN)
    desk.follow()
    merging = desk.upkeep.begin_merging()
    merged = desk.upkeep.merge(articles=merging.articles, tickets=merging.tickets)
    desk.withdraw(3)
    desk.upkeep.rebuild(desk.session, learning, desk.content.version)
    assert not desk.upkeep.end_merging(merging, merged)
    desk.assert_equals_a_rebuild()


def test_another_process_goes_on_from_what_there_is(desk):
    desk.publish(5)
    desk.upkeep.rebuild(desk.session, learning, desk.content.version)
    desk.publish(2)
    desk.withdraw(1)
    desk.follow()
    desk.upkeep = IndexUpkeep(desk.folder / "followed", None)
    assert desk.upkeep.resume(desk.session, learning)
    desk.assert_equals_a_rebuild()
    desk.withdraw(2)
    desk.publish()
    desk.follow()
    desk.assert_equals_a_rebuild()
    assert desk.upkeep.suggestions.open().apart == {
        str(desk.articles[number].id) for number in (1, 2, 5, 6, 7)
    }


def test_without_an_index_there_is_nothing_to_go_on_from(desk, tmp_path):
    assert not IndexUpkeep(tmp_path / "empty", None).resume(desk.session, learning)


def test_a_process_that_saw_the_index_in_step_reads_only_what_changed(session, settings, database):
    def host():
        return IndexHost(settings.data / "index", database, learning=learning)

    make_article(session, title="Anchor")
    host().refresh()
    restarted = host()
    restarted.refresh()
    article = make_article(session, title="Zugzwang in the endgame")
    read = []

    def keep(connection, cursor, statement, *rest):
        read.append(statement)

    event.listen(database.engine, "before_cursor_execute", keep)
    restarted.refresh()
    event.remove(database.engine, "before_cursor_execute", keep)
    documents = [statement for statement in read if "article_revision.sections" in statement]
    assert documents
    assert all("article.id IN" in statement for statement in documents)
    assert not [statement for statement in read if "message" in statement and "IN" not in statement]
    shown = restarted.suggestions().suggest(
        Draft("zugzwang in my endgame", ""), audiences=PUBLIC, threshold=0.0
    )
    assert shown[0].document_id == str(article.id)


def test_what_is_published_while_a_process_tidies_up_is_suggested(session, settings, database):
    host = IndexHost(settings.data / "index", database, learning=learning)
    host.refresh()
    for number in range(GROWN):
        make_article(session, title=f"Anchor {number}", body=f"## Steps\n\nMoor it {number}.\n")
    host.refresh()
    base = saved_name(settings.data / "index" / "suggestions" / "base")
    tidying = threading.Thread(target=host.tidy)
    tidying.start()
    article = make_article(session, title="Zugzwang in the endgame")
    host.refresh()
    tidying.join()
    host.refresh()
    assert saved_name(settings.data / "index" / "suggestions" / "base") != base
    shown = host.suggestions().suggest(
        Draft("zugzwang in my endgame", ""), audiences=PUBLIC, threshold=0.0
    )
    assert shown[0].document_id == str(article.id)
    assert host.suggestions().document_count == GROWN + 1


def test_a_damaged_large_part_is_not_merged_but_built_again(session, settings, database):
    folder = settings.data / "index"
    host = IndexHost(folder, database, learning=learning)
    make_article(session, title="Anchor", body=f"## Steps\n\n{' '.join(WORDS)}\n")
    host.refresh()
    for number in range(GROWN):
        make_article(session, title=f"Basalt {number}")
    host.refresh()
    base = folder / "suggestions" / "base"
    damaged = saved_name(base)
    path = base / damaged / "records-entries.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 0xFF
    path.write_bytes(content)
    host.tidy()
    assert saved_name(base) == damaged
    host.refresh()
    assert saved_name(base) != damaged
    assert host.suggestions().document_count == GROWN + 1
    host._files.verify(host._files.open())


def test_what_cannot_be_written_is_not_tried_again_at_once(session, settings, database):
    folder = settings.data / "index"
    host = IndexHost(folder, database, learning=learning)
    host.refresh()
    for number in range(GROWN):
        make_article(session, title=f"Basalt {number}")
    host.refresh()
    base = folder / "suggestions" / "base"
    before = saved_name(base)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))  # as if the disk were full
    try:
        with pytest.raises(OSError, match=r"written|large"):
            host.tidy()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    host.tidy()
    assert saved_name(base) == before
    make_article(session, title="Zugzwang")
    host.refresh()
    assert host.suggestions().document_count == GROWN + 1
