"""Links to articles: the least that a list shows, for what is asked often."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, Integer, bindparam, select

from app.accounts.actor import Actor
from app.db.prepared import Prepared
from app.knowledge.models import Article, ArticleRevision
from app.knowledge.policy import visible_articles
from app.knowledge.rendering import article_path


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """An article that somebody may read, by its address and its name."""

    id: int
    revision_id: int
    locale: str
    slug: str
    title: str
    summary: str

    @property
    def path(self) -> str:
        """The address of its page, without the host."""
        return article_path(self.locale, self.slug)


def published_links(
    connection: Connection, actor: Actor, ids: Iterable[int | str]
) -> dict[int, ArticleLink]:
    """Those articles as far as this person may read them now. One statement.

    Takes ids of articles or of the text engine's documents, which are the same numbers.
    """
    wanted = sorted({int(each) for each in ids})
    if not wanted:
        return {}
    named = {f"id_{place}": number for place, number in enumerate(wanted)}
    rows = _links(actor, tuple(named)).fetch(connection, named)
    return {row[0]: ArticleLink(*row) for row in rows}


@lru_cache(maxsize=256)
def _links(actor: Actor, names: tuple[str, ...]) -> Prepared:
    """The statement for so many articles that a person may read."""
    articles, revisions = Article.__table__.c, ArticleRevision.__table__.c
    return Prepared(
        select(
            articles.id,
            revisions.id.label("revision_id"),
            articles.locale,
            articles.slug,
            revisions.title,
            revisions.summary,
        )
        .join_from(
            Article.__table__,
            ArticleRevision.__table__,
            revisions.id == articles.published_revision_id,
        )
        .where(
            visible_articles(actor, articles),
            articles.id.in_([bindparam(name, type_=Integer()) for name in names]),
        )
    )
