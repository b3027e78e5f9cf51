"""Look at an article as its readers would, and decide."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import InvalidError
from app.knowledge import reviewing, studio
from app.knowledge.loading import current_revision
from app.knowledge.models import Article
from app.knowledge.policy import is_author, may_edit, role_flags
from app.knowledge.sent_back import sent_back
from app.knowledge.writing import discard_draft
from app.tickets.sources import source_ticket
from app.web.access import Access, access
from app.web.errors import say
from app.web.forms import whole_number
from app.web.help.article_html import for_page
from app.web.links import absolute
from app.web.request_context import current_actor, db, looking, now
from app.web.studio.articles import get_for_studio
from app.web.studio.images import warn_of_images_in
from app.web.studio.words import ACTION_NAMES, STATE_NAMES, VISIBILITY_NAMES
from articles.drafting import has_private_marks
from articles.lifecycle import ArticleAction, ArticleState, allowed_actions

blueprint = Blueprint("studio_review", __name__, url_prefix="/studio/articles/<int:article_id>")


@blueprint.get("")
@access(Access.STAFF)
def article(article_id: int) -> str:
    """The newest revision as readers would see it, and the decisions that are open."""
    return _page(get_for_studio(article_id))


@blueprint.post("/submit")
@access(Access.STAFF)
def submit(article_id: int) -> tuple[str, int] | Response:
    """Hand the draft to the editors."""
    return _decide(
        article_id,
        partial(reviewing.submit, comment=_comment(), expected=_expected(), now=now()),
        lazy_gettext("Sent to review. An editor decides next."),
    )


@blueprint.post("/publish")
@access(Access.CURATION)
def publish(article_id: int) -> tuple[str, int] | Response:
    """Show the newest revision to readers."""
    return _decide(
        article_id,
        partial(
            reviewing.publish,
            comment=_comment(),
            expected=_expected(),
            category_id=request.form.get("category", type=whole_number),
            now=now(),
        ),
        lazy_gettext("Published. Readers find it from now on."),
    )


@blueprint.post("/send-back")
@access(Access.CURATION)
def send_back(article_id: int) -> tuple[str, int] | Response:
    """Return it to its author, saying why."""
    return _decide(
        article_id,
        partial(
            reviewing.send_back,
            comment=_comment(),
            url=absolute("studio_review.article", article_id=article_id),
            expected=_expected(),
            now=now(),
        ),
        lazy_gettext("Sent back with your comment."),
    )


@blueprint.post("/withdraw")
@access(Access.CURATION)
def withdraw(article_id: int) -> tuple[str, int] | Response:
    """Take it from readers, at once."""
    return _decide(
        article_id,
        partial(reviewing.withdraw, comment=_comment(), now=now()),
        lazy_gettext("Withdrawn. Readers no longer see it."),
    )


@blueprint.post("/restore")
@access(Access.CURATION)
def restore(article_id: int) -> tuple[str, int] | Response:
    """Make a withdrawn article a draft again."""
    return _decide(
        article_id,
        partial(reviewing.restore, comment=_comment(), now=now()),
        lazy_gettext("It is a draft again."),
    )


@blueprint.post("/verify")
@access(Access.CURATION)
def verify(article_id: int) -> tuple[str, int] | Response:
    """Say that it is still right today."""
    return _decide(
        article_id,
        partial(reviewing.mark_verified, today=now().date()),
        lazy_gettext("Marked as verified today."),
    )


@blueprint.post("/discard")
@access(Access.STAFF)
def discard(article_id: int) -> tuple[str, int] | Response:
    """Drop the newer draft of a published article."""
    return _decide(
        article_id,
        partial(discard_draft, now=now()),
        lazy_gettext("The draft is dropped; readers keep the published text."),
    )


def _decide(
    article_id: int, decision: Callable[..., Article], done: LazyString
) -> tuple[str, int] | Response:
    try:
        decision(db(), actor=current_actor(), article_id=article_id)
    except InvalidError as error:
        db().rollback()
        with looking() as reading:
            found = studio.find_for_studio(reading, current_actor(), article_id)
            return _page(found or get_for_studio(article_id), problem=error), 422
    flash(str(done), "good")
    return redirect(url_for(".article", article_id=article_id))


def _comment() -> str:
    return request.form.get("comment", "").strip()


def _expected() -> int | None:
    return request.form.get("expected", type=whole_number)


def _page(article: Article, *, problem: InvalidError | None = None) -> str:
    actor = current_actor()
    revision = current_revision(article)
    with looking() as reading:
        notes = studio.review_notes(reading, actor, article.id)
        ticket = source_ticket(reading, actor, article.id)
        categories = studio.all_categories(reading) if article.category_id is None else ()
        returned = sent_back(reading, actor, [article.id]).get(article.id)
    actions = set(allowed_actions(article.state, role_flags(actor))) - {ArticleAction.EDIT}
    if not (actor.curates or is_author(actor, article)):
        actions.discard(ArticleAction.SUBMIT)
    if actor.curates and article.published_revision_id is not None:
        actions.add(ArticleAction.WITHDRAW)
    marked = any(
        has_private_marks(text) for text in (revision.title, revision.summary, revision.body)
    )
    return render_template(
        "studio/article.html",
        article=article,
        revision=revision,
        html=for_page(revision.html),
        actions=actions,
        may_edit=may_edit(actor, article),
        may_discard=may_edit(actor, article)
        and article.published_revision_id is not None
        and article.state is not ArticleState.PUBLISHED,
        marked=marked,
        missing_images=warn_of_images_in(revision.body, article.locale),
        notes=notes,
        categories=categories,
        chosen_category=request.form.get("category", type=whole_number),
        sent_back=returned,
        ticket=ticket,
        problem=say(problem) if problem else "",
        problem_field=problem.field if problem else "",
        comment=_comment(),
        state_names=STATE_NAMES,
        visibility_names=VISIBILITY_NAMES,
        action_names=ACTION_NAMES,
        heading=_("Review") if article.state is ArticleState.REVIEW else _("Article"),
    )
