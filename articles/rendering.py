"""An article's Markdown as safe HTML for a page.

Rendering (python-markdown), cleaning (nh3, an allow-list), then resolving what stands for our
own addresses. Whatever the input, the answer or the refusal comes within about a second: what
is not plainly harmless is rendered in a process that is stopped when its time is up.
"""

from dataclasses import dataclass

from articles.composing import ARTICLE, MESSAGE, Composition, TocEntry, compose
from articles.render_limits import (
    MAX_ARTICLE_BYTES,
    RefusalCode,
    RenderRefused,
    checked_text,
    is_plain,
)
from articles.render_process import compose_watched
from articles.resolving import ImageResolver, LinkResolver, image_sources, resolve
from articles.videos import DEFAULT_VIDEO_HOSTS

__all__ = [
    "DEFAULT_VIDEO_HOSTS",
    "MAX_ARTICLE_BYTES",
    "ImageResolver",
    "LinkResolver",
    "RefusalCode",
    "RenderRefused",
    "Rendered",
    "TocEntry",
    "render",
    "render_message",
]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML, and its headings in order. Headings begin at the second level.

    `images` are the sources of its images as they were written, also those that are not there.
    """

    html: str
    toc: tuple[TocEntry, ...]
    images: tuple[str, ...] = ()


def render(
    markdown: str,
    *,
    link_resolver: LinkResolver | None = None,
    image_resolver: ImageResolver | None = None,
    video_hosts: frozenset[str] = frozenset(),
    locale: str = "en",
) -> Rendered:
    """Return an article's HTML and table of contents.

    `link_resolver` gets links of the form `article:es/slug#fragment`, `image_resolver` images of
    the form `asset:0f3c….png`; both return an address, or None when there is nothing there.
    `video_hosts` are the exact hosts whose videos may be shown; `locale` is the language of the
    few words that the renderer says itself. Raises `RenderRefused`.
    """
    composition = _compose(markdown, kind=ARTICLE, video_hosts=video_hosts, locale=locale)
    html = resolve(composition.html, link_resolver=link_resolver, image_resolver=image_resolver)
    return Rendered(html, composition.toc, image_sources(composition.html))


def render_message(markdown: str, *, link_resolver: LinkResolver | None = None) -> str:
    """Return a message's HTML: no headings, no images, and HTML in it is shown as text.

    Line ends count, addresses become links, images become links to them. Raises `RenderRefused`
    under the same bounds as `render`.
    """
    composition = _compose(markdown, kind=MESSAGE, video_hosts=frozenset(), locale="en")
    return resolve(composition.html, link_resolver=link_resolver, image_resolver=None, images=False)


def _compose(markdown: str, *, kind: str, video_hosts: frozenset[str], locale: str) -> Composition:
    text = checked_text(markdown)
    if is_plain(text):
        try:
            return compose(text, kind=kind, video_hosts=video_hosts, locale=locale)
        except RecursionError as error:
            raise RenderRefused(RefusalCode.NESTED) from error
    return compose_watched(text, kind=kind, video_hosts=video_hosts, locale=locale)
