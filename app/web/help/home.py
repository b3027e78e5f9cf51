"""The front page of the help centre, and the page of a category."""

from flask import Blueprint, render_template, request, url_for

from app.errors import NotFoundError
from app.knowledge import browsing
from app.web.access import Access, access
from app.web.forms import whole_number
from app.web.locale import LOCALES, content_locale
from app.web.request_context import current_actor, db

blueprint = Blueprint("help_home", __name__)


@blueprint.get("/")
@access(Access.PUBLIC)
def home() -> str:
    """The front door: search, the shelves, a way to people."""
    shown = browsing.home(db(), current_actor(), content_locale())
    languages = {code: url_for("help_home.home", lang=code) for code in LOCALES}
    return render_template("help/home.html", home=shown, languages=languages)


@blueprint.get("/categories/<slug>")
@access(Access.PUBLIC)
def category(slug: str) -> str:
    """Every article of a category, the most useful first."""
    found = browsing.find_category(
        db(),
        current_actor(),
        content_locale(),
        slug,
        page=request.args.get("page", 1, type=whole_number),
    )
    if found is None:
        raise NotFoundError(f"no category {slug} with anything to read")
    languages = {code: url_for("help_home.category", slug=slug, lang=code) for code in LOCALES}
    return render_template(
        "help/category.html",
        category=found,
        languages=languages,
        page_address=lambda page: url_for("help_home.category", slug=slug, page=page),
    )
