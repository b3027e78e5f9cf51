"""Reading what is published: pages, lists, feeds. Each in a fixed number of SQL statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session, aliased

from app.accounts.actor import Actor
from app.knowledge.cards import (
    USEFULNESS,
    ArticleCard,
    as_card,
    cards,
    translations_of,
)
from app.knowledge.models import (
    Article,
    ArticleAsset,
    ArticleRedirect,
    ArticleRevision,
    ArticleTag,
    Category,
    RevisionAsset,
)
from app.knowledge.policy import audiences as own_audiences
from app.knowledge.policy import is_addressed, may_read, visible_articles
from articles.lifecycle import Visibility

MAX_SITEMAP_ITEMS: Final = 50_000
"""Addresses in one sitemap file, by the protocol."""


@dataclass(frozen=True, slots=True)
class PublishedArticle:
    """An article as its readers see it."""

    card: ArticleCard
    html: str
    toc: tuple[tuple[int, str, str], ...]
    """(level, anchor, title) of each heading."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The article has another address now: redirect permanently."""

    locale: str
    slug: str


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """There is none in the language asked for: offer this one, labelled."""

    card: ArticleCard


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """It was there once, for this reader too: 410."""


Found = PublishedArticle | Moved | OtherLanguage | Withdrawn


def find_published(session: Session, actor: Actor, locale: str, slug: str) -> Found | None:
    """What stands at /<locale>/articles/<slug> for this person; None: nothing. Two statements."""
    rows = session.execute(
        cards(actor, ArticleRevision.html, ArticleRevision.toc).where(Article.slug == slug)
    ).all()
    here = next((row for row in rows if row.locale == locale), None)
    if here is not None:
        return PublishedArticle(as_card(here), here.html, _toc(here.toc))
    elsewhere = _elsewhere(session, actor, locale, slug)
    if elsewhere is not None:
        return elsewhere
    return OtherLanguage(as_card(rows[0])) if rows else None


def _elsewhere(session: Session, actor: Actor, locale: str, slug: str) -> Found | None:
    """The same address withdrawn, moved, or that of a translation, in one statement."""
    other = aliased(Article)
    withdrawn = select(Article, literal("withdrawn").label("how")).where(
        Article.locale == locale, Article.slug == slug, Article.published_at.is_not(None)
    )
    moved = (
        select(Article, literal("moved").label("how"))
        .join(ArticleRedirect, ArticleRedirect.article_id == Article.id)
        .where(ArticleRedirect.locale == locale, ArticleRedirect.slug == slug)
    )
    translated = (
        select(Article, literal("moved").label("how"))
        .join(other, translations_of(Article, other))
        .where(other.slug == slug, Article.locale == locale, visible_articles(actor, other))
    )
    every = withdrawn.union_all(moved, translated).subquery()
    candidate = aliased(Article, every)
    found = session.execute(select(candidate, every.c.how)).all()
    for article, how in found:
        if how == "moved" and may_read(actor, article):
            return Moved(article.locale, article.slug)
    gone = any(
        article.published_at is not None and article.published_revision_id is None
        for article, _ in found
        if is_addressed(actor, article)
    )
    return Withdrawn() if gone else None


def published_by_ids(
    session: Session, actor: Actor, ids: Iterable[int | str]
) -> dict[int, ArticleCard]:
    """The cards of those articles that this person may read now. One statement.

    Takes ids of articles or of the text engine's documents, which are the same numbers.
    """
    wanted = {int(each) for each in ids}
    if not wanted:
        return {}
    return {
        row.id: as_card(row) for row in session.execute(cards(actor).where(Article.id.in_(wanted)))
    }


def published_articles(
    session: Session, actor: Actor, ids: Iterable[int | str]
) -> dict[int, PublishedArticle]:
    """Those articles with their HTML, as far as this person may read them now. One statement."""
    wanted = {int(each) for each in ids}
    if not wanted:
        return {}
    statement = cards(actor, ArticleRevision.html, ArticleRevision.toc)
    return {
        row.id: PublishedArticle(as_card(row), row.html, _toc(row.toc))
        for row in session.execute(statement.where(Article.id.in_(wanted)))
    }


def translations(session: Session, actor: Actor, article_id: int) -> tuple[ArticleCard, ...]:
    """The same article in other languages. One statement."""
    source = aliased(Article)
    statement = (
        cards(actor)
        .join(source, translations_of(source, Article))
        .where(source.id == article_id)
        .order_by(Article.locale, Article.id)
    )
    return tuple(as_card(row) for row in session.execute(statement))


