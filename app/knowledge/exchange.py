"""Articles between SQL and their exchange form: what is stored, said as front matter and body."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session, defer, joinedload

from app.knowledge.models import Article, ArticleRedirect, ArticleRevision
from articles.front_matter import FrontMatter
from articles.lifecycle import ArticleState

BATCH = 500
Address = tuple[str, str]
"""Locale and slug."""
Item = TypeVar("Item")


def in_batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """The items in their order, `size` at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


@dataclass(frozen=True, slots=True)
class Written:
    """A revision's text as front matter and body; state and slug are the article's."""

    front_matter: FrontMatter
    body: str


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """What SQL has of an article. `published` is None unless readers see it."""

    id: int
    state: ArticleState
    current_revision_id: int
    current: Written
    published: Written | None

    @property
    def exported(self) -> Written:
        """What an export writes: what readers see, or else the newest revision."""
        return self.published or self.current


def read_addresses(
    session: Session, addresses: Iterable[Address]
) -> Iterator[tuple[Address, StoredArticle]]:
    """The stored articles at these addresses. Two statements for 500 addresses."""
    for some in in_batches(dict.fromkeys(addresses)):
        yield from _read(session, tuple_(Article.locale, Article.slug).in_(some))


def read_everything(session: Session) -> Iterator[StoredArticle]:
    """Every article, by locale and slug. Two statements for 500 articles."""
    ids = session.scalars(select(Article.id).order_by(Article.locale, Article.slug)).all()
    for some in in_batches(ids):
        found = dict(_read(session, Article.id.in_(some)))
        for _, article in sorted(found.items()):
            yield article
        session.expunge_all()


def _read(
    session: Session, condition: ColumnElement[bool]
) -> Iterator[tuple[Address, StoredArticle]]:
    articles = session.scalars(_statement().where(condition)).all()
    redirects = _redirects(session, [article.id for article in articles])
    for article in articles:
        stored = _stored(article, redirects.get(article.id, ()))
        if stored is not None:
            yield (article.locale, article.slug), stored


def _statement() -> Select[Article]:
    bulk = (ArticleRevision.html, ArticleRevision.toc, ArticleRevision.sections)
    return select(Article).options(
        joinedload(Article.current_revision).options(*(defer(column) for column in bulk)),
        joinedload(Article.published_revision).options(*(defer(column) for column in bulk)),
        joinedload(Article.category),
        joinedload(Article.owner),
        joinedload(Article.organisation),
        joinedload(Article.translation_of),
    )


def _redirects(session: Session, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    statement = (
        select(ArticleRedirect)
        .where(ArticleRedirect.article_id.in_(ids))
        .order_by(ArticleRedirect.slug)
    )
    for redirect in session.scalars(statement):
        found[redirect.article_id] = (*found.get(redirect.article_id, ()), redirect.slug)
    return found


def _stored(article: Article, redirects: Sequence[str]) -> StoredArticle | None:
    current, published = article.current_revision, article.published_revision
    if current is None:
        return None
    meta = FrontMatter(
        title=current.title,
        summary=current.summary,
        locale=article.locale,
        slug=article.slug,
        category=article.category.slug if article.category else "general",
        tags=tuple(current.tags),
        visibility=article.visibility,
        organisation=article.organisation.name if article.organisation else None,
        state=article.state,
        owner=article.owner.email if article.owner else None,
        verified_on=article.verified_on,
        translation_of=article.translation_of.slug if article.translation_of else None,
        redirects_from=tuple(redirects),
    )
    shown = None
    if published is not None:
        shown = Written(
            replace(
                meta,
                title=published.title,
                summary=published.summary,
                tags=tuple(published.tags),
                state=ArticleState.PUBLISHED,
            ),
            published.body,
        )
    return StoredArticle(article.id, article.state, current.id, Written(meta, current.body), shown)
