"""How long after a publication, or after a ticket was resolved, is it suggested in every process?

script/bench publish --articles N --tickets T: writes N articles of 300 words and T resolved tickets
of 60 words into an installation of its own, builds the indexes from nothing, starts the worker and
two processes that answer as web processes do, publishes an article ten times, and measures from
the commit until both suggest it. Then it resolves ten tickets by an article, and measures until
both suggest the article for words that only that ticket has. The first of each are not counted:
in them the worker still reads what there is. `--words` sets the length of an article, `--rounds`
the number of publications, `--engine` that of the search page.
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
from itertools import accumulate
from multiprocessing.queues import Queue as Asked
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from app import migrate
from app.accounts.actor import Actor
from app.accounts.models import Role
from app.db.database import Database
from app.db.outbox import bump_index
from app.deflection import learning
from app.knowledge import service
from app.knowledge.index_host import IndexHost
from app.knowledge.models import Article, ArticleRevision, Category
from app.settings import Settings
from app.tickets import resolving
from app.tickets.models import (
    LinkKind,
    Message,
    MessageKind,
    Queue,
    Ticket,
    TicketArticle,
    TicketState,
)
from articles.lifecycle import ArticleState, Visibility
from search.article_engines import EngineName
from search.suggestions import Draft

ROOT = Path(__file__).resolve().parent.parent
EDITOR = Actor(role=Role.ADMIN)
READERS = 2
UNCOUNTED = 2
SECTIONS = 3
PATIENCE_SECONDS = 120
BATCH = 1_000
PUBLIC = frozenset({"public"})
CATEGORY = 1


def main() -> None:
    """Fill, build, publish, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--tickets", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--engine", choices=("whoosh", "tantivy"), default="whoosh")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        database = Database(f"sqlite:///{data / 'antesala.sqlite3'}")
        migrate.upgrade(database)
        language = Language(random.Random(7))
        fill(database, language, arguments.articles, arguments.words)
        fill_tickets(database, language, arguments.tickets, arguments.articles)
        host = index_host(data, database, arguments.engine)
        started = time.monotonic()
        host.refresh()
        built = time.monotonic() - started
        print(
            f"{arguments.articles} articles of {arguments.words} words, {arguments.tickets} tickets"
        )
        print(f"all indexes from nothing     {built:7.2f} s", flush=True)
        rounds = range(UNCOUNTED + arguments.rounds)
        with (
            working(data, arguments.engine),
            reading(data, arguments.engine) as (asked, found),
        ):
            published = [
                publish(database, language, number, arguments.words, asked, found)
                for number in rounds
            ]
            resolved = [
                resolve(database, language, number, arguments.articles, asked, found)
                for number in rounds
            ]
        for name, seconds in (("published", published), ("resolved", resolved)):
            counted = seconds[UNCOUNTED:]
            print(
                f"{name} until suggested".ljust(28), f"{statistics.median(counted):7.2f} s (median)"
            )
            print(" " * 28, f"{max(counted):7.2f} s (longest of {len(counted)})")
        database.dispose()


class Language:
    """Invented words, a few of them frequent and most of them rare, as in any language."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        syllables = [a + b for a in "bcdfglmnprstvz" for b in "aeiou"]
        self._words = [
            "".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(12_000)
        ]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))

    def words(self, count: int) -> str:
        return " ".join(self._chance.choices(self._words, cum_weights=self._weights, k=count))

    def sections(self, words: int) -> list[list[str]]:
        """[anchor, title, text] of an article's parts."""
        share = words // SECTIONS
        return [[f"part-{n}", self.words(5), self.words(share - 5)] for n in range(SECTIONS)]


