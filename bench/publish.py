"""How long after a publication is it suggested, in every process?

script/bench publish --articles N: writes N articles of 300 words into an installation of its own,
builds the indexes from nothing, starts the worker and two processes that answer as web processes
do, publishes an article ten times, and measures from the commit until both suggest it. The first
publications are not counted: in them the worker still reads what there is. `--words` sets the
length of an article, `--rounds` the number of publications.
"""

import argparse
import multiprocessing
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from pathlib import Path

from sqlalchemy import insert, update

from app import migrate
from app.accounts.actor import Actor
from app.accounts.models import Role
from app.db.database import Database
from app.db.outbox import bump_index
from app.deflection import learning
from app.knowledge import service
from app.knowledge.index_host import IndexHost
from app.knowledge.indexing import documents
from app.knowledge.models import Article, ArticleRevision
from articles.lifecycle import ArticleState, Visibility
from search.suggestions import Draft, SuggestionIndex

ROOT = Path(__file__).resolve().parent.parent
EDITOR = Actor(role=Role.ADMIN)
READERS = 2
UNCOUNTED = 2
SECTIONS = 3
PATIENCE_SECONDS = 120


def main() -> None:
    """Fill, build, publish, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        database = Database(f"sqlite:///{data / 'antesala.sqlite3'}")
        migrate.upgrade(database)
        language = Language(random.Random(7))
        fill(database, language, arguments.articles, arguments.words)
        host = index_host(data, database)
        started = time.monotonic()
        host.refresh()
        built = time.monotonic() - started
        with database.reading() as session:
            everything = list(documents(session))
        started = time.monotonic()
        SuggestionIndex.build(everything, version=1)
        ranker = time.monotonic() - started
        print(f"{arguments.articles} articles of {arguments.words} words")
        print(f"all indexes from nothing     {built:7.2f} s")
        print(f"of which for suggestions     {ranker:7.2f} s", flush=True)
        with working(data), reading(data) as (asked, found):
            seconds = [
                publish(database, language, number, arguments.words, asked, found)
                for number in range(UNCOUNTED + arguments.rounds)
            ][UNCOUNTED:]
        print(f"published until suggested    {statistics.median(seconds):7.2f} s (median)")
        print(f"                             {max(seconds):7.2f} s (longest of {len(seconds)})")
        database.dispose()


class Language:
    """Invented words, a few of them frequent and most of them rare, as in any language."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        syllables = [a + b for a in "bcdfglmnprstvz" for b in "aeiou"]
        self._words = [
            "".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(12_000)
        ]
        self._weights = [1 / (rank + 3) for rank in range(len(self._words))]

    def words(self, count: int) -> str:
        return " ".join(self._chance.choices(self._words, self._weights, k=count))

    def sections(self, words: int) -> list[list[str]]:
        """[anchor, title, text] of an article's parts."""
        share = words // SECTIONS
        return [[f"part-{n}", self.words(5), self.words(share - 5)] for n in range(SECTIONS)]


def fill(database: Database, language: Language, count: int, words: int) -> None:
    """Published articles, written as the product writes them but at once."""
    now = datetime.now(UTC)
    with database.writing() as session:
        numbers = range(1, count + 1)
        article = {
            "locale": "en",
            "state": ArticleState.PUBLISHED,
            "visibility": Visibility.PUBLIC,
            "created_at": now,
            "updated_at": now,
            "published_at": now,
            "index_version": 1,
        }
        session.execute(
            insert(Article), [article | {"id": n, "slug": f"article-{n}"} for n in numbers]
        )
        revisions = []
        for number in numbers:
            sections = language.sections(words)
            body = "\n\n".join(f"## {title}\n\n{text}" for _, title, text in sections)
            revisions.append(
                {
                    "id": number,
                    "article_id": number,
                    "number": 1,
                    "title": language.words(6),
                    "summary": language.words(12),
                    "body": body,
                    "sections": sections,
                    "created_at": now,
                    "published_at": now,
                }
            )
        session.execute(insert(ArticleRevision), revisions)
        session.execute(
            update(Article).values(current_revision_id=Article.id, published_revision_id=Article.id)
        )
        bump_index(session, now=now)
        session.commit()


def publish(
    database: Database,
    language: Language,
    number: int,
    words: int,
    asked: "list[Queue[str]]",
    found: "Queue[float]",
) -> float:
    """Publish an article; seconds from its commit until every reader suggests it."""
    # Two words that no other article has.
    name = f"{language.words(1)}qu{number}x{language.words(1)}wk{number}"
    sections = language.sections(words)
    body = f"{name} " + "\n\n".join(f"## {title}\n\n{text}" for _, title, text in sections)
    now = datetime.now(UTC)
    with database.writing() as session:
        article = service.create_draft(
            session,
            actor=EDITOR,
            text=service.ArticleText(title=f"How to set up the {name}", body=body),
            locale="en",
            now=now,
        )
    for queue in asked:
        queue.put(name)
    time.sleep(0.5)  # so that the readers are asking
    with database.writing() as session:
        service.publish(session, actor=EDITOR, article_id=article.id, now=now)
    committed = time.monotonic()
    return max(found.get(timeout=PATIENCE_SECONDS) for _ in asked) - committed


def index_host(data: Path, database: Database) -> IndexHost:
    """The product's own, over these data."""
    return IndexHost(
        data / "index",
        database,
        customer_words=learning.customer_words,
        resolved_tickets=learning.resolved_tickets,
    )


@contextmanager
def working(data: Path) -> Iterator[None]:
    """The worker's process."""
    environment = {
        **os.environ,
        "ANTESALA_DATA": str(data),
        "DATABASE_URL": "",
        "ANTESALA_LOG_LEVEL": "error",
    }
    process = subprocess.Popen([sys.executable, "-m", "app.worker"], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def reading(data: Path) -> "Iterator[tuple[list[Queue[str]], Queue[float]]]":
    """Processes that suggest: what each is asked for next, and when it found it."""
    spawn = multiprocessing.get_context("spawn")
    found: Queue[float] = spawn.Queue()
    asked: list[Queue[str]] = [spawn.Queue() for _ in range(READERS)]
    processes = [
        spawn.Process(target=suggest, args=(data, each, found), daemon=True) for each in asked
    ]
    for process in processes:
        process.start()
    try:
        for _ in processes:
            found.get(timeout=PATIENCE_SECONDS)
        yield asked, found
    finally:
        for process in processes:
            process.terminate()
            process.join()


def suggest(data: Path, asked: "Queue[str]", found: "Queue[float]") -> None:
    """Ask for each name until it is suggested, as the ticket form does while somebody types.

    The first answer, to any question, says that this process is ready.
    """
    database = Database(f"sqlite:///{data / 'antesala.sqlite3'}")
    host = index_host(data, database)
    host.watch()
    anything = Draft("I cannot set up the thing", "it does nothing", "en")
    while (index := host.suggestions()) is None:
        time.sleep(0.05)
    index.suggest(anything, audiences=frozenset({"public"}))
    found.put(time.monotonic())
    while True:
        name = asked.get()
        draft = Draft(f"I cannot set up the {name}", "it does nothing", "en")
        while True:
            index = host.suggestions()
            shown = index.suggest(draft, audiences=frozenset({"public"})) if index else ()
            if any(name in suggestion.terms for suggestion in shown):
                found.put(time.monotonic())
                break
            time.sleep(0.05)


if __name__ == "__main__":
    main()
