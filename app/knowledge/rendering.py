"""An article's text made ready for pages and indexes, once, when it is saved.

Links between articles (`article:es/reabrir#pasos`) and images (`asset:<name>`) get their
addresses here: article pages are at /<locale>/articles/<slug>, images at /assets/<name>.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from app.errors import N_, InvalidError
from articles.front_matter import normalise_body
from articles.images import ASSET_NAME
from articles.rendering import RefusalCode, Rendered, RenderRefused, render
from articles.sections import Section, sections

MAX_TITLE: Final = 300
MAX_SUMMARY: Final = 1000
MAX_TAGS: Final = 50
MAX_TAG: Final = 80

_ARTICLE_LINK: Final = re.compile(
    r"article:(?P<locale>[a-z]{2})/(?P<slug>[A-Za-z0-9._-]{1,160})(?P<fragment>#[^\s\"'<>]*)?"
)
_ASSET_LINK: Final = re.compile(rf"asset:(?P<name>{ASSET_NAME.pattern})")
_ASSET_SOURCE: Final = re.compile(rf"(?:asset:|/assets/)(?P<name>{ASSET_NAME.pattern})")

_REFUSALS: Final = {
    RefusalCode.TOO_LONG: N_("The text is longer than 256 KB. Make two articles of it."),
    RefusalCode.NESTED: N_("Quotes or lists are nested too deep. Write them flatter."),
    RefusalCode.SLOW: N_(
        "The text takes too long to turn into a page. Split very long tables, lists and paragraphs."
    ),
    RefusalCode.BUSY: N_("The page could not be made just now. Try again in a moment."),
}
_REFUSALS_IN_LINE: Final = {
    RefusalCode.NESTED: N_(
        "In line %(line)s quotes or lists are nested too deep. Write them flatter."
    ),
    RefusalCode.BRACKETS: N_(
        "The paragraph at line %(line)s holds thousands of the signs [ < or `. Put such text "
        "between two lines of ``` or split the paragraph."
    ),
}


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What somebody wrote: one line of title, a summary, the Markdown body, the tags."""

    title: str
    summary: str = ""
    body: str = ""
    tags: tuple[str, ...] = ()

    @property
    def everything(self) -> str:
        """All of it, for looking something up in it."""
        return "\n".join([self.title, self.summary, *self.tags, self.body])


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A checked text with its HTML, its headings, and its sections in plain words."""

    text: ArticleText
    html: str
    toc: tuple[tuple[int, str, str], ...]
    sections: tuple[Section, ...]
    assets: frozenset[str] = field(default_factory=frozenset)
    """Names of the images that it shows."""


def article_path(locale: str, slug: str, fragment: str = "") -> str:
    """The address of an article's page, without the host."""
    return f"/{locale}/articles/{slug}{fragment}"


def asset_path(name: str) -> str:
    """The address of an article's image, without the host."""
    return f"/assets/{name}"


def resolve_link(reference: str) -> str | None:
    """The address for `article:<locale>/<slug>#fragment`; None when it does not look like one."""
    match = _ARTICLE_LINK.fullmatch(reference)
    if match is None:
        return None
    return article_path(match["locale"], match["slug"], match["fragment"] or "")


def asset_name(source: str) -> str | None:
    """The name of our image that stands behind an image's source; None when it is none of ours."""
    match = _ASSET_SOURCE.fullmatch(source)
    return match["name"] if match else None


def resolve_image(reference: str) -> str | None:
    """The address for `asset:<name>`; None when it does not look like one."""
    match = _ASSET_LINK.fullmatch(reference)
    return asset_path(match["name"]) if match else None


def render_body(body: str, *, locale: str, video_hosts: Sequence[str] = ()) -> Rendered:
    """A Markdown body as HTML with its headings and images, for previews and for looking at it.

    Raises InvalidError on the field `body` that says what to change.
    """
    try:
        return render(
            body,
            link_resolver=resolve_link,
            image_resolver=resolve_image,
            video_hosts=frozenset(video_hosts),
            locale=locale,
        )
    except RenderRefused as refused:
        if refused.line is not None and refused.code in _REFUSALS_IN_LINE:
            message = _REFUSALS_IN_LINE[refused.code]
            raise InvalidError("body", message, line=refused.line) from refused
        message = _REFUSALS.get(refused.code, _REFUSALS[RefusalCode.SLOW])
        raise InvalidError("body", message) from refused


def prepare(text: ArticleText, *, locale: str, video_hosts: Sequence[str] = ()) -> PreparedText:
    """Check and tidy a text and render it. Does not touch the database.

    Raises InvalidError that names the field: `title`, `summary`, `tags` or `body`.
    """
    tidy = tidy_text(text)
    rendered = render_body(tidy.body, locale=locale, video_hosts=video_hosts)
    toc = tuple((entry.level, entry.anchor, entry.title) for entry in rendered.toc)
    parts = tuple(sections(rendered))
    return PreparedText(tidy, rendered.html, toc, parts, assets_of(tidy.body))


def assets_of(body: str) -> frozenset[str]:
    """The names of the images that a Markdown body mentions."""
    return frozenset(match["name"] for match in _ASSET_LINK.finditer(body))


def tidy_text(text: ArticleText) -> ArticleText:
    """The text with blanks and line ends in order and tags named once.

    Raises InvalidError when a part is missing or too long.
    """
    title, summary = _one_line(text.title), _one_line(text.summary)
    tags: dict[str, str] = {}
    for tag in map(_one_line, text.tags):
        if tag:
            tags.setdefault(tag.casefold(), tag)
    if not title:
        raise InvalidError("title", N_("Write a title."))
    if len(title) > MAX_TITLE:
        raise InvalidError("title", N_("Use at most %(limit)s characters."), limit=MAX_TITLE)
    if len(summary) > MAX_SUMMARY:
        raise InvalidError("summary", N_("Use at most %(limit)s characters."), limit=MAX_SUMMARY)
    if len(tags) > MAX_TAGS:
        raise InvalidError("tags", N_("Use at most %(limit)s tags."), limit=MAX_TAGS)
    if any(len(tag) > MAX_TAG for tag in tags):
        raise InvalidError("tags", N_("A tag has at most %(limit)s characters."), limit=MAX_TAG)
    body = normalise_body(text.body.replace("\x00", ""))
    return ArticleText(title, summary, body, tuple(tags.values()))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())
