"""Loading an article for a change, and saying in the product's errors what the rules refuse."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.actor import Actor
from app.db.outbox import bump_index, enqueue
from app.errors import N_, ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.knowledge.models import Article, ArticleRevision, ArticleTag
from app.knowledge.policy import role_flags
from articles.lifecycle import ArticleAction, ArticleState, LifecycleError, Obstacle, transition

ARTICLE_PUBLISHED = "article_published"
"""Kind of the outbox entry; payload: article_id, revision_id, locale, slug, title, first."""
STALE = N_(
    "Somebody changed this article in the meantime. Look at the newest version, then decide again."
)


def get_article(session: Session, article_id: int, *, for_change: bool = False) -> Article:
    """The article with its two revisions. Raises NotFoundError.

    With `for_change` nobody else changes it until the transaction ends.
    """
    statement = (
        select(Article)
        .where(Article.id == article_id)
        .options(joinedload(Article.current_revision), joinedload(Article.published_revision))
    )
    if for_change:
        statement = statement.with_for_update(of=Article)
    article = session.scalar(statement.execution_options(populate_existing=for_change))
    if article is None:
        raise NotFoundError(f"no article {article_id}")
    return article


def current_revision(article: Article) -> ArticleRevision:
    """The newest revision; every article has one. Raises NotFoundError for a broken row."""
    if article.current_revision is None:
        raise NotFoundError(f"article {article.id} has no revision")
    return article.current_revision


def decide(
    article_state: ArticleState, action: ArticleAction, actor: Actor, *, comment: str = ""
) -> ArticleState:
    """The state after the action, for this person.

    Raises ConflictError (not open from this state), ForbiddenError, or InvalidError on `comment`.
    """
    try:
        return transition(article_state, action, role_flags(actor), comment=comment)
    except LifecycleError as error:
        if error.obstacle is Obstacle.ROLE:
            raise ForbiddenError(str(error)) from error
        if error.obstacle is Obstacle.COMMENT:
            message = N_("Say what should change, so that the author knows what to do.")
            raise InvalidError("comment", message) from error
        raise ConflictError(STALE) from error


def check_unchanged(article: Article, expected: int | None) -> None:
    """Raise ConflictError when there is a newer revision than the one the person looked at."""
    if expected is not None and current_revision(article).number != expected:
        raise ConflictError(STALE)


def next_number(session: Session, article_id: int) -> int:
    """The number of an article's next revision."""
    highest = session.scalar(
        select(func.max(ArticleRevision.number)).where(ArticleRevision.article_id == article_id)
    )
    return (highest or 0) + 1


def show_tags(session: Session, article_id: int, tags: Iterable[str]) -> None:
    """Make the tags that readers filter by those of the published revision."""
    session.execute(delete(ArticleTag).where(ArticleTag.article_id == article_id))
    session.add_all(ArticleTag(article_id=article_id, tag=tag) for tag in dict.fromkeys(tags))
    session.flush()


def readers_see_change(
    session: Session, article: Article, *, now: datetime, version: int | None = None
) -> None:
    """Say that what readers see of the article changes with this transaction.

    `version`: the content's version when the caller has raised it already, for many articles.
    """
    article.index_version = bump_index(session, now=now) if version is None else version


def promise_announcement(session: Session, article: Article, *, first: bool, now: datetime) -> None:
    """Promise that whoever waits for this published article is told, once they may read it.

    Call after `readers_see_change`: the key holds the version, as a revision may be withdrawn
    and shown again, or be shown to more people.
    """
    revision = article.published_revision
    if revision is None:
        return
    enqueue(
        session,
        key=f"{ARTICLE_PUBLISHED}:{article.id}:{article.index_version}",
        kind=ARTICLE_PUBLISHED,
        payload={
            "article_id": article.id,
            "revision_id": revision.id,
            "locale": article.locale,
            "slug": article.slug,
            "title": revision.title,
            "first": first,
        },
        now=now,
    )