def fill(database: Database, language: Language, count: int, words: int) -> None:
    """Published articles, written as the product writes them but at once."""
    now = datetime.now(UTC)
    with database.writing() as session:
        session.add(Category(id=CATEGORY, slug="all"))
        session.flush()
        numbers = range(1, count + 1)
        article = {
            "locale": "en",
            "state": ArticleState.PUBLISHED,
            "visibility": Visibility.PUBLIC,
            "category_id": CATEGORY,
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


def fill_tickets(database: Database, language: Language, count: int, articles: int) -> None:
    """Resolved tickets, each solved by one of the articles."""
    now = datetime.now(UTC)
    with database.writing() as session:
        session.add(Queue(id=1, name="Support", is_default=True))
        session.flush()
        for begin in range(1, count + 1, BATCH):
            numbers = range(begin, min(begin + BATCH, count + 1))
            solved_by = {number: 1 + number % articles for number in numbers}
            solved = {"state": TicketState.RESOLVED, "resolved_at": now}
            session.execute(
                insert(Ticket),
                [
                    _ticket(number, language.words(6), now)
                    | solved
                    | {"solved_by_article_id": article}
                    for number, article in solved_by.items()
                ],
            )
            session.execute(
                insert(Message), [_message(number, language.words(54), now) for number in numbers]
            )
            session.execute(
                insert(TicketArticle),
                [
                    {
                        "ticket_id": number,
                        "article_id": article,
                        "kind": LinkKind.SOLVED,
                        "created_at": now,
                    }
                    for number, article in solved_by.items()
                ],
            )
        session.commit()


def _ticket(number: int, subject: str, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "reference": f"A-{number}",
        "access_hash": str(number),
        "queue_id": 1,
        "subject": subject,
        "locale": "en",
        "requester_email": "ana@example.org",
        "created_at": now,
        "updated_at": now,
        "first_response_due_at": now,
    }


def _message(ticket: int, body: str, now: datetime) -> dict[str, Any]:
    return {
        "ticket_id": ticket,
        "kind": MessageKind.REPLY,
        "from_customer": True,
        "body": body,
        "created_at": now,
    }


def new_name(language: Language, number: int, kind: str) -> str:
    """Two words that no other text has."""
    return f"{language.words(1)}{kind}{number}x{language.words(1)}wk{number}"


def publish(
    database: Database,
    language: Language,
    number: int,
    words: int,
    asked: "list[Asked[str]]",
    found: "Asked[float]",
) -> float:
    """Publish an article; seconds from its commit until every reader suggests it."""
    name = new_name(language, number, "qu")
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
            placement=service.Placement(category_id=CATEGORY),
        )
    for queue in asked:
        queue.put(f"I cannot set up the {name}")
    time.sleep(0.5)  # so that the readers are asking
    with database.writing() as session:
        service.publish(session, actor=EDITOR, article_id=article.id, now=now)
    committed = time.monotonic()
    return max(found.get(timeout=PATIENCE_SECONDS) for _ in asked) - committed


def resolve(
    database: Database,
    language: Language,
    number: int,
    articles: int,
    asked: "list[Asked[str]]",
    found: "Asked[float]",
) -> float:
    """Resolve a ticket by an article; seconds from the commit until every reader suggests it."""
    name = new_name(language, number, "vu")
    now = datetime.now(UTC)
    with database.writing() as session:
        ticket = _ticket(0, f"Why does my screen say {name}", now)
        del ticket["id"]
        ticket |= {"reference": f"B-{number}", "access_hash": f"b{number}"}
        ticket_id = session.scalars(insert(Ticket).returning(Ticket.id), [ticket]).one()
        session.execute(insert(Message), [_message(ticket_id, language.words(54), now)])
        session.commit()
    for queue in asked:
        queue.put(f"My screen says {name}")
    time.sleep(0.5)
    with database.writing() as session:
        resolving.resolve_by_article(
            session,
            actor=EDITOR,
            ticket_id=ticket_id,
            article_id=1 + number % articles,
            settings=Settings(),
            now=now,
        )
    committed = time.monotonic()
    return max(found.get(timeout=PATIENCE_SECONDS) for _ in asked) - committed


def index_host(data: Path, database: Database, engine: EngineName = "whoosh") -> IndexHost:
    """The product's own, over these data."""
    return IndexHost(data / "index", database, learning=learning, engine=engine)


@contextmanager
def working(data: Path, engine: EngineName = "whoosh") -> Iterator[None]:
    """The worker's process."""
    environment = {
        **os.environ,
        "ANTESALA_DATA": str(data),
        "DATABASE_URL": "",
        "ANTESALA_ARTICLE_SEARCH": engine,
        "ANTESALA_LOG_LEVEL": "error",
    }
    process = subprocess.Popen([sys.executable, "-m", "app.worker"], cwd=ROOT, env=environment)
    try:
        yield
    finally:
        process.kill()  # it may be training
        process.wait(30)


@contextmanager
def reading(data: Path, engine: EngineName) -> "Iterator[tuple[list[Asked[str]], Asked[float]]]":
    """Processes that suggest: what each is asked for next, and when it found it."""
    spawn = multiprocessing.get_context("spawn")
    found: Asked[float] = spawn.Queue()
    asked: list[Asked[str]] = [spawn.Queue() for _ in range(READERS)]
    processes = [
        spawn.Process(target=suggest, args=(data, engine, each, found), daemon=True)
        for each in asked
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


def suggest(data: Path, engine: EngineName, asked: "Asked[str]", found: "Asked[float]") -> None:
    """Ask each question until its last word is a reason, as the form does while somebody types.

    The first answer, to any question, says that this process is ready.
    """
    database = Database(f"sqlite:///{data / 'antesala.sqlite3'}")
    host = index_host(data, database, engine)
    host.watch()
    anything = Draft("I cannot set up the thing", "it does nothing", "en")
    while (index := host.suggestions()) is None:
        time.sleep(0.05)
    index.suggest(anything, audiences=PUBLIC)
    found.put(time.monotonic())
    while True:
        text = asked.get()
        name, draft = text.split()[-1], Draft(text, "it does nothing", "en")
        while True:
            index = host.suggestions()
            shown = index.suggest(draft, audiences=PUBLIC, threshold=0.0) if index else ()
            if any(name in suggestion.terms for suggestion in shown):
                found.put(time.monotonic())
                break
            time.sleep(0.05)


if __name__ == "__main__":
    main()
