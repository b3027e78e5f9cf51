"""What authors and editors read: lists of articles, the review line, an article's history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.actor import Actor
from app.accounts.models import User
from app.knowledge.models import Article, ArticleRevision, Category, ReviewNote
from app.knowledge.policy import require_staff
from articles.lifecycle import ArticleState, Visibility

PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class StudioFilter:
    """What to list. None does not filter; `text` stands in title or slug.

    `author_id` owns the article or wrote its newest revision.
    """

    state: ArticleState | None = None
    locale: str | None = None
    category_id: int | None = None
    author_id: int | None = None
    visibility: Visibility | None = None
    text: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class StudioRow:
    """An article in the studio's list; title and author are those of the newest revision."""

    id: int
    locale: str
    slug: str
    title: str
    revision_number: int
    state: ArticleState
    is_on_show: bool
    """Readers see a revision of it, maybe an older one."""
    visibility: Visibility
    category_slug: str | None
    author_name: str | None
    owner_name: str | None
    updated_at: datetime
    helpful_count: int
    unhelpful_count: int
    solved_count: int


@dataclass(frozen=True, slots=True)
class StudioPage:
    """One page of the list. `page` counts from 1."""

    rows: tuple[StudioRow, ...]
    total: int
    page: int
    pages: int


def studio_articles(session: Session, actor: Actor, wanted: StudioFilter) -> StudioPage:
    """Articles in any state, last changed first. Two statements. Raises ForbiddenError."""
    require_staff(actor)
    conditions = _conditions(wanted)
    total = (
        session.scalar(
            select(func.count(Article.id))
            .join(ArticleRevision, ArticleRevision.id == Article.current_revision_id)
            .where(*conditions)
        )
        or 0
    )
    pages = max(-(-total // PER_PAGE), 1)
    page = min(max(wanted.page, 1), pages)
    statement = (
        _rows()
        .where(*conditions)
        .order_by(Article.updated_at.desc(), Article.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    return StudioPage(tuple(_row(row) for row in session.execute(statement)), total, page, pages)


def review_line(session: Session, actor: Actor, *, limit: int = PER_PAGE) -> tuple[StudioRow, ...]:
    """Articles that wait for an editor, the longest waiting first. One statement."""
    require_staff(actor)
    statement = (
        _rows()
        .where(Article.state == ArticleState.REVIEW)
        .order_by(Article.updated_at, Article.id)
        .limit(limit)
    )
    return tuple(_row(row) for row in session.execute(statement))


def count_by_state(session: Session, actor: Actor) -> dict[ArticleState, int]:
    """How many articles are in each state, every state named. One statement."""
    require_staff(actor)
    counts = dict.fromkeys(ArticleState, 0)
    statement = select(Article.state, func.count()).group_by(Article.state)
    for state, count in session.execute(statement):
        counts[state] = count
    return counts


def history(session: Session, actor: Actor, article_id: int) -> tuple[ArticleRevision, ...]:
    """Every revision with its author, the newest first. One statement."""
    require_staff(actor)
    statement = (
        select(ArticleRevision)
        .where(ArticleRevision.article_id == article_id)
        .options(joinedload(ArticleRevision.author))
        .order_by(ArticleRevision.number.desc())
    )
    return tuple(session.scalars(statement))


def find_revision(
    session: Session, actor: Actor, article_id: int, number: int
) -> ArticleRevision | None:
    """One revision with its author. One statement."""
    require_staff(actor)
    return session.scalar(
        select(ArticleRevision)
        .where(ArticleRevision.article_id == article_id, ArticleRevision.number == number)
        .options(joinedload(ArticleRevision.author))
    )


def review_notes(session: Session, actor: Actor, article_id: int) -> tuple[ReviewNote, ...]:
    """What was said in review, the latest first. One statement."""
    require_staff(actor)
    statement = (
        select(ReviewNote)
        .where(ReviewNote.article_id == article_id)
        .options(joinedload(ReviewNote.author))
        .order_by(ReviewNote.id.desc())
    )
    return tuple(session.scalars(statement))


def find_for_studio(session: Session, actor: Actor, article_id: int) -> Article | None:
    """An article with revisions, category, owner and organisation loaded. One statement."""
    require_staff(actor)
    statement = (
        select(Article)
        .where(Article.id == article_id)
        .options(
            joinedload(Article.current_revision).joinedload(ArticleRevision.author),
            joinedload(Article.published_revision).joinedload(ArticleRevision.author),
            joinedload(Article.category),
            joinedload(Article.owner),
            joinedload(Article.organisation),
            joinedload(Article.translation_of),
        )
    )
    return session.scalar(statement)


def find_by_address(session: Session, locale: str, slug: str) -> Article | None:
    """The article that stands at an address, in any state. One statement."""
    return session.scalar(select(Article).where(Article.locale == locale, Article.slug == slug))


def all_categories(session: Session) -> tuple[Category, ...]:
    """Every category in order, also those without articles: for choosing. One statement."""
    return tuple(session.scalars(select(Category).order_by(Category.position, Category.slug)))


def _conditions(wanted: StudioFilter) -> list[Any]:
    conditions: list[Any] = []
    for column, value in (
        (Article.state, wanted.state),
        (Article.locale, wanted.locale),
        (Article.category_id, wanted.category_id),
        (Article.visibility, wanted.visibility),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.author_id is not None:
        conditions.append(
            or_(
                Article.owner_id == wanted.author_id,
                ArticleRevision.author_id == wanted.author_id,
            )
        )
    words = wanted.text.replace("\x00", "").split()[:10]
    conditions.append(
        and_(
            True,
            *(
                or_(
                    ArticleRevision.title.icontains(word, autoescape=True),
                    Article.slug.icontains(word, autoescape=True),
                )
                for word in words
            ),
        )
    )
    return conditions


def _rows() -> Select[Any]:
    author, owner = User.__table__.alias("author"), User.__table__.alias("owner")
    statement: Any = (
        select(
            Article,
            ArticleRevision.title,
            ArticleRevision.number,
            Category.slug.label("category_slug"),
            author.c.name.label("author_name"),
            owner.c.name.label("owner_name"),
        )
        .join(ArticleRevision, ArticleRevision.id == Article.current_revision_id)
        .outerjoin(Category, Category.id == Article.category_id)
        .outerjoin(author, author.c.id == ArticleRevision.author_id)
        .outerjoin(owner, owner.c.id == Article.owner_id)
    )
    return statement  # type: ignore[no-any-return]  # six columns of six types


def _row(row: Any) -> StudioRow:
    article: Article = row.Article
    return StudioRow(
        id=article.id,
        locale=article.locale,
        slug=article.slug,
        title=row.title,
        revision_number=row.number,
        state=article.state,
        is_on_show=article.published_revision_id is not None,
        visibility=article.visibility,
        category_slug=row.category_slug,
        author_name=row.author_name,
        owner_name=row.owner_name,
        updated_at=article.updated_at,
        helpful_count=article.helpful_count,
        unhelpful_count=article.unhelpful_count,
        solved_count=article.solved_count,
    )
