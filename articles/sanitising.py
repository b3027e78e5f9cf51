"""The allow-list that everything rendered passes: what is not named here does not come out."""

import re
from collections.abc import Callable
from typing import Final

import nh3

from articles.markdown_dialect import ADMONITIONS
from articles.videos import is_embed_address

_HEADINGS: Final = ("h2", "h3", "h4", "h5", "h6")
_ARTICLE_TAGS: Final = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd",
    "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "hr", "i", "img",
    "input", "ins", "kbd", "label", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong",
    "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
    "var", "wbr", *_HEADINGS,
}  # fmt: skip
_MESSAGE_TAGS: Final = {
    "a", "blockquote", "br", "code", "del", "div", "em", "hr", "img", "li", "ol", "p", "pre",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "a": {"href", "title", "class"},
    "abbr": {"title"},
    "code": {"class"},
    "details": {"open"},
    "div": {"class"},
    "figure": {"class", "data-video-src", "data-video-title"},
    "input": {"type", "checked", "disabled"},
    "img": {"src", "alt", "title", "width", "height"},
    "li": {"class", "id", "value"},
    "ol": {"class", "start"},
    "p": {"class"},
    "pre": {"class"},
    "span": {"class"},
    "sup": {"id"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "ul": {"class"},
    **{heading: {"id"} for heading in _HEADINGS},
}
_SCHEMES: Final = {"http", "https", "mailto", "tel", "article", "asset"}

_CLASSES: Final[dict[str, frozenset[str]]] = {
    "a": frozenset({"footnote-ref", "footnote-backref", "video-transcript"}),
    "div": frozenset({"admonition", "footnote", "highlight", "toc", *ADMONITIONS}),
    "figure": frozenset({"video"}),
    "li": frozenset({"task-list-item"}),
    "ol": frozenset({"task-list"}),
    "p": frozenset({"admonition-title", "video-play"}),
    "ul": frozenset({"task-list"}),
}
_BOX: Final = {"type": "checkbox", "disabled": ""}
"""What every input is made to be: the box of a task, which cannot be operated."""
_STRAY_INPUT: Final = re.compile(r"(?<!<label>)<input[^>]*>")
_PYGMENTS: Final = re.compile(r"[a-z][a-z0-9]{0,3}")
_LANGUAGE: Final = re.compile(r"language-[\w+#.-]{1,30}", re.ASCII)
_ANCHOR: Final = re.compile(r"[\w:.-]{1,150}")
_NUMBER: Final = re.compile(r"[0-9]{1,4}")
_NUMBERS: Final = frozenset({"width", "height", "colspan", "rowspan", "start", "value"})
_NOTE_IDS: Final = {"li": "fn", "sup": "fnref"}


def clean_article(html: str, *, video_hosts: frozenset[str]) -> str:
    """Return `html` with only the elements, attributes, classes and schemes that are allowed."""
    return _STRAY_INPUT.sub("", _clean(html, _ARTICLE_TAGS, video_hosts))


def clean_message(html: str) -> str:
    """Return `html` with the smaller set that messages may use."""
    return _clean(html, _MESSAGE_TAGS, frozenset())


def _clean(html: str, tags: set[str], video_hosts: frozenset[str]) -> str:
    return nh3.clean(
        html,
        tags=tags,
        attributes={tag: names for tag, names in _ATTRIBUTES.items() if tag in tags},
        attribute_filter=_attribute_filter(video_hosts),
        set_tag_attribute_values={"input": _BOX} if "input" in tags else None,
        link_rel=None,
        url_schemes=_SCHEMES,
    )


def _attribute_filter(video_hosts: frozenset[str]) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "class":
            return _classes(tag, value)
        if name == "id":
            return value if _ANCHOR.fullmatch(value) and _may_carry_id(tag, value) else None
        if name == "data-video-src":
            return value if is_embed_address(value, video_hosts) else None
        if name in _NUMBERS:
            return value if _NUMBER.fullmatch(value) else None
        return value

    return keep


def _may_carry_id(tag: str, value: str) -> bool:
    return value.startswith(_NOTE_IDS.get(tag, ""))


def _classes(tag: str, value: str) -> str | None:
    """Keep the classes that the renderer itself makes; an article cannot borrow the page's."""
    names = value.split()
    if tag == "span":
        kept = [name for name in names if _PYGMENTS.fullmatch(name)]
    elif tag == "code":
        kept = [name for name in names if _LANGUAGE.fullmatch(name)]
    else:
        allowed = _CLASSES.get(tag, frozenset())
        kept = [name for name in names if name in allowed]
    return " ".join(kept) or None
