"""What pages show of an article: values read in one statement, already checked by the policy."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased

from app.accounts.actor import Actor
from app.knowledge.models import Article, ArticleRevision, Category
from app.knowledge.policy import visible_articles
from app.knowledge.rendering import article_path
from articles.lifecycle import Visibility


@dataclass(frozen=True, slots=True)
class ArticleCard:
    """An article in a list. `locale` may differ from the page's: then label it."""

    id: int
    revision_id: int
    locale: str
    slug: str
    title: str
    summary: str
    category_slug: str | None
    category_names: dict[str, str]
    tags: tuple[str, ...]
    visibility: Visibility
    verified_on: date | None
    published_at: datetime
    """When the revision that readers see was published."""

    @property
    def path(self) -> str:
        """The address of its page, without the host."""
        return article_path(self.locale, self.slug)

    def category_name(self, locale: str) -> str:
        """The category's name in this locale; "" without a category."""
        if self.category_slug is None:
            return ""
        return Category(slug=self.category_slug, names=self.category_names).name(locale)


_COLUMNS = (
    Article.id,
    ArticleRevision.id.label("revision_id"),
    Article.locale,
    Article.slug,
    ArticleRevision.title,
    ArticleRevision.summary,
    Category.slug.label("category_slug"),
    Category.names.label("category_names"),
    ArticleRevision.tags,
    Article.visibility,
    Article.verified_on,
    ArticleRevision.published_at,
    Article.published_at.label("first_published_at"),
    Article.updated_at,
)

USEFULNESS: ColumnElement[int] = (
    Article.helpful_count + 2 * Article.solved_count - Article.unhelpful_count
)
"""Orders articles by what readers said of them and by what they solved."""


def cards(actor: Actor, *more: Any) -> Select[Any]:
    """A statement for the cards of everything that this person may read, with further columns."""
    # The columns' types are those of ArticleCard; a tuple of fifteen says less.
    statement: Any = (
        select(*_COLUMNS, *more)
        .join(ArticleRevision, ArticleRevision.id == Article.published_revision_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .where(visible_articles(actor))
    )
    return cast("Select[Any]", statement)


def as_card(row: Any) -> ArticleCard:
    """The card in a row of such a statement."""
    return ArticleCard(
        id=row.id,
        revision_id=row.revision_id,
        locale=row.locale,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        category_slug=row.category_slug,
        category_names=row.category_names or {},
        tags=tuple(row.tags),
        visibility=row.visibility,
        verified_on=row.verified_on,
        published_at=row.published_at or row.first_published_at or row.updated_at,
    )


def translations_of(article: Any, other: Any) -> ColumnElement[bool]:
    """The SQL condition that `other` is the same article in another language."""
    return and_(
        other.id != article.id,
        other.locale != article.locale,
        or_(
            other.id == article.translation_of_id,
            other.translation_of_id == article.id,
            other.translation_of_id == article.translation_of_id,
        ),
    )


def offered_in(actor: Actor, locale: str) -> ColumnElement[bool]:
    """What a page in this language lists.

    The articles in that language, and those that exist only in another.
    """
    other = aliased(Article)
    translated = (
        select(other.id)
        .where(
            other.locale == locale,
            translations_of(Article, other),
            visible_articles(actor, other),
        )
        .exists()
    )
    return or_(Article.locale == locale, ~translated)
