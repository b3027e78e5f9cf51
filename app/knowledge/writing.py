"""Use cases of authors: begin an article, save the next revision."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.errors import N_, ForbiddenError, InvalidError
from app.knowledge.loading import (
    check_unchanged,
    current_revision,
    decide,
    get_article,
    next_number,
)
from app.knowledge.models import (
    DRAFT_DROPPED,
    Article,
    ArticleAsset,
    ArticleRevision,
    ReviewNote,
    RevisionAsset,
)
from app.knowledge.placing import (
    Placement,
    check_audience,
    free_slug,
    organisation_of,
    put,
)
from app.knowledge.policy import may_edit, require_staff
from app.knowledge.rendering import ArticleText, PreparedText, prepare
from articles.front_matter import LOCALES
from articles.lifecycle import ArticleAction, ArticleState


def create_draft(
    session: Session,
    *,
    actor: Actor,
    text: ArticleText,
    locale: str,
    now: datetime,
    placement: Placement | None = None,
    video_hosts: Sequence[str] = (),
) -> Article:
    """Begin an article, owned by its author unless `placement` names an owner; one commit.

    Raises ForbiddenError, or InvalidError on `title`, `summary`, `tags`, `body`, `slug`,
    `organisation` or `locale`.
    """
    require_staff(actor)
    if locale not in LOCALES:
        raise InvalidError("locale", N_("Choose one of the languages offered."))
    prepared = prepare(text, locale=locale, video_hosts=video_hosts)  # before the first statement
    article = add_draft(
        session, actor=actor, prepared=prepared, locale=locale, now=now, placement=placement
    )
    session.commit()
    return article


def add_draft(
    session: Session,
    *,
    actor: Actor,
    prepared: PreparedText,
    locale: str,
    now: datetime,
    placement: Placement | None = None,
) -> Article:
    """`create_draft` of a prepared text, without the commit: a part of a larger use case."""
    require_staff(actor)
    wanted = placement or Placement()
    check_audience(wanted)
    article = Article(
        locale=locale,
        slug=free_slug(session, locale, wanted.slug, prepared.text.title),
        state=ArticleState.DRAFT,
        visibility=wanted.visibility,
        organisation_id=organisation_of(wanted),
        category_id=wanted.category_id,
        owner_id=wanted.owner_id if wanted.owner_id is not None else actor.user_id,
        translation_of_id=wanted.translation_of_id,
        created_at=now,
        updated_at=now,
    )
    session.add(article)
    session.flush()
    article.current_revision = add_revision(
        session, article.id, prepared, number=1, author_id=actor.user_id, now=now
    )
    session.flush()
    return article


def save_revision(
    session: Session,
    *,
    actor: Actor,
    article_id: int,
    text: ArticleText,
    expected: int,
    now: datetime,
    placement: Placement | None = None,
    video_hosts: Sequence[str] = (),
) -> ArticleRevision:
    """Save a changed text as the next revision, and where the article stands; one commit.

    `expected` is the number of the revision that the author began from. An unchanged text makes
    no revision. Readers keep seeing the published one; a change of `placement` shows at once.
    Raises ConflictError (somebody else saved first), ForbiddenError, InvalidError as
    `create_draft`.
    """
    require_staff(actor)
    locale = session.scalar(select(Article.locale).where(Article.id == article_id))
    session.rollback()  # nobody waits for the lock while the text is rendered
    prepared = prepare(text, locale=locale or "en", video_hosts=video_hosts)
    article = get_article(session, article_id, for_change=True)
    if not may_edit(actor, article):
        raise ForbiddenError("only editors may change this article")
    check_unchanged(article, expected)
    revision = current_revision(article)
    if prepared.text != text_of(revision):
        article.state = decide(article.state, ArticleAction.EDIT, actor)
        number = next_number(session, article.id)
        revision = add_revision(
            session, article.id, prepared, number=number, author_id=actor.user_id, now=now
        )
        article.current_revision = revision
        article.updated_at = now
    if placement is not None:
        put(session, article, placement, actor=actor, now=now)
    session.commit()
    return revision


def discard_draft(session: Session, *, actor: Actor, article_id: int, now: datetime) -> Article:
    """Drop the newer draft of a published article; it stays in the history. One commit."""
    article = get_article(session, article_id, for_change=True)
    if not may_edit(actor, article):
        raise ForbiddenError("only editors may change this article")
    if article.published_revision is not None and article.state is not ArticleState.PUBLISHED:
        article.current_revision = article.published_revision
        article.state = ArticleState.PUBLISHED
        article.updated_at = now
        session.add(
            ReviewNote(
                article_id=article.id,
                author_id=actor.user_id,
                action=DRAFT_DROPPED,
                created_at=now,
            )
        )
    session.commit()
    return article


def add_revision(
    session: Session,
    article_id: int,
    prepared: PreparedText,
    *,
    number: int,
    author_id: int | None,
    now: datetime,
) -> ArticleRevision:
    """Write a prepared text as a revision, with the images that it shows. Flushes."""
    revision = ArticleRevision(
        article_id=article_id,
        number=number,
        title=prepared.text.title,
        summary=prepared.text.summary,
        body=prepared.text.body,
        tags=list(prepared.text.tags),
        author_id=author_id,
        created_at=now,
    )
    put_rendering(revision, prepared)
    session.add(revision)
    session.flush()
    if prepared.assets:
        known = session.scalars(
            select(ArticleAsset.id).where(ArticleAsset.name.in_(prepared.assets))
        )
        session.add_all(RevisionAsset(revision_id=revision.id, asset_id=each) for each in known)
    return revision


def put_rendering(revision: ArticleRevision, prepared: PreparedText) -> None:
    """Keep with a revision what is made of its text: HTML, headings, sections. No flush."""
    revision.html = prepared.html
    revision.toc = [[str(level), anchor, title] for level, anchor, title in prepared.toc]
    revision.sections = [[part.anchor, part.title, part.text] for part in prepared.sections]


def text_of(revision: ArticleRevision) -> ArticleText:
    """What a revision says."""
    return ArticleText(revision.title, revision.summary, revision.body, tuple(revision.tags))


__all__ = [
    "Placement",
    "add_draft",
    "add_revision",
    "create_draft",
    "discard_draft",
    "put_rendering",
    "save_revision",
    "text_of",
]
