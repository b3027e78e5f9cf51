"""What the text engine indexes of the knowledge base, read from SQL."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.db.models import IndexVersion
from app.db.outbox import CONTENT
from app.knowledge.models import Article, ArticleRevision, Category
from app.knowledge.policy import audience_of, visible_articles
from app.knowledge.standing import standing
from search.documents import Document, Section

_BATCH: Final = 1000
# Staff read everything that is on show, whoever it is for: so does the index.
_EVERYTHING: Final = Actor(role=Role.ADMIN)


@dataclass(frozen=True, slots=True)
class ContentVersion:
    """The version of the content in SQL, and when it came to be: no two contents have both."""

    version: int
    changed_at: str

    @classmethod
    def read(cls, session: Session) -> "ContentVersion":
        """The present one; version 0 before any content. One statement."""
        row = session.execute(
            select(IndexVersion.version, IndexVersion.changed_at).where(
                IndexVersion.name == CONTENT
            )
        ).one_or_none()
        return cls(0, "") if row is None else cls(row[0], row[1].isoformat())


def documents(session: Session, ids: Collection[int] | None = None) -> Iterator[Document]:
    """The published articles, or those of them among `ids`, as the text engine takes them.

    A document's id is the article's, as text.
    """
    statement = _published(*_HEAD, *_LONG)
    if ids is not None:
        statement = statement.where(Article.id.in_(ids))
    for row in session.execute(statement.execution_options(yield_per=_BATCH)):
        yield _document(row)


class PublishedDocuments:
    """The published articles as the text engine takes them, read again only where they changed.

    Not for two threads at once.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[Row[Any], Document]] = {}

    def read(self, session: Session) -> list[Document]:
        """All of them, as they are now; those that did not change are the same objects.

        Two statements while little changed: the long columns are read for what is new alone.
        """
        heads = {row.id: row for row in session.execute(_published(*_HEAD))}
        changed = [
            article_id
            for article_id, head in heads.items()
            if article_id not in self._known or self._known[article_id][0] != head
        ]
        for begin in range(0, len(changed), _BATCH):
            for document in documents(session, changed[begin : begin + _BATCH]):
                self._known[int(document.id)] = (heads[int(document.id)], document)
        self._known = {
            article_id: self._known[article_id] for article_id in heads if article_id in self._known
        }
        return [document for _, document in self._known.values()]


def changed_since(session: Session, version: int) -> set[int]:
    """The articles of which readers see something else than at that version of the content."""
    return set(session.scalars(select(Article.id).where(Article.index_version > version)))


# What tells whether a document changed. The times are there for a database that was replaced by
# another, in which the same number is another revision.
_HEAD: Final = (
    Article.id,
    Article.locale,
    Article.slug,
    Article.visibility,
    Article.organisation_id,
    Article.helpful_count,
    Article.unhelpful_count,
    Article.worked_count,
    Article.failed_count,
    ArticleRevision.id.label("revision_id"),
    ArticleRevision.created_at,
    ArticleRevision.published_at,
    ArticleRevision.title,
    Category.slug.label("category"),
)
_LONG: Final = (ArticleRevision.summary, ArticleRevision.tags, ArticleRevision.sections)


def _published(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Article)
        .join(
            ArticleRevision,
            and_(
                ArticleRevision.id == Article.published_revision_id,
                ArticleRevision.article_id == Article.id,
            ),
        )
        .outerjoin(Category, Category.id == Article.category_id)
        .where(visible_articles(_EVERYTHING))
        .order_by(Article.id)
    )


def _document(row: Row[Any]) -> Document:
    return Document(
        id=str(row.id),
        locale=row.locale,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        sections=tuple(Section(anchor, title, text) for anchor, title, text in row.sections),
        tags=tuple(row.tags),
        category=row.category or "",
        audience=audience_of(row.visibility, row.organisation_id),
        standing=standing(
            row.helpful_count + row.worked_count, row.unhelpful_count + row.failed_count
        ),
    )
