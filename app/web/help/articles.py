"""The page of an article: reading it, and saying whether it helped."""

from datetime import date, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import N_, GoneError, InvalidError, NotFoundError
from app.knowledge import queries, voting
from app.knowledge.cards import ArticleCard
from app.knowledge.models import ArticleVote
from app.knowledge.queries import Moved, OtherLanguage, PublishedArticle, Withdrawn
from app.web.access import Access, access
from app.web.errors import say
from app.web.help.article_html import for_page
from app.web.limits import limiter, suggestions_limit
from app.web.locale import content_locale
from app.web.navigation import offer_languages
from app.web.request_context import current_account, current_actor, db, looking, now
from app.web.visitor import COOKIE, keyed_hash, visitor

blueprint = Blueprint("help_articles", __name__, url_prefix="/articles")

_TOC_LEVELS = frozenset({2, 3})


@blueprint.get("/<slug>")
@access(Access.PUBLIC)
def show(slug: str) -> str | Response:
    """The article; the other language's, labelled, where there is none in this one."""
    found = queries.find_published(db(), current_actor(), content_locale(), slug)
    match found:
        case Moved(locale, new_slug):
            return redirect(url_for("help_articles.show", lang=locale, slug=new_slug), 301)
        case OtherLanguage(card):
            found = queries.find_published(db(), current_actor(), card.locale, card.slug)
    if isinstance(found, Withdrawn):
        raise GoneError(f"the article {slug} was withdrawn")
    if not isinstance(found, PublishedArticle):
        raise NotFoundError(f"no article {slug}")
    return _page(found)


@blueprint.post("/<slug>/vote")
@access(Access.PUBLIC)
@limiter.limit(suggestions_limit)
def vote(slug: str) -> str | Response | tuple[str, int]:
    """Keep what the reader says of the article, and show the page again with thanks."""
    card = _find_card(slug)
    if card is None:
        raise NotFoundError(f"no article {slug} to vote on")
    answer = request.form.get("helpful")
    if answer not in {"yes", "no"}:
        raise InvalidError("helpful", N_("Choose yes or no."))
    reason = request.form.get("reason", "")
    try:
        voting.vote(
            db(),
            actor=current_actor(),
            article_id=card.id,
            voter=_voter(),
            helpful=answer == "yes",
            reason=reason if answer == "no" else "",
            now=now(),
        )
    except InvalidError as error:
        with looking() as reading:
            article = queries.find_published(reading, current_actor(), card.locale, card.slug)
        if not isinstance(article, PublishedArticle):
            raise
        return _page(article, vote_error=say(error), reason=reason), 422
    return redirect(url_for("help_articles.show", slug=slug, _anchor="feedback"), 303)


def _find_card(slug: str) -> ArticleCard | None:
    with looking() as reading:
        found = queries.find_published(reading, current_actor(), content_locale(), slug)
    return found.card if isinstance(found, PublishedArticle | OtherLanguage) else None


def _page(article: PublishedArticle, *, vote_error: str = "", reason: str = "") -> str:
    card = article.card
    languages = {card.locale: card.path}
    with looking() as reading:
        for other in queries.translations(reading, current_actor(), card.id):
            languages[other.locale] = other.path
        related = queries.related(reading, current_actor(), card)
        given = _given(card) if not vote_error else None
    here = url_for("help_articles.show", slug=card.slug)
    offer_languages({content_locale(): here, **languages})
    return render_template(
        "help/article.html",
        card=card,
        html=for_page(article.html),
        toc=[entry for entry in article.toc if entry[0] in _TOC_LEVELS],
        languages=languages,
        related=related,
        verified=_verified(card.verified_on),
        given=given,
        vote_error=vote_error,
        reason=reason,
    )


def _given(card: ArticleCard) -> ArticleVote | None:
    """The reader's vote on what is shown. Who has no cookie yet has not voted."""
    if current_account() is None and COOKIE not in request.cookies:
        return None
    with looking() as reading:
        return voting.find_vote(reading, revision_id=card.revision_id, voter=_voter())


def _voter() -> str:
    account = current_account()
    return keyed_hash("voter", str(account.id)) if account is not None else visitor()


def _verified(day: date | None) -> str:
    """When somebody last checked that the article is right: "Verified 3 weeks ago"."""
    if day is None:
        return ""
    days = (now().date() - day).days
    if days <= 0:
        return str(_("Verified today"))
    ago = format_timedelta(timedelta(days=-days), add_direction=True, threshold=1.2)
    return str(_("Verified %(when)s", when=ago))
