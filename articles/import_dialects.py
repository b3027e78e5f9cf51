"""Notes, videos and code as Docusaurus, GitHub, Hugo and Jekyll write them, in our Markdown."""

import re
from typing import Final

from articles.markdown_dialect import ADMONITIONS

_NOTE_START: Final = re.compile(r":::+[ ]*(\w+)[ ]*(?:\[([^\]\n]*)\]|([^\n{]*))")
_NOTE_END: Final = re.compile(r":::+[ ]*")
_ALERT: Final = re.compile(r">[ ]?\[!(\w+)\][ ]*")
_VIDEO: Final = re.compile(
    r"\{\{<[ ]*(youtube|vimeo)[ ]+(?:id=)?\"?([\w-]{4,20})\"?[^<>\n]{0,200}>\}\}"
)
_VIDEO_PAGES: Final = {
    "youtube": "https://www.youtube.com/watch?v=",
    "vimeo": "https://vimeo.com/",
}
_HIGHLIGHT: Final = re.compile(r"\{%-?[ ]*highlight[ ]+([\w+-]{1,30})[^%\n]{0,100}%\}[ ]*")
_END_HIGHLIGHT: Final = re.compile(r"\{%-?[ ]*endhighlight[ ]*-?%\}[ ]*")
_MDX_IMPORT: Final = re.compile(r"import\s.{0,300}\sfrom\s+['\"][^'\"\n]{1,300}['\"];?[ ]*")
_FENCE: Final = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_ALSO: Final = {"secondary": "note", "error": "danger", "abstract": "info", "summary": "info"}


def to_our_markdown(body: str, *, title: str, mdx: bool = False) -> str:
    """Return `body` with other programs' notes, videos and highlighted code in our form.

    `title` names a video that has no words of its own. Code between fences is left alone.
    """
    lines = body.split("\n")
    result: list[str] = []
    number = 0
    fence: str | None = None
    while number < len(lines):
        line = lines[number]
        mark = _FENCE.match(line)
        if mark and fence is None:
            fence = mark.group(1)
        elif mark and fence is not None and mark.group(1).startswith(fence):
            fence = None
        elif fence is None:
            taken, made = _block(lines, number)
            if taken:
                # A note begins a block of its own.
                result += ["", *made] if result and result[-1].strip() else made
                number += taken
                continue
            line = _line(line, title, mdx=mdx)
        result.append(line)
        number += 1
    return "\n".join(result)


def _line(line: str, title: str, *, mdx: bool) -> str:
    highlight = _HIGHLIGHT.fullmatch(line)
    if highlight:
        return f"```{highlight.group(1)}"
    if _END_HIGHLIGHT.fullmatch(line):
        return "```"
    if mdx and _MDX_IMPORT.fullmatch(line):
        return ""
    words = re.sub(r"[\[\]]", "", title)
    return _VIDEO.sub(lambda m: f"!video[{words}]({_VIDEO_PAGES[m.group(1)]}{m.group(2)})", line)


def _block(lines: list[str], number: int) -> tuple[int, list[str]]:
    """Return how many lines a note that begins here takes, and its lines in our form."""
    start = _NOTE_START.fullmatch(lines[number])
    if start and _kind(start.group(1)):
        for end in range(number + 1, len(lines)):
            if _NOTE_END.fullmatch(lines[end]):
                title = (start.group(2) or start.group(3) or "").strip()
                inside = lines[number + 1 : end]
                return end - number + 1, _admonition(start.group(1), title, inside)
        return 0, []
    alert = _ALERT.fullmatch(lines[number])
    if alert and _kind(alert.group(1)):
        end = number + 1
        while end < len(lines) and lines[end].startswith(">"):
            end += 1
        inside = [re.sub(r"^>[ ]?", "", line) for line in lines[number + 1 : end]]
        return end - number, _admonition(alert.group(1), "", inside)
    return 0, []


def _kind(word: str) -> str | None:
    lower = _ALSO.get(word.lower(), word.lower())
    return lower if lower in ADMONITIONS else None


def _admonition(word: str, title: str, inside: list[str]) -> list[str]:
    while inside and not inside[0].strip():
        inside = inside[1:]
    while inside and not inside[-1].strip():
        inside = inside[:-1]
    quoted = title.replace('"', "”")
    head = f"!!! {_kind(word)}" + (f' "{quoted}"' if quoted else "")
    return [head, *(f"    {line}" if line.strip() else "" for line in inside), ""]
