"""Use cases between draft and readers: submit, send back, publish, withdraw, restore, verify."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import User
from app.errors import N_, ConflictError, ForbiddenError, InvalidError
from app.knowledge.loading import (
    STALE,
    check_unchanged,
    current_revision,
    decide,
    get_article,
    promise_announcement,
    readers_see_change,
    show_tags,
)
from app.knowledge.mailing import tell_sent_back
from app.knowledge.models import Article, ArticleRevision, ReviewNote
from app.knowledge.placing import chosen_category
from app.knowledge.policy import is_author, require_editor, require_staff
from app.knowledge.sent_back import who_waits
from articles.drafting import has_private_marks, hint_left
from articles.lifecycle import ArticleAction, ArticleState

MAX_COMMENT = 4000


def submit(
    session: Session,
    *,
    actor: Actor,
    article_id: int,
    now: datetime,
    comment: str = "",
    expected: int | None = None,
) -> Article:
    """Hand a draft to the editors; one commit.

    `expected`, here and below, is the number of the revision that the person looked at.
    Raises ConflictError, ForbiddenError; InvalidError for private marks, and for hints of the draft.
    """
    require_staff(actor)
    article = get_article(session, article_id, for_change=True)
    if not (actor.curates or is_author(actor, article)):
        raise ForbiddenError("only its author or an editor may submit a draft")
    check_unchanged(article, expected)
    article.state = decide(article.state, ArticleAction.SUBMIT, actor, comment=comment)
    check_finished(current_revision(article))
    _note(session, article, ArticleAction.SUBMIT, actor, comment, now)
    session.commit()
    return article


def send_back(
    session: Session,
    *,
    actor: Actor,
    article_id: int,
    comment: str,
    url: str,
    now: datetime,
    expected: int | None = None,
) -> Article:
    """Return an article in review to its author, with the reason, by mail too; one commit.

    `url` is the absolute address of the article's page in the studio.
    Raises ConflictError, ForbiddenError, InvalidError on `comment`.
    """
    article = get_article(session, article_id, for_change=True)
    check_unchanged(article, expected)
    article.state = decide(article.state, ArticleAction.SEND_BACK, actor, comment=comment)
    note = _note(session, article, ArticleAction.SEND_BACK, actor, comment, now)
    session.flush()
    reviewer = session.get(User, actor.user_id) if actor.user_id is not None else None
    tell_sent_back(
        session,
        note,
        reviewer=reviewer.name if reviewer else "",
        title=current_revision(article).title,
        to=who_waits(session, actor, article),
        url=url,
        now=now,
    )
    session.commit()
    return article


def publish(
    session: Session,
    *,
    actor: Actor,
    article_id: int,
    now: datetime,
    comment: str = "",
    expected: int | None = None,
    category_id: int | None = None,
) -> Article:
    """Show the newest revision to the readers; one commit.

    The index follows, and an `article_published` outbox entry tells whoever waits for it.
    `category_id` is for an article that stands in no category yet.
    Raises ConflictError, ForbiddenError; InvalidError on `category` when it is missing, and for
    private marks and hints of the draft.
    """
    article = get_article(session, article_id, for_change=True)
    check_unchanged(article, expected)
    article.state = decide(article.state, ArticleAction.PUBLISH, actor, comment=comment)
    revision = current_revision(article)
    check_finished(revision)
    if article.category_id is None:
        article.category_id = chosen_category(session, category_id)
    first = article.published_at is None
    show(session, article, revision, now=now)
    _note(session, article, ArticleAction.PUBLISH, actor, comment, now)
    promise_announcement(session, article, first=first, now=now)
    session.commit()
    return article


def withdraw(
    session: Session, *, actor: Actor, article_id: int, now: datetime, comment: str = ""
) -> Article:
    """Take an article from its readers, at once and everywhere; one commit.

    A newer draft is kept, and restored with it. Raises ConflictError, ForbiddenError.
    """
    article = get_article(session, article_id, for_change=True)
    if article.published_revision_id is None:
        require_editor(actor)
        raise ConflictError(STALE)
    # What is withdrawn is the published revision, even when a newer draft is under way.
    article.state = decide(ArticleState.PUBLISHED, ArticleAction.WITHDRAW, actor, comment=comment)
    hide(session, article, now=now)
    _note(session, article, ArticleAction.WITHDRAW, actor, comment, now)
    session.commit()
    return article


def restore(
    session: Session, *, actor: Actor, article_id: int, now: datetime, comment: str = ""
) -> Article:
    """Make a withdrawn article a draft again; one commit. Raises ConflictError, ForbiddenError."""
    article = get_article(session, article_id, for_change=True)
    article.state = decide(article.state, ArticleAction.RESTORE, actor, comment=comment)
    _note(session, article, ArticleAction.RESTORE, actor, comment, now)
    session.commit()
    return article


def mark_verified(session: Session, *, actor: Actor, article_id: int, today: date) -> Article:
    """Say that the published text is still right today; one commit. Raises ForbiddenError."""
    require_editor(actor)
    article = get_article(session, article_id, for_change=True)
    article.verified_on = today
    session.commit()
    return article


def show(
    session: Session,
    article: Article,
    revision: ArticleRevision,
    *,
    now: datetime,
    version: int | None = None,
) -> None:
    """Make a revision the one that readers see. Flushes. `version` as `readers_see_change`."""
    article.published_revision = revision
    article.published_at = article.published_at or now
    article.updated_at = now
    revision.published_at = revision.published_at or now
    show_tags(session, article.id, revision.tags)
    readers_see_change(session, article, now=now, version=version)
    session.flush()


def hide(session: Session, article: Article, *, now: datetime, version: int | None = None) -> None:
    """Leave readers nothing to see. Flushes. `version` as `readers_see_change`."""
    article.published_revision = None
    article.updated_at = now
    show_tags(session, article.id, ())
    readers_see_change(session, article, now=now, version=version)
    session.flush()


def check_finished(revision: ArticleRevision) -> None:
    """Raise InvalidError while a draft from a ticket waits for a person's hand."""
    check_no_private_marks(revision)
    hint = hint_left(revision.body)
    if hint:
        raise InvalidError(
            "body",
            N_(
                "“%(hint)s” still stands in the text. Write that part or take it out, then try again."
            ),
            hint=hint,
        )


def check_no_private_marks(revision: ArticleRevision) -> None:
    """Raise InvalidError while ⟦private⟧ words wait for their removal."""
    message = N_(
        "Private details are still marked with ⟦ ⟧. Remove or replace them, then try again."
    )
    for field in ("title", "summary", "body"):
        if has_private_marks(getattr(revision, field)):
            raise InvalidError(field, message)
    if any(has_private_marks(tag) for tag in revision.tags):
        raise InvalidError("tags", message)


def _note(
    session: Session,
    article: Article,
    action: ArticleAction,
    actor: Actor,
    comment: str,
    now: datetime,
) -> ReviewNote:
    if len(comment) > MAX_COMMENT:
        raise InvalidError("comment", N_("Use at most %(limit)s characters."), limit=MAX_COMMENT)
    article.updated_at = now
    note = ReviewNote(
        article_id=article.id,
        author_id=actor.user_id,
        action=action.value,
        text=comment.replace("\x00", "").strip(),
        created_at=now,
    )
    session.add(note)
    return note
