"""Markdown to sanitised HTML, in one process and without a time limit of its own."""

from dataclasses import dataclass
from html import unescape
from typing import Any, Final

from articles.markdown_dialect import article_dialect, message_dialect
from articles.sanitising import clean_article, clean_message

ARTICLE: Final = "article"
MESSAGE: Final = "message"


@dataclass(frozen=True, slots=True)
class TocEntry:
    """A heading: its level (2 to 6), the anchor it stands under, and its plain words."""

    level: int
    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Composition:
    """Sanitised HTML whose `article:` and `asset:` addresses are not yet resolved."""

    html: str
    toc: tuple[TocEntry, ...]


def compose(text: str, *, kind: str, video_hosts: frozenset[str], locale: str) -> Composition:
    """Render and sanitise `text`, which `checked_text` has let through."""
    if kind == MESSAGE:
        return Composition(clean_message(message_dialect().convert(text)), ())
    dialect = article_dialect(video_hosts=video_hosts, locale=locale)
    html = clean_article(dialect.convert(text), video_hosts=video_hosts)
    tokens: list[dict[str, Any]] = getattr(dialect, "toc_tokens", [])
    return Composition(html, tuple(_flat(tokens)))


def _flat(tokens: list[dict[str, Any]]) -> list[TocEntry]:
    entries: list[TocEntry] = []
    for token in tokens:
        title = " ".join(unescape(str(token["name"])).split())
        entries.append(TocEntry(int(token["level"]), str(token["id"]), title))
        entries.extend(_flat(token["children"]))
    return entries
