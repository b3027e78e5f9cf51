"""An article as its headed sections in plain words: what is indexed, and what is quoted."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from articles.rendering import Rendered, render

_BLOCKS: Final = frozenset(
    {
        "address", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
        "figure", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "summary", "table",
        "td", "th", "tr", "ul",
    }
)  # fmt: skip
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
_SKIPPED_CLASSES: Final = frozenset({"footnote-ref", "footnote-backref", "video-transcript", "toc"})


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with the text under it. The lead, before any heading, has anchor and title ""."""

    anchor: str
    title: str
    text: str


def sections(article: Rendered | str) -> tuple[Section, ...]:
    """Return the sections of an article in order, beginning with the lead, even an empty one.

    Takes what `render` gave, or Markdown (which may raise `RenderRefused`).
    """
    html = (render(article) if isinstance(article, str) else article).html
    reader = _SectionReader()
    reader.feed(html)
    reader.close()
    return reader.sections()


def plain_text(html: str) -> str:
    """Return the words of sanitised HTML: a line a block, no footnote signs, blanks collapsed."""
    reader = _SectionReader()
    reader.feed(html)
    reader.close()
    parts = [
        f"{part.title}\n{part.text}" if part.title else part.text for part in reader.sections()
    ]
    return "\n".join(part.strip() for part in parts if part.strip())


class _SectionReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._sections: list[tuple[str, list[str], list[str]]] = [("", [], [])]
        self._in_heading = False
        self._skipping: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._skipping is not None:
            return
        if _SKIPPED_CLASSES & set((given.get("class") or "").split()) and tag == "a":
            self._skipping = tag
        elif tag in _HEADINGS and given.get("id"):
            self._sections.append((given["id"] or "", [], []))
            self._in_heading = True
        elif tag == "img" and given.get("alt"):
            self._write(f" {given['alt']} ")
        elif tag in _BLOCKS:
            self._write("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._skipping is not None:
            if tag == self._skipping:
                self._skipping = None
        elif tag in _HEADINGS and self._in_heading:
            self._in_heading = False
        elif tag in _BLOCKS:
            self._write("\n")

    def handle_data(self, data: str) -> None:
        if self._skipping is None:
            self._write(data)

    def _write(self, text: str) -> None:
        _, title, body = self._sections[-1]
        (title if self._in_heading else body).append(text)

    def sections(self) -> tuple[Section, ...]:
        return tuple(
            Section(anchor, " ".join("".join(title).split()), _tidy("".join(body)))
            for anchor, title, body in self._sections
        )


def _tidy(text: str) -> str:
    lines = (re.sub(r"\s+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
