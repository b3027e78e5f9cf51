"""A help centre of the invented articles: rows in SQL and the product's own indexes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import insert, update

from app import migrate
from app.db.database import Database
from app.db.outbox import bump_index
from app.deflection import learning
from app.knowledge.index_host import IndexHost
from app.knowledge.models import Article, ArticleRevision
from articles.lifecycle import ArticleState, Visibility
from search.documents import Document

_BATCH: Final = 1_000


def fill(database: Database, documents: Sequence[Document]) -> None:
    """Make the tables, and publish the documents to everybody, as the product does but at once."""
    migrate.upgrade(database)
    now = datetime.now(UTC)
    with database.writing() as session:
        for begin in range(0, len(documents), _BATCH):
            numbered = list(enumerate(documents[begin : begin + _BATCH], start=begin + 1))
            session.execute(
                insert(Article), [_article(number, document, now) for number, document in numbered]
            )
            session.execute(
                insert(ArticleRevision),
                [_revision(number, document, now) for number, document in numbered],
            )
        session.execute(
            update(Article).values(current_revision_id=Article.id, published_revision_id=Article.id)
        )
        bump_index(session, now=now)
        session.commit()


def build_indexes(data: Path, database: Database) -> None:
    """All indexes, in the data folder, with the search page's faster engine."""
    host = IndexHost(
        data / "index",
        database,
        learning=learning,
        engine="tantivy",
    )
    host.refresh()


def _article(number: int, document: Document, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "slug": document.slug,
        "locale": document.locale,
        "state": ArticleState.PUBLISHED,
        "visibility": Visibility.PUBLIC,
        "created_at": now,
        "updated_at": now,
        "published_at": now,
        "index_version": 1,
    }


def _revision(number: int, document: Document, now: datetime) -> dict[str, object]:
    parts = document.sections
    return {
        "id": number,
        "article_id": number,
        "number": 1,
        "title": document.title,
        "summary": document.summary,
        "body": "\n\n".join(f"## {part.title}\n\n{part.text}" for part in parts),
        "html": "".join(
            f'<h2 id="{part.anchor}">{part.title}</h2>\n<p>{part.text}</p>\n' for part in parts
        ),
        "toc": [[2, part.anchor, part.title] for part in parts],
        "sections": [[part.anchor, part.title, part.text] for part in parts],
        "created_at": now,
        "published_at": now,
    }
