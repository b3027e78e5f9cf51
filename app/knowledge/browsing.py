"""Reading the help centre by category: the home page, a category's page, the search's filters."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.knowledge.cards import USEFULNESS, ArticleCard, as_card, cards, offered_in
from app.knowledge.models import Article, ArticleTag, Category
from app.knowledge.policy import visible_articles

PER_PAGE: Final = 50
_TOP: Final = 3
_MAX_TAGS: Final = 200


@dataclass(frozen=True, slots=True)
class CategorySummary:
    """A category with how many articles the reader finds there, and its most useful ones."""

    slug: str
    name: str
    count: int
    top: tuple[ArticleCard, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """The front page: categories in order, and the most useful articles of all."""

    categories: tuple[CategorySummary, ...]
    popular: tuple[ArticleCard, ...]


@dataclass(frozen=True, slots=True)
class CategoryPage:
    """One page of a category's articles. `page` counts from 1."""

    slug: str
    name: str
    articles: tuple[ArticleCard, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that a search can be narrowed to, and how many articles have it."""

    value: str
    label: str
    count: int


def home(session: Session, actor: Actor, locale: str, *, popular: int = 5) -> Home:
    """The front page in a language. Three statements."""
    counts = categories(session, actor, locale)
    place = (
        func.row_number()
        .over(partition_by=Article.category_id, order_by=(USEFULNESS.desc(), Article.id))
        .label("place")
    )
    ranked = (
        select(Article.id, place)
        .where(visible_articles(actor), offered_in(actor, locale), Article.category_id.is_not(None))
        .subquery()
    )
    rows = session.execute(
        cards(actor)
        .join(ranked, ranked.c.id == Article.id)
        .where(ranked.c.place <= _TOP)
        .order_by(ranked.c.place)
    ).all()
    top: dict[str | None, list[ArticleCard]] = {}
    for row in rows:
        top.setdefault(row.category_slug, []).append(as_card(row))
    best = session.execute(
        cards(actor)
        .where(Article.locale == locale)
        .order_by(USEFULNESS.desc(), Article.id)
        .limit(popular)
    )
    return Home(
        tuple(
            CategorySummary(each.slug, each.name, each.count, tuple(top.get(each.slug, ())))
            for each in counts
        ),
        tuple(as_card(row) for row in best),
    )


def categories(session: Session, actor: Actor, locale: str) -> tuple[CategorySummary, ...]:
    """The categories in which this person finds anything, in order. One statement."""
    statement = (
        select(Category, func.count(Article.id))
        .join(Article, Article.category_id == Category.id)
        .where(visible_articles(actor), offered_in(actor, locale))
        .group_by(Category.id)
        .order_by(Category.position, Category.slug)
    )
    return tuple(
        CategorySummary(category.slug, category.name(locale), count)
        for category, count in session.execute(statement)
    )


def find_category(
    session: Session,
    actor: Actor,
    locale: str,
    slug: str,
    *,
    page: int = 1,
    per_page: int = PER_PAGE,
) -> CategoryPage | None:
    """A category's articles, the most useful first; None when there is nothing to see in it.

    Three statements. A page beyond the last gives the last.
    """
    category = session.scalar(select(Category).where(Category.slug == slug))
    if category is None:
        return None
    offered = (Article.category_id == category.id, offered_in(actor, locale))
    total = (
        session.scalar(
            select(func.count()).select_from(Article).where(visible_articles(actor), *offered)
        )
        or 0
    )
    if not total:
        return None
    pages = -(-total // per_page)
    page = min(max(page, 1), pages)
    rows = session.execute(
        cards(actor)
        .where(*offered)
        .order_by((Article.locale == locale).desc(), USEFULNESS.desc(), Article.id)
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return CategoryPage(
        category.slug,
        category.name(locale),
        tuple(as_card(row) for row in rows),
        total,
        page,
        pages,
    )


def category_facets(session: Session, actor: Actor, locale: str) -> tuple[Facet, ...]:
    """The categories to narrow a search to. One statement."""
    return tuple(
        Facet(each.slug, each.name, each.count) for each in categories(session, actor, locale)
    )


def tag_facets(
    session: Session, actor: Actor, locale: str | None = None, *, limit: int = _MAX_TAGS
) -> tuple[Facet, ...]:
    """The most used tags among what this person may read. One statement."""
    count = func.count()
    statement = (
        select(ArticleTag.tag, count)
        .join(Article, Article.id == ArticleTag.article_id)
        .where(visible_articles(actor))
        .group_by(ArticleTag.tag)
        .order_by(count.desc(), ArticleTag.tag)
        .limit(limit)
    )
    if locale is not None:
        statement = statement.where(Article.locale == locale)
    return tuple(Facet(tag, tag, number) for tag, number in session.execute(statement))