def related(
    session: Session, actor: Actor, article: ArticleCard, *, limit: int = 4
) -> tuple[ArticleCard, ...]:
    """Articles in the same language with common tags, then of the same category. One statement."""
    shared = (
        select(ArticleTag.article_id, func.count().label("tags"))
        .where(ArticleTag.tag.in_(article.tags or ("",)), ArticleTag.article_id != article.id)
        .group_by(ArticleTag.article_id)
        .subquery()
    )
    count = func.coalesce(shared.c.tags, 0)
    same_category = Category.slug == article.category_slug
    statement = (
        cards(actor)
        .outerjoin(shared, shared.c.article_id == Article.id)
        .where(
            Article.locale == article.locale,
            Article.id != article.id,
            (count > 0) | same_category,
        )
        .order_by((count + case((same_category, 1), else_=0)).desc(), USEFULNESS.desc(), Article.id)
        .limit(limit)
    )
    return tuple(as_card(row) for row in session.execute(statement))


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An entry of the Atom feed."""

    card: ArticleCard
    html: str
    updated_at: datetime


def feed_items(
    session: Session, actor: Actor, locale: str, *, limit: int = 50
) -> tuple[FeedItem, ...]:
    """The latest published revisions in a language, newest first. One statement."""
    statement = (
        cards(actor, ArticleRevision.html)
        .where(Article.locale == locale)
        .order_by(ArticleRevision.published_at.desc(), Article.id.desc())
        .limit(limit)
    )
    return tuple(
        FeedItem(card, row.html, card.published_at)
        for row in session.execute(statement)
        for card in (as_card(row),)
    )


@dataclass(frozen=True, slots=True)
class SitemapItem:
    """An address for search engines."""

    locale: str
    slug: str
    updated_at: datetime | None


def sitemap_items(
    session: Session, actor: Actor, *, page: int = 1, per_page: int = MAX_SITEMAP_ITEMS
) -> tuple[SitemapItem, ...]:
    """Every article's address, in a stable order, a page at a time. One statement."""
    statement = (
        select(Article.locale, Article.slug, ArticleRevision.published_at)
        .join(ArticleRevision, ArticleRevision.id == Article.published_revision_id)
        .where(visible_articles(actor))
        .order_by(Article.id)
        .offset((page - 1) * per_page)
        .limit(per_page)
    )
    return tuple(SitemapItem(*row) for row in session.execute(statement))


def count_published(session: Session, actor: Actor, locale: str | None = None) -> int:
    """How many articles this person may read. One statement."""
    statement = select(func.count()).select_from(Article).where(visible_articles(actor))
    if locale is not None:
        statement = statement.where(Article.locale == locale)
    return session.scalar(statement) or 0


def audiences(session: Session, actor: Actor) -> frozenset[str]:
    """Every label whose documents this person may find: for searches. At most one statement."""
    if not actor.is_staff:
        return own_audiences(actor)
    organisations = session.scalars(
        select(Article.organisation_id)
        .where(Article.visibility == Visibility.ORGANISATION, Article.organisation_id.is_not(None))
        .distinct()
    )
    return own_audiences(
        actor, organisations=[number for number in organisations if number is not None]
    )


def find_asset(session: Session, actor: Actor, name: str) -> ArticleAsset | None:
    """An image that this person may see. One statement.

    Readers see those that a published revision they may read shows; staff see all.
    """
    statement = select(ArticleAsset).where(ArticleAsset.name == name)
    if not actor.is_staff:
        shown = (
            select(RevisionAsset.asset_id)
            .join(Article, Article.published_revision_id == RevisionAsset.revision_id)
            .where(RevisionAsset.asset_id == ArticleAsset.id, visible_articles(actor))
        )
        statement = statement.where(shown.exists())
    return session.scalar(statement)


def _toc(stored: list[list[str]]) -> tuple[tuple[int, str, str], ...]:
    return tuple((int(level), anchor, title) for level, anchor, title in stored)


__all__ = [
    "MAX_SITEMAP_ITEMS",
    "ArticleCard",
    "FeedItem",
    "Found",
    "Moved",
    "OtherLanguage",
    "PublishedArticle",
    "SitemapItem",
    "Withdrawn",
    "audiences",
    "count_published",
    "feed_items",
    "find_asset",
    "find_published",
    "published_articles",
    "published_by_ids",
    "related",
    "sitemap_items",
    "translations",
]
