"""What may be rendered here and now, what needs the watched process, and what is hopeless.

python-markdown is quadratic, or worse, in several things: brackets in a paragraph, `<` that
opens nothing, nested quotes, cells of tables. The checks here are linear and cheap. A text that
passes `is_plain` is rendered where it stands; others go to a process that can be stopped.
"""

import re
from enum import StrEnum
from typing import Final

MAX_ARTICLE_BYTES: Final = 256 * 1024
"""Bytes of an article's or message's Markdown in UTF-8."""

MAX_HTML_CHARACTERS: Final = 4 * 1024 * 1024

MAX_NESTING: Final = 40
"""Quotes in quotes, or lists in lists."""
MAX_BRACKETS: Final = 2_000
"""`[` or `<` or backticks in one paragraph."""


class RefusalCode(StrEnum):
    """Why a text is not rendered; the web layer words it in the reader's language."""

    TOO_LONG = "too_long"
    NESTED = "nested"
    BRACKETS = "brackets"
    SLOW = "slow"
    BUSY = "busy"


_REASONS: Final = {
    RefusalCode.TOO_LONG: f"the text is longer than {MAX_ARTICLE_BYTES // 1024} KB; "
    "make two articles of it",
    RefusalCode.NESTED: f"quotes or lists are nested more than {MAX_NESTING} deep; "
    "write them flatter",
    RefusalCode.BRACKETS: f"a paragraph holds more than {MAX_BRACKETS} of the signs [ < or `; "
    "put such text between two lines of ``` or split the paragraph",
    RefusalCode.SLOW: "the text would take more than a second to turn into a page; split very "
    "long tables, lists and paragraphs, and put text full of signs between two lines of ```",
    RefusalCode.BUSY: "the page could not be made just now; try again in a moment",
}


class RenderRefused(ValueError):  # noqa: N818 - named for what happens, as callers speak of it
    """A text is not rendered. `line` counts from 1 in the Markdown, where it is known."""

    def __init__(self, code: RefusalCode, line: int | None = None) -> None:
        self.code = code
        self.line = line
        self.reason = _REASONS[code]
        super().__init__(self.reason if line is None else f"line {line}: {self.reason}")


_PREFIX: Final = re.compile(r"(?:[ \t>*+-]|\d{1,9}\.(?=[ \t]))*")
_NESTING_SIGNS: Final = " \t>*+-0123456789"
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def checked_text(markdown: str) -> str:
    r"""Return the text with `\n` line ends and no control characters.

    Raises `RenderRefused` when it is too long, or of a shape that can only be an attack.
    """
    size = len(markdown.encode("utf-8", "replace"))
    if size > MAX_ARTICLE_BYTES:
        raise RenderRefused(RefusalCode.TOO_LONG)
    text = markdown.encode("utf-8", "replace").decode("utf-8")
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    counted = [sign for sign in "[<`" if text.count(sign) > MAX_BRACKETS]
    found = dict.fromkeys(counted, 0)
    for number, line in enumerate(text.split("\n"), start=1):
        if not line:
            found = dict.fromkeys(counted, 0)
            continue
        if line[0] in _NESTING_SIGNS and _nesting(line) > MAX_NESTING:
            raise RenderRefused(RefusalCode.NESTED, number)
        for sign in counted:
            found[sign] += line.count(sign)
            if found[sign] > MAX_BRACKETS:
                raise RenderRefused(RefusalCode.BRACKETS, number)
    return text


def _nesting(line: str) -> int:
    """Count how deep a line's quotes and lists go, by its signs and its indentation."""
    prefix = _PREFIX.match(line)
    signs = prefix.group() if prefix else ""
    # `* * *` and `-----` are rules, not forty lists.
    if len(signs) == len(line) and ">" not in signs:
        return 0
    marks = signs.count(">") + len(re.findall(r"[*+.-](?=[ \t])", signs))
    columns = len(signs.expandtabs(4))
    # Indented code may go far to the right; only a list's own line counts its columns.
    return max(marks, columns // 4 if re.search(r"[*+.-][ \t]+$", signs) else 0)


_PLAIN_CHARACTERS: Final = 32_000
_PLAIN_PARAGRAPH: Final = 4_000
_PLAIN_SIGNS: Final = 120
_PLAIN_ROWS: Final = 80
_PLAIN_NESTING: Final = 5
_PLAIN_LINES: Final = 1_500
_PLAIN_LANGUAGES: Final = frozenset(
    {
        "bash",
        "sh",
        "shell",
        "console",
        "text",
        "json",
        "yaml",
        "toml",
        "ini",
        "html",
        "xml",
        "css",
        "sql",
        "diff",
        "python",
        "javascript",
        "js",
    }
)
_FENCE: Final = re.compile(r"^[ ]*(?:```+|~~~+)[ ]*\{?[ ]*\.?([^\s}]*)", re.MULTILINE)


def is_plain(text: str) -> bool:
    """Whether a text is so small and ordinary that rendering it takes a moment at most."""
    if len(text) > _PLAIN_CHARACTERS or text.count("<") > _PLAIN_SIGNS:
        return False
    if text.count("[^") > _PLAIN_SIGNS or text.count("\n|") > _PLAIN_ROWS:
        return False
    if text.count("\n") > _PLAIN_LINES or text.count("[TOC]") > 1:
        return False
    if any(language.lower() not in {"", *_PLAIN_LANGUAGES} for language in _FENCE.findall(text)):
        return False
    if any(_nesting(line) > _PLAIN_NESTING for line in text.split("\n")):
        return False
    return all(_is_plain_paragraph(paragraph) for paragraph in text.split("\n\n"))


def _is_plain_paragraph(paragraph: str) -> bool:
    return len(paragraph) <= _PLAIN_PARAGRAPH and all(
        paragraph.count(sign) <= _PLAIN_SIGNS for sign in "[*_`~!&\\|"
    )
