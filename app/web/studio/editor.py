"""Write an article: its text, where it stands, who will see it, with a preview."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, StringField, TextAreaField

from app.accounts.queries import organisations
from app.errors import N_, ConflictError, InvalidError
from app.knowledge import studio
from app.knowledge.loading import current_revision
from app.knowledge.models import Article
from app.knowledge.policy import may_edit
from app.knowledge.rendering import ArticleText, render_body
from app.knowledge.sent_back import sent_back
from app.knowledge.studio import find_by_address
from app.knowledge.writing import Placement, create_draft, save_revision
from app.web.access import Access, access
from app.web.errors import say
from app.web.forms import find_number, options, show, written
from app.web.help.article_html import for_page
from app.web.locale import LOCALE_NAMES, LOCALES, interface_locale
from app.web.request_context import current_actor, db, looking, now, settings
from app.web.studio.articles import get_for_studio
from app.web.studio.images import warn_of_images, warn_of_images_in
from app.web.studio.words import STATE_NAMES, VISIBILITY_NAMES
from articles.lifecycle import Visibility

blueprint = Blueprint("studio_editor", __name__, url_prefix="/studio/articles")


class ArticleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    title = StringField(lazy_gettext("Title"))
    summary = StringField(lazy_gettext("Summary"))
    body = TextAreaField(lazy_gettext("Text"))
    locale = SelectField(lazy_gettext("Language"), choices=options(LOCALE_NAMES.items()))
    category = SelectField(lazy_gettext("Category"), coerce=int)
    tags = StringField(lazy_gettext("Tags"))
    visibility = SelectField(
        lazy_gettext("Who will see this"), choices=options(VISIBILITY_NAMES.items())
    )
    organisation = SelectField(lazy_gettext("Organisation"), coerce=int)
    slug = StringField(lazy_gettext("Address"))
    translation_of = StringField(lazy_gettext("Translation of"))
    expected = HiddenField()

    def offer(self, session: Session) -> None:
        """Fill the lists to choose from."""
        locale = interface_locale()
        categories = [(each.id, each.name(locale)) for each in studio.all_categories(session)]
        self.category.choices = options([(0, _("None")), *categories])
        groups = [(each.id, each.name) for each in organisations(session)]
        self.organisation.choices = options([(0, _("None")), *groups])

    def text(self) -> ArticleText:
        """What the author wrote."""
        tags = tuple(tag.strip() for tag in written(self.tags).split(",") if tag.strip())
        return ArticleText(written(self.title), written(self.summary), written(self.body), tags)

    def placement(self, session: Session, *, locale: str, article: Article | None) -> Placement:
        """Where the author wants it. Raises InvalidError on `translation_of`."""
        return Placement(
            slug=written(self.slug).strip() or None,
            category_id=self.category.data or None,
            visibility=Visibility(self.visibility.data),
            organisation_id=self.organisation.data or None,
            owner_id=article.owner_id if article is not None else None,
            translation_of_id=self._original(session, locale),
        )

    def _original(self, session: Session, locale: str) -> int | None:
        slug = written(self.translation_of).strip().rstrip("/").rpartition("/")[2]
        if not slug:
            return None
        for other in LOCALES:
            found = find_by_address(session, other, slug) if other != locale else None
            if found is not None:
                return found.id
        raise InvalidError(
            "translation_of", N_("There is no article with this address in the other language.")
        )


@blueprint.get("/new")
@access(Access.STAFF)
def new() -> str:
    """An empty article."""
    form = ArticleForm(locale=request.args.get("locale", interface_locale()))
    form.offer(db())
    return _page(form, None)


@blueprint.post("/new")
@access(Access.STAFF)
def create() -> tuple[str, int] | Response:
    """Save a first draft, or show how it would look."""
    form = ArticleForm()
    with looking() as reading:
        form.offer(reading)
    if "preview" in request.form:
        return _page(form, None, preview=_preview(form, written(form.locale))), 200
    if form.validate():
        try:
            with looking() as reading:
                placement = form.placement(reading, locale=form.locale.data, article=None)
            article = create_draft(
                db(),
                actor=current_actor(),
                text=form.text(),
                locale=form.locale.data,
                placement=placement,
                now=now(),
                video_hosts=settings().video_hosts,
            )
        except InvalidError as error:
            show(error, form)
        else:
            flash(_("Draft saved."), "good")
            return redirect(url_for(".edit", article_id=article.id))
    return _page(form, None), 422


@blueprint.get("/<int:article_id>/edit")
@access(Access.STAFF)
def edit(article_id: int) -> str:
    """The newest revision, to be changed."""
    article = get_for_studio(article_id)
    revision = current_revision(article)
    original = article.translation_of
    form = ArticleForm(
        formdata=None,
        title=revision.title,
        summary=revision.summary,
        body=revision.body,
        locale=article.locale,
        category=article.category_id or 0,
        tags=", ".join(revision.tags),
        visibility=article.visibility.value,
        organisation=article.organisation_id or 0,
        slug=article.slug,
        translation_of=original.slug if original else "",
        expected=revision.number,
    )
    form.offer(db())
    return _page(form, article)


@blueprint.post("/<int:article_id>/edit")
@access(Access.STAFF)
def save(article_id: int) -> tuple[str, int] | Response:
    """Save the next revision, or show how it would look."""
    form = ArticleForm()
    with looking() as reading:
        form.offer(reading)
        article = studio.find_for_studio(reading, current_actor(), article_id)
    article = article or get_for_studio(article_id)
    form.locale.data = article.locale
    if "preview" in request.form:
        return _page(form, article, preview=_preview(form, article.locale)), 200
    conflict = ""
    if form.validate():
        try:
            with looking() as reading:
                placement = form.placement(reading, locale=article.locale, article=article)
            save_revision(
                db(),
                actor=current_actor(),
                article_id=article_id,
                text=form.text(),
                expected=_number(form),
                placement=placement,
                now=now(),
                video_hosts=settings().video_hosts,
            )
        except InvalidError as error:
            show(error, form)
        except ConflictError as error:
            conflict = say(error)
        else:
            flash(_("Saved."), "good")
            return redirect(url_for(".edit", article_id=article_id))
    return _page(form, article, conflict=conflict), 409 if conflict else 422


@blueprint.post("/preview")
@access(Access.STAFF)
def preview() -> tuple[str, int]:
    """How a text would look: the fragment beside the editor."""
    form = ArticleForm()
    return _preview(form, written(form.locale)), 200


def _preview(form: ArticleForm, locale: str) -> str:
    problem, html, missing = "", "", ""
    try:
        rendered = render_body(
            written(form.body),
            locale=locale if locale in LOCALES else interface_locale(),
            video_hosts=settings().video_hosts,
        )
    except InvalidError as error:
        problem = say(error)
    else:
        html, missing = rendered.html, warn_of_images(rendered.images)
    return render_template(
        "studio/_preview.html",
        title=written(form.title),
        summary=written(form.summary),
        html=for_page(html),
        missing_images=missing,
        problem=problem,
        locale=locale,
    )


def _number(form: ArticleForm) -> int:
    return find_number(written(form.expected)) or 0


def _page(
    form: ArticleForm, article: Article | None, *, preview: str = "", conflict: str = ""
) -> str:
    actor = current_actor()
    returned = None
    if article is not None:
        with looking() as reading:
            returned = sent_back(reading, actor, [article.id]).get(article.id)
    return render_template(
        "studio/editor.html",
        form=form,
        article=article,
        sent_back=returned,
        missing_images=warn_of_images_in(written(form.body), written(form.locale)),
        preview=Markup(preview),  # noqa: S704 - our own template
        conflict=conflict,
        may_edit=article is None or may_edit(actor, article),
        state_names=STATE_NAMES,
    )
