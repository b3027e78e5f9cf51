"""Where links stand in Markdown: walks a text line by line, and leaves code alone."""

import re
from collections.abc import Callable
from typing import Final

MAX_LINE: Final = 20_000
"""Characters of a line; no person writes a longer one, and searching it could take long."""
_FENCE: Final = re.compile(r"[ ]{0,3}(`{3,}|~{3,})")
_INLINE: Final = re.compile(
    r"(?P<code>(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))"
    r"|(?P<before>\]\([ ]?)(?P<target><[^<>\n]{1,1000}>|[^\s()<>]{1,1000}(?:\([^\s()]{0,100}\)[^\s()]{0,1000})?)"
    r"(?=[ ]{0,4}(?:\)|[ ]\"|[ ]'))"
    r"|(?P<attribute>\b(?:href|src)=)(?P<quote>[\"'])(?P<value>[^\"'<>\n]{1,1000})(?P=quote)"
)
_DEFINITION: Final = re.compile(
    r"(?P<head>[ ]{0,3}\[[^\]\n]{1,200}\]:[ \t]{0,4})(?P<target>\S{1,1000})"
)
_HUGO: Final = re.compile(
    r"\{\{(?P<open>[<%])[ ]*(?:rel)?ref[ ]+(?:path=)?(?P<quote>[\"'“”])?(?P<target>[^\"'“”<>%\s]{1,500})(?P=quote)?"
    r"[^<>%{}\n]{0,200}(?:>|%)\}\}"
)
_JEKYLL: Final = re.compile(
    r"(?:\{\{[ ]*site\.(?:base)?url[ ]*\}\})*\{%-?[ ]*(?P<kind>link|post_url)[ ]+"
    r"(?P<target>[^%\s]{1,500})[ ]*-?%\}"
)
BASE_URL: Final = re.compile(r"\{\{[ ]*(?:site|page)\.(?:base)?url[ ]*\}\}")


Rewrite = Callable[[str, int], str]
"""Takes what stands as a link's target and its line (from 1); returns what shall stand there."""


def rewrite_targets(body: str, target: Rewrite, reference: Rewrite | None = None) -> str:
    """Return `body` with the target of every link and image replaced by what `target` returns.

    Knows inline links and images, link definitions, and `href` and `src` of HTML. With
    `reference`, Hugo's `ref` and Jekyll's `link` are passed to it as they stand, and replaced.
    """
    lines: list[str] = []
    fence: str | None = None
    for number, line in enumerate(body.split("\n"), start=1):
        mark = _FENCE.match(line)
        if fence is not None:
            if mark and mark.group(1).startswith(fence):
                fence = None
            lines.append(line)
        elif mark:
            fence = mark.group(1)
            lines.append(line)
        elif len(line) > MAX_LINE:
            lines.append(line)
        else:
            lines.append(_line(line, number, target, reference))
    return "\n".join(lines)


def reference_name(reference: str) -> str:
    """Return what a Hugo or Jekyll reference names."""
    match = _HUGO.fullmatch(reference) or _JEKYLL.fullmatch(reference)
    return match.group("target") if match else ""


def _line(line: str, number: int, target: Rewrite, reference: Rewrite | None) -> str:
    def inline(match: re.Match[str]) -> str:
        if match.group("code"):
            return match.group()
        if match.group("attribute"):
            quote = match.group("quote")
            return f"{match.group('attribute')}{quote}{target(match.group('value'), number)}{quote}"
        return match.group("before") + target(match.group("target"), number)

    if reference is not None and "{" in line:
        for pattern in (_HUGO, _JEKYLL):
            line = pattern.sub(lambda match: reference(match.group(), number), line)
    if "](" in line or "=" in line:
        line = _INLINE.sub(inline, line)
    definition = _DEFINITION.match(line)
    if definition and not definition.group("head").lstrip().startswith("[^"):
        new = target(definition.group("target"), number)
        line = definition.group("head") + new + line[definition.end() :]
    return line
