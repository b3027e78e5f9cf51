"""The search page, and the results that appear while somebody types."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, render_template, request, url_for

from app.knowledge import browsing
from app.knowledge.searching import Filters, SearchResults, search_articles
from app.web.access import Access, access
from app.web.forms import whole_number
from app.web.limits import limiter, search_limit
from app.web.locale import LOCALES, content_locale
from app.web.navigation import offer_languages
from app.web.request_context import current_actor, db, product
from search.query_text import MAX_QUERY_CHARACTERS

blueprint = Blueprint("help_search", __name__, url_prefix="/search")

ALL_LANGUAGES: Final = "all"
_LIVE_RESULTS: Final = 6
_TAGS_OFFERED: Final = 8
_MAX_FILTER_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the search page says."""

    text: str
    was_long: bool
    language: str
    language_chosen: bool
    """Whether the address names a language; else it is the page's."""
    category: str | None
    tag: str | None
    page: int

    @property
    def filters(self) -> Filters:
        locale = None if self.language == ALL_LANGUAGES else self.language
        return Filters(locale=locale, category=self.category, tag=self.tag)

    @property
    def is_narrowed(self) -> bool:
        """Whether the reader chose a filter that may hide something."""
        chosen_language = self.language_chosen and self.language != ALL_LANGUAGES
        return bool(self.category or self.tag or chosen_language)

    def address(self, **changes: Any) -> str:
        """This search with something changed; from its first page unless told otherwise."""
        arguments: dict[str, Any] = {
            "q": self.text,
            "language": self.language if self.language_chosen else None,
            "category": self.category,
            "tag": self.tag,
            "page": None,
            **changes,
        }
        return url_for(
            "help_search.results", **{k: v for k, v in arguments.items() if v is not None}
        )


@blueprint.get("")
@access(Access.PUBLIC)
@limiter.limit(search_limit)
def results() -> str:
    """Articles for what was typed; in the other language too, when this one has none."""
    asked = _asked()
    found = _search(asked.text, asked.filters, asked.page)
    language = asked.language
    if not found.total and found.is_ready and asked.text and not asked.language_chosen:
        everywhere = Filters(category=asked.category, tag=asked.tag)
        found = _search(asked.text, everywhere, asked.page)
        language = ALL_LANGUAGES if found.total else language
    offer_languages({code: url_for("help_search.results", lang=code, q=asked.text or None)
                     for code in LOCALES})  # fmt: skip
    tags = Counter(tag for hit in found.hits for tag in hit.card.tags)
    return render_template(
        "help/search.html",
        asked=asked,
        language=language,
        found=found,
        was_cut=found.was_cut or asked.was_long,
        was_loosened=found.was_loosened,
        categories=browsing.category_facets(db(), current_actor(), content_locale()),
        tags=[tag for tag, _count in tags.most_common(_TAGS_OFFERED)],
        page_address=lambda page: asked.address(page=page),
    )


@blueprint.get("/live")
@access(Access.PUBLIC)
@limiter.limit(search_limit)
def live() -> str:
    """The first few results, as a fragment for the list under the search box."""
    asked = _asked()
    found = _search(asked.text, asked.filters, 1, per_page=_LIVE_RESULTS)
    if not found.total and not asked.language_chosen:
        found = _search(asked.text, Filters(), 1, per_page=_LIVE_RESULTS)
    return render_template("help/_results.html", asked=asked, found=found)


def _asked() -> Asked:
    typed = " ".join(request.args.get("q", "").split())
    language = request.args.get("language", "")
    language_chosen = language in {*LOCALES, ALL_LANGUAGES}
    return Asked(
        text=typed[:MAX_QUERY_CHARACTERS],
        was_long=len(typed) > MAX_QUERY_CHARACTERS,
        language=language if language_chosen else content_locale(),
        language_chosen=language_chosen,
        category=_filter("category"),
        tag=_filter("tag"),
        page=request.args.get("page", 1, type=whole_number),
    )


def _filter(name: str) -> str | None:
    return request.args.get(name, "")[:_MAX_FILTER_CHARACTERS] or None


def _search(text: str, filters: Filters, page: int, *, per_page: int = 10) -> SearchResults:
    if not text:
        return SearchResults()
    return search_articles(
        db(),
        product().indexes,
        actor=current_actor(),
        text=text,
        locale=content_locale(),
        filters=filters,
        page=page,
        per_page=per_page,
    )
