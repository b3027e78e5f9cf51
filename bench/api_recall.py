"""Do suggestions through the running product equal what `flask search evaluate` says?

script/bench api_recall DIR [--warm]: starts an installation of its own, imports DIR's corpus as
articles, files its resolved tickets (--warm), posts every in-scope query to
/api/v1/suggestions and prints R@1, R@3 and R@5 beside those of `evaluate`. The gate is open
(threshold 0) and rate limits are off, so that the ranking alone is compared.
"""

import argparse
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, select

from app import migrate
from app.commands.search import sections_of_markdown
from app.db.database import Database
from app.db.outbox import bump_index
from app.knowledge.models import Article
from app.tickets.models import (
    LinkKind,
    Message,
    MessageKind,
    Queue,
    Resolution,
    Ticket,
    TicketArticle,
    TicketKind,
    TicketState,
)
from articles.slugs import slug_from_id
from search.evaluation import evaluate
from search.labelled_set import read_labelled_set

ROOT = Path(__file__).resolve().parent.parent
DEPTHS = (1, 3, 5)


def main() -> None:
    """Import, serve, ask, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--warm", action="store_true", help="file the resolved tickets first")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        environment = {
            **os.environ,
            "ANTESALA_DATA": str(data),
            "DATABASE_URL": "",
            "ANTESALA_RATE_LIMITS": "off",
            "ANTESALA_SUGGESTION_THRESHOLD": "0",
            "ANTESALA_LOG_LEVEL": "error",
        }
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=environment, check=True)
        corpus = (arguments.directory / "corpus.jsonl").absolute()
        subprocess.run(
            [*flask, "articles", "import", str(corpus)], cwd=ROOT, env=environment, check=True
        )
        if arguments.warm:
            assert migrate.SCHEMA.tables  # every table is known to the models' references
            database = Database(f"sqlite:///{data / 'antesala.sqlite3'}")
            file_resolved_tickets(database, arguments.directory)
            database.dispose()
        with served(environment) as address:
            through_api = ask(address, arguments.directory)
    report = evaluate(
        arguments.directory,
        warm="all" if arguments.warm else "none",
        sections_of=sections_of_markdown,
    )
    alone = {1: report.recall_at_1, 3: report.recall_at_3, 5: report.recall_at_5}
    print(f"{'':>6} {'API':>8} {'evaluate':>9}")
    for depth in DEPTHS:
        print(f"R@{depth:<4} {through_api[depth]:>8.4f} {alone[depth]:>9.4f}")


def file_resolved_tickets(database: Database, directory: Path) -> None:
    """Every resolved ticket of the set, as if agents had resolved it with its article."""
    rows = [
        json.loads(line)
        for line in (directory / "tickets_train.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    now = datetime.now(UTC)
    with database.writing() as session:
        articles = {row.slug: row.id for row in session.execute(select(Article.slug, Article.id))}
        queue = session.scalar(select(Queue)) or Queue(name="Support", is_default=True)
        session.add(queue)
        session.flush()
        for row in rows:
            subject, _, body = row["text"].partition("\n")
            article_id = articles[slug_from_id(row["article_id"])]
            ticket = Ticket(
                reference=secrets.token_hex(8),
                access_hash=secrets.token_hex(32),
                queue_id=queue.id,
                subject=subject,
                kind=TicketKind.QUESTION,
                state=TicketState.RESOLVED,
                locale=row["lang"],
                requester_email="somebody@example.org",
                resolution=Resolution.ARTICLE,
                solved_by_article_id=article_id,
                created_at=now,
                updated_at=now,
                first_response_due_at=now,
                resolved_at=now,
            )
            session.add(ticket)
            session.flush()
            session.execute(
                insert(Message).values(
                    ticket_id=ticket.id,
                    kind=MessageKind.REPLY,
                    from_customer=True,
                    body=body,
                    html="",
                    created_at=now,
                )
            )
            session.execute(
                insert(TicketArticle).values(
                    ticket_id=ticket.id,
                    article_id=article_id,
                    kind=LinkKind.SOLVED,
                    created_at=now,
                )
            )
        bump_index(session, now=now)
        session.commit()


@contextmanager
def served(environment: dict[str, str]) -> Iterator[str]:
    """The product on a free port, until it is no longer needed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "app.serve", "--port", str(port), "--no-demo",
         "--data", environment["ANTESALA_DATA"]],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 180
        while not ready(address):
            if time.monotonic() > deadline or process.poll() is not None:
                raise SystemExit("the product did not become ready")
            time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def ready(address: str) -> bool:
    """Whether everything of the product is ready."""
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=10) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def ask(address: str, directory: Path) -> dict[int, float]:
    """R@k of what the API suggests for the in-scope queries."""
    queries = {
        row["id"]: row
        for row in map(
            json.loads, (directory / "queries.jsonl").read_text(encoding="utf-8").splitlines()
        )
    }
    hits = dict.fromkeys(DEPTHS, 0)
    inside = [query for query in read_labelled_set(directory).queries if query.relevance]
    for query in inside:
        row = queries[query.id]
        if "title" in row:
            draft = {"subject": row["title"], "body": row["body"]}
        else:
            draft = {"subject": "", "body": row["text"]}
        request = urllib.request.Request(
            f"{address}/api/v1/suggestions",
            data=json.dumps(draft | {"locale": row["lang"]}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = json.load(response)
        slugs = [each["article"]["slug"] for each in answer["suggestions"]]
        wanted = {
            slug_from_id(document) for document, grade in query.relevance.items() if grade > 0
        }
        for depth in DEPTHS:
            hits[depth] += bool(wanted & set(slugs[:depth]))
    return {depth: count / len(inside) for depth, count in hits.items()}


if __name__ == "__main__":
    main()
