"""Where an article stands: its address, category, readers, owner and translation."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.errors import N_, ForbiddenError, InvalidError
from app.knowledge.loading import get_article, promise_announcement, readers_see_change
from app.knowledge.models import Article, ArticleRedirect, Category
from app.knowledge.policy import may_edit, require_staff
from articles.lifecycle import Visibility
from articles.slugs import SLUG, slugify, unique_slug

CATEGORY_MISSING = N_("Choose a category: without one, nobody finds the article by browsing.")
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
    put(session, article, placement, actor=actor, now=now)
    session.commit()
    return article


def put(
    session: Session, article: Article, wanted: Placement, *, actor: Actor, now: datetime
) -> None:
    """`place` for a loaded article, without the commit."""
    wanted = replace(
        wanted, slug=wanted.slug or article.slug, organisation_id=organisation_of(wanted)
    )
    if wanted == placement_of(article):
        return
    if article.published_at is not None and not actor.curates:
        raise ForbiddenError("only editors may move what readers see")
    check_audience(wanted)
    if article.published_revision_id is not None and wanted.category_id != article.category_id:
        chosen_category(session, wanted.category_id)
    if wanted.slug is not None and wanted.slug != article.slug:
        move(session, article, wanted.slug)
    readers_change = (wanted.visibility, wanted.organisation_id) != (
        article.visibility,
        article.organisation_id,
    )
    article.visibility = wanted.visibility
    article.organisation_id = wanted.organisation_id
    article.category_id = wanted.category_id
    article.owner_id = wanted.owner_id
    article.translation_of_id = wanted.translation_of_id
    article.updated_at = now
    if article.published_revision_id is not None:
        readers_see_change(session, article, now=now)
        if readers_change:
            promise_announcement(session, article, first=False, now=now)
    session.flush()


def chosen_category(session: Session, category_id: int | None) -> int | None:
    """The category in which an article is shown: readers browse by category, and by nothing else.

    None only while there is no category at all. Raises InvalidError on `category`.
    """
    known = set(session.scalars(select(Category.id)))
    if known and category_id not in known:
        raise InvalidError("category", CATEGORY_MISSING)
    return category_id if known else None


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


def free_slug(session: Session, locale: str, wanted: str | None, title: str) -> str:
    """The slug wanted, or one made from the title that nobody has. Raises InvalidError."""
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


def check_audience(wanted: Placement) -> None:
    """Raise InvalidError on `organisation` when the readers are one that is not named."""
    if wanted.visibility is Visibility.ORGANISATION and wanted.organisation_id is None:
        raise InvalidError("organisation", N_("Choose the organisation that may read it."))


def organisation_of(wanted: Placement) -> int | None:
    """The organisation whose members alone may read; None for every other visibility."""
    return wanted.organisation_id if wanted.visibility is Visibility.ORGANISATION else None
