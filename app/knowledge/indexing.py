"""What the text engine indexes of the knowledge base, read from SQL."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.db.models import IndexVersion
from app.db.outbox import CONTENT
from app.knowledge.models import Article, ArticleRevision, Category
from app.knowledge.policy import audience_of, visible_articles
from app.knowledge.standing import standing
from search.documents import CustomerWords, Document, Section

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
    statement = _published(*_COLUMNS)
    if ids is not None:
        statement = statement.where(Article.id.in_(ids))
    for row in session.execute(statement.execution_options(yield_per=_BATCH)):
        yield _document(row)


class Learning(Protocol):
    """What the indexes learn of drafts and tickets, of which this topic knows nothing."""

    def customer_words(
        self, session: Session, article_ids: Collection[int] | None = None
    ) -> Iterator[CustomerWords]:
        """Texts with the article that solved them, of all articles or of some."""

    def resolved_tickets(
        self, session: Session, ids: Collection[int] | None = None
    ) -> Iterator[CustomerWords]:
        """The words of resolved tickets, of all or of some."""

    def tickets_changed_since(self, session: Session, version: int) -> set[int]:
        """The tickets that were resolved or reopened after a version of the content."""

    def count_resolved_tickets(self, session: Session) -> int:
        """How many tickets `resolved_tickets` gives."""


def count_documents(session: Session) -> int:
    """How many documents `documents` gives."""
    statement = select(func.count()).select_from(_published(Article.id).order_by(None).subquery())
    return session.scalar(statement) or 0


def taught_since(session: Session, version: int) -> set[int]:
    """The articles of which customers' words teach something else than at that version."""
    return set(session.scalars(select(Article.id).where(Article.taught_version > version)))


def changed_since(session: Session, version: int) -> set[int]:
    """The articles of which readers see something else than at that version of the content."""
    return set(session.scalars(select(Article.id).where(Article.index_version > version)))


_COLUMNS: Final = (
    Article.id,
    Article.locale,
    Article.slug,
    Article.visibility,
    Article.organisation_id,
    Article.helpful_count,
    Article.unhelpful_count,
    Article.worked_count,
    Article.failed_count,
    ArticleRevision.title,
    ArticleRevision.summary,
    ArticleRevision.tags,
    ArticleRevision.sections,
    Category.slug.label("category"),
)


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
