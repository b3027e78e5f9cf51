"""Use cases of authors: begin an article, save the next revision, say where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    readers_see_change,
)
from app.knowledge.models import (
    Article,
    ArticleAsset,
    ArticleRedirect,
    ArticleRevision,
    RevisionAsset,
)
from app.knowledge.policy import may_edit, require_staff
from app.knowledge.rendering import ArticleText, PreparedText, prepare
from articles.front_matter import LOCALES
from articles.lifecycle import ArticleAction, ArticleState, Visibility
from articles.slugs import SLUG, slugify, unique_slug

SLUG_TAKEN = N_("Another article in this language has this address. Choose another.")


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article stands and who it is for. `slug` None: made from the title, or kept."""

    slug: str | None = None
    category_id: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    organisation_id: int | None = None
    owner_id: int | None = None
    translation_of_id: int | None = None


def placement_of(article: Article) -> Placement:
    """Where the article stands now."""
    return Placement(
        slug=article.slug,
        category_id=article.category_id,
        visibility=article.visibility,
        organisation_id=article.organisation_id,
        owner_id=article.owner_id,
        translation_of_id=article.translation_of_id,
    )


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
    article = add_draft(
        session,
        actor=actor,
        text=text,
        locale=locale,
        now=now,
        placement=placement,
        video_hosts=video_hosts,
    )
    session.commit()
    return article


def add_draft(
    session: Session,
    *,
    actor: Actor,
    text: ArticleText,
    locale: str,
    now: datetime,
    placement: Placement | None = None,
    video_hosts: Sequence[str] = (),
) -> Article:
    """`create_draft` without the commit: for a use case that writes more in its transaction."""
    require_staff(actor)
    if locale not in LOCALES:
        raise InvalidError("locale", N_("Choose one of the languages offered."))
    prepared = prepare(text, locale=locale, video_hosts=video_hosts)  # before the first statement
    wanted = placement or Placement()
    _check_audience(wanted)
    article = Article(
        locale=locale,
        slug=_free_slug(session, locale, wanted.slug, prepared.text.title),
        state=ArticleState.DRAFT,
        visibility=wanted.visibility,
        organisation_id=_organisation(wanted),
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
        _place(session, article, placement, actor=actor, now=now)
    session.commit()
    return revision


def place(
    session: Session, *, actor: Actor, article_id: int, placement: Placement, now: datetime
) -> Article:
    """Change slug, category, visibility, owner or translation alone; one commit.

    An address that readers knew goes on leading to the article. Raises ForbiddenError or
    InvalidError.
    """
    require_staff(actor)
    article = get_article(session, article_id, for_change=True)
    if not may_edit(actor, article):
        raise ForbiddenError("only editors may change this article")
    _place(session, article, placement, actor=actor, now=now)
    session.commit()
    return article


def discard_draft(session: Session, *, actor: Actor, article_id: int, now: datetime) -> Article:
    """Drop the newer draft of a published article; it stays in the history. One commit."""
    article = get_article(session, article_id, for_change=True)
    if not may_edit(actor, article):
        raise ForbiddenError("only editors may change this article")
    if article.published_revision is not None:
        article.current_revision = article.published_revision
        article.state = ArticleState.PUBLISHED
        article.updated_at = now
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
        html=prepared.html,
        toc=[[str(level), anchor, title] for level, anchor, title in prepared.toc],
        sections=[[part.anchor, part.title, part.text] for part in prepared.sections],
        author_id=author_id,
        created_at=now,
    )
    session.add(revision)
    session.flush()
    if prepared.assets:
        known = session.scalars(
            select(ArticleAsset.id).where(ArticleAsset.name.in_(prepared.assets))
        )
        session.add_all(RevisionAsset(revision_id=revision.id, asset_id=each) for each in known)
    return revision


def text_of(revision: ArticleRevision) -> ArticleText:
    """What a revision says."""
    return ArticleText(revision.title, revision.summary, revision.body, tuple(revision.tags))


def _place(
    session: Session, article: Article, wanted: Placement, *, actor: Actor, now: datetime
) -> None:
    wanted = replace(
        wanted, slug=wanted.slug or article.slug, organisation_id=_organisation(wanted)
    )
    if wanted == placement_of(article):
        return
    if article.published_at is not None and not actor.curates:
        raise ForbiddenError("only editors may move what readers see")
    _check_audience(wanted)
    if wanted.slug is not None and wanted.slug != article.slug:
        move(session, article, wanted.slug)
    article.visibility = wanted.visibility
    article.organisation_id = wanted.organisation_id
    article.category_id = wanted.category_id
    article.owner_id = wanted.owner_id
    article.translation_of_id = wanted.translation_of_id
    article.updated_at = now
    if article.published_revision_id is not None:
        readers_see_change(session, article, now=now)
    session.flush()


def move(session: Session, article: Article, slug: str) -> None:
    """Give an article another slug; the old address goes on leading to it once readers knew it."""
    _check_slug(session, article.locale, slug)
    redirects = {
        redirect.slug: redirect
        for redirect in session.scalars(
            select(ArticleRedirect).where(
                ArticleRedirect.locale == article.locale,
                ArticleRedirect.slug.in_([slug, article.slug]),
            )
        )
    }
    if slug in redirects:
        session.delete(redirects[slug])  # an article stands there now
    if article.published_at is not None:
        if article.slug in redirects:
            redirects[article.slug].article_id = article.id
        else:
            session.add(
                ArticleRedirect(locale=article.locale, slug=article.slug, article_id=article.id)
            )
    article.slug = slug
    session.flush()


def _free_slug(session: Session, locale: str, wanted: str | None, title: str) -> str:
    if wanted:
        _check_slug(session, locale, wanted)
        return wanted
    base = slugify(title, fallback="article")
    taken: set[str] = set()
    for column, place_locale in (
        (Article.slug, Article.locale),
        (ArticleRedirect.slug, ArticleRedirect.locale),
    ):
        taken |= set(
            session.scalars(
                select(column).where(
                    place_locale == locale, column.startswith(base, autoescape=True)
                )
            )
        )
    return unique_slug(base, taken)


def _check_slug(session: Session, locale: str, slug: str) -> None:
    if not SLUG.fullmatch(slug):
        message = N_("Use letters without accents, digits and hyphens, such as reset-my-password.")
        raise InvalidError("slug", message)
    taken = select(Article.id).where(Article.locale == locale, Article.slug == slug)
    if session.scalar(taken) is not None:
        raise InvalidError("slug", SLUG_TAKEN)


def _check_audience(wanted: Placement) -> None:
    if wanted.visibility is Visibility.ORGANISATION and wanted.organisation_id is None:
        raise InvalidError("organisation", N_("Choose the organisation that may read it."))


def _organisation(wanted: Placement) -> int | None:
    return wanted.organisation_id if wanted.visibility is Visibility.ORGANISATION else None


__all__ = [
    "Placement",
    "add_draft",
    "add_revision",
    "create_draft",
    "discard_draft",
    "move",
    "place",
    "placement_of",
    "save_revision",
    "text_of",
]
