"""What customers write, shown as they wrote it: plain text with paragraphs and links."""

import re

from markupsafe import Markup, escape

_LINK = re.compile(r"https?://[^\s<>\"'«»“”]{1,2000}")
_AFTER_LINK = ".,;:!?)]}…"
_ANCHOR = Markup('<a href="{0}" rel="nofollow ugc noopener noreferrer">{0}</a>')


def customer_html(text: str) -> Markup:
    """Paragraphs at empty lines, breaks at line ends, addresses as links; the rest is escaped."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return Markup("\n").join(Markup("<p>{}</p>").format(_lines(each)) for each in paragraphs)


def _lines(paragraph: str) -> Markup:
    return Markup("<br>\n").join(_linked(line) for line in paragraph.split("\n"))


def _linked(line: str) -> Markup:
    pieces: list[Markup] = []
    position = 0
    for match in _LINK.finditer(line):
        address = match.group().rstrip(_AFTER_LINK)
        if address.count("(") > address.count(")") and match.group()[len(address) :][:1] == ")":
            address += ")"
        pieces += [escape(line[position : match.start()]), _ANCHOR.format(address)]
        position = match.start() + len(address)
    pieces.append(escape(line[position:]))
    return Markup("").join(pieces)
