"""Drafts that a reviewer sent back: which they are, why, and who is told."""

from collections.abc import Collection

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.actor import Actor
from app.accounts.models import Role, User
from app.knowledge.models import Article, ArticleRevision, ReviewNote
from app.knowledge.policy import require_staff
from articles.lifecycle import ArticleAction, ArticleState


def sent_back(
    session: Session, actor: Actor, article_ids: Collection[int]
) -> dict[int, ReviewNote]:
    """The reviewer's word on each of these articles that is a draft because it was sent back.

    By the article's id, with its author loaded. What happened to the article since then (it was
    submitted again, published by an import, or dropped) ends it. One statement. Raises
    ForbiddenError.
    """
    require_staff(actor)
    shown = aliased(ArticleRevision)
    latest = (
        select(func.max(ReviewNote.id))
        .where(ReviewNote.article_id.in_(article_ids))
        .group_by(ReviewNote.article_id)
    )
    notes = session.scalars(
        select(ReviewNote)
        .join(Article, Article.id == ReviewNote.article_id)
        .outerjoin(shown, shown.id == Article.published_revision_id)
        .where(
            ReviewNote.id.in_(latest),
            ReviewNote.action == ArticleAction.SEND_BACK.value,
            Article.state == ArticleState.DRAFT,
            or_(shown.published_at.is_(None), shown.published_at <= ReviewNote.created_at),
        )
        .options(joinedload(ReviewNote.author))
    )
    return {note.article_id: note for note in notes}


def who_waits(session: Session, actor: Actor, article: Article) -> list[User]:
    """Who must know of a decision on a draft: its owner, its writer, and who sent it to review.

    Not the person who decides, nor whoever cannot work on articles any more. Two statements.
    """
    submitted_by = session.scalar(
        select(ReviewNote.author_id)
        .where(
            ReviewNote.article_id == article.id,
            ReviewNote.action == ArticleAction.SUBMIT.value,
        )
        .order_by(ReviewNote.id.desc())
        .limit(1)
    )
    revision = article.current_revision
    writer = revision.author_id if revision is not None else None
    known = {article.owner_id, writer, submitted_by} - {None, actor.user_id}
    return list(
        session.scalars(
            select(User)
            .where(User.id.in_(known), User.disabled_at.is_(None), User.role != Role.CUSTOMER)
            .order_by(User.id)
        )
    )
