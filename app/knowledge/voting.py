"""What readers say of an article: whether it helped, one vote a reader and revision."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.db.outbox import bump_index
from app.errors import N_, InvalidError, NotFoundError
from app.knowledge.models import Article, ArticleVote
from app.knowledge.policy import visible_articles
from app.knowledge.standing import standing

MAX_REASON = 400


def vote(
    session: Session,
    *,
    actor: Actor,
    article_id: int,
    voter: str,
    helpful: bool,
    now: datetime,
    reason: str = "",
) -> ArticleVote:
    """Record whether the published revision helped; a second vote changes the first. One commit.

    `voter` is a keyed hash of the account or of the visitor's cookie, at most 64 characters.
    Raises NotFoundError for what the reader may not see, InvalidError on `reason`.
    """
    words = reason.replace("\x00", "").strip()
    if len(words) > MAX_REASON:
        raise InvalidError("reason", N_("Use at most %(limit)s characters."), limit=MAX_REASON)
    # The lock lets one of two votes at the same moment see the other.
    article = session.scalar(
        select(Article)
        .where(Article.id == article_id, visible_articles(actor))
        .with_for_update(of=Article)
    )
    if article is None or article.published_revision_id is None:
        raise NotFoundError(f"no article {article_id} to vote on")
    given = session.scalar(
        select(ArticleVote).where(
            ArticleVote.article_id == article_id,
            ArticleVote.revision_id == article.published_revision_id,
            ArticleVote.voter == voter,
        )
    )
    if given is None:
        given = ArticleVote(
            article_id=article_id, revision_id=article.published_revision_id, voter=voter
        )
        session.add(given)
    given.helpful = helpful
    given.reason = words
    given.created_at = now
    session.flush()
    statement = (
        select(ArticleVote.helpful, func.count())
        .where(ArticleVote.article_id == article_id)
        .group_by(ArticleVote.helpful)
    )
    counts = {verdict: count for verdict, count in session.execute(statement)}  # noqa: C416 - rows are no pairs to mypy
    before = standing_of(article)
    article.helpful_count = counts.get(True, 0)
    article.unhelpful_count = counts.get(False, 0)
    if standing_of(article) != before:
        article.index_version = bump_index(session, now=now)
    session.commit()
    return given


def find_vote(session: Session, *, revision_id: int, voter: str) -> ArticleVote | None:
    """What this reader said of this revision. One statement."""
    return session.scalar(
        select(ArticleVote).where(
            ArticleVote.revision_id == revision_id, ArticleVote.voter == voter
        )
    )


def count_solved(session: Session, article_id: int, *, by: int = 1) -> None:
    """Count a draft or a ticket that the article solved (`by` -1: take it back).

    Part of the caller's transaction: no commit here.
    """
    session.execute(
        update(Article)
        .where(Article.id == article_id, Article.solved_count + by >= 0)
        .values(solved_count=Article.solved_count + by)
    )


def hold(session: Session, article_ids: Collection[int]) -> None:
    """Lock articles until the commit: all in the order of ids, and before the content's version.

    Two transactions that hold what the other waits for would both wait for ever.
    """
    wanted = select(Article.id).where(Article.id.in_(article_ids)).order_by(Article.id)
    session.execute(wanted.with_for_update()).all()


def teach(session: Session, article_ids: Collection[int], *, now: datetime) -> None:
    """Say that what customers' words teach about these articles changes with this transaction.

    Call `hold` before anything else of the transaction changes an article or the version. No
    commit here.
    """
    version = bump_index(session, now=now)
    session.execute(
        update(Article).where(Article.id.in_(article_ids)).values(taught_version=version)
    )


def count_verdict(
    session: Session, article_id: int, *, worked: int = 0, failed: int = 0, now: datetime
) -> None:
    """Count what one person said of a suggested article (-1: take it back).

    The ranker hears of it when it changes the article's standing. Part of the caller's
    transaction: no commit here.
    """
    article = session.get_one(Article, article_id, with_for_update=True, populate_existing=True)
    before = standing_of(article)
    article.worked_count = max(article.worked_count + worked, 0)
    article.failed_count = max(article.failed_count + failed, 0)
    if standing_of(article) != before:
        article.index_version = bump_index(session, now=now)


def standing_of(article: Article) -> float:
    """What votes and verdicts add to an article's rank (see `standing`)."""
    return standing(
        article.helpful_count + article.worked_count,
        article.unhelpful_count + article.failed_count,
    )
