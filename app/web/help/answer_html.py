"""The section of an article that answers, cut out of its page to stand beside a form."""

from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from typing import Final

from markupsafe import Markup

from app.web.help.article_html import for_page

MAX_ANSWER_CHARACTERS: Final = 20_000
"""A longer section is read on the article's own page."""
SHORT_ARTICLE_CHARACTERS: Final = 6_000

_VOID: Final = frozenset({"br", "col", "hr", "img", "input", "source", "track", "wbr"})
_HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}


def answer_html(html: str, anchor: str, page: str) -> Markup | None:
    """The section under the heading `anchor` with what is below it; for "" the article's top.

    The top is the whole article when that is short, else what comes before the second section.

    `html` is an article's sanitised HTML and `page` the address of its page, to which links
    within the article lead. Ids are left out, since several sections stand on one page. None
    when there is no such section, it is empty, or it is too long to be read beside a form.
    """
    found = _section(html, anchor, page)
    return for_page(found) if found is not None else None


@lru_cache(maxsize=512)
def _section(html: str, anchor: str, page: str) -> str | None:
    whole = not anchor and len(html) <= SHORT_ARTICLE_CHARACTERS
    cutter = _SectionCutter(anchor, page, whole=whole)
    cutter.feed(html)
    cutter.close()
    section = "".join(cutter.pieces).strip()
    return section if section and len(section) <= MAX_ANSWER_CHARACTERS else None


class _SectionCutter(HTMLParser):
    """Copies what stands between one heading and the next of its level.

    Only headings that stand in no other element begin and end a section, so that every element
    copied is whole.
    """

    def __init__(self, anchor: str, page: str, *, whole: bool) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self._anchor = anchor
        self._page = page
        self._depth = 0
        self._copies_top = not anchor
        self._whole = whole
        self._level: int | None = None
        """Of the heading whose section is being copied."""
        self._in_heading = False
        self._done = False

    @property
    def _copying(self) -> bool:
        inside = self._copies_top or self._level is not None
        return inside and not self._in_heading and not self._done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        level = _HEADINGS.get(tag)
        if level is not None and self._depth == 0:
            self._meet_heading(level, dict(attrs).get("id"))
        if self._copying:
            self.pieces.append(self._written(tag, attrs))
        if tag not in _VOID:
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        self._depth -= 1
        if self._copying:
            self.pieces.append(f"</{tag}>")
        if self._in_heading and self._depth == 0:
            self._in_heading = False

    def handle_data(self, data: str) -> None:
        if self._copying:
            self.pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def _meet_heading(self, level: int, anchor: str | None) -> None:
        if self._level is not None and level <= self._level:
            self._done = not self._whole
        elif self._level is None and self._copies_top:
            self._level = level
        elif self._level is None and anchor == self._anchor:
            self._level = level
            self._in_heading = True

    def _written(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        kept = []
        for name, value in attrs:
            if name == "id":
                continue
            text = value or ""
            if name == "href" and text.startswith("#"):
                text = f"{self._page}{text}"
            kept.append(f' {name}="{escape(text)}"')
        return f"<{tag}{''.join(kept)}>"
