"""The Markdown that articles and messages are written in, on top of python-markdown.

Beside tables, fenced code, footnotes, admonitions, attribute lists, definition lists, task lists
and struck-out words there is one thing of our own, a video on a line by itself, with a transcript
if there is one:

    !video[How to reopen a ticket](https://youtu.be/abcdefgh "article:en/reopen-transcript")
"""

import re
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.admonition import AdmonitionExtension, AdmonitionProcessor
from markdown.extensions.attr_list import AttrListExtension
from markdown.extensions.codehilite import CodeHiliteExtension
from markdown.extensions.def_list import DefListExtension
from markdown.extensions.fenced_code import FencedCodeExtension
from markdown.extensions.footnotes import FootnoteExtension
from markdown.extensions.nl2br import Nl2BrExtension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString
from pymdownx.tasklist import TasklistExtension
from pymdownx.tilde import DeleteSubExtension

from articles.slugs import slugify
from articles.videos import embed_address

WORDS: Final = {
    "en": {
        "transcript": "Transcript",
        "back": "Back to the text, note {}",
        "note": "Note",
        "tip": "Tip",
        "hint": "Hint",
        "important": "Important",
        "warning": "Warning",
        "caution": "Caution",
        "danger": "Danger",
        "info": "Good to know",
        "success": "Done",
        "example": "Example",
        "question": "Question",
    },
    "es": {
        "transcript": "Transcripción",
        "back": "Volver al texto, nota {}",
        "note": "Nota",
        "tip": "Consejo",
        "hint": "Pista",
        "important": "Importante",
        "warning": "Aviso",
        "caution": "Cuidado",
        "danger": "Peligro",
        "info": "Conviene saber",
        "success": "Hecho",
        "example": "Ejemplo",
        "question": "Pregunta",
    },
}
"""What the renderer itself says, by locale; the admonitions' own titles are among it."""

ADMONITIONS: Final = frozenset(WORDS["en"]) - {"transcript", "back"}

_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_BELOW_A_TASK: Final = frozenset(
    {"blockquote", "div", "dl", "figure", "hr", "ol", "p", "pre", "table", "ul", *_HEADINGS}
)


def article_dialect(*, video_hosts: frozenset[str], locale: str) -> Markdown:
    """Return a fresh converter for one article (converters are not shared by threads)."""
    words = WORDS.get(locale, WORDS["en"])
    return Markdown(
        output_format="html",
        extensions=[
            TableExtension(use_align_attribute=True),
            FencedCodeExtension(),
            CodeHiliteExtension(css_class="highlight", guess_lang=False),
            FootnoteExtension(BACKLINK_TITLE=words["back"], BACKLINK_TEXT="&#8617;&#xFE0E;"),
            AdmonitionExtension(),
            AttrListExtension(),
            DefListExtension(),
            SaneListExtension(),
            TocExtension(slugify=_anchor, toc_depth="2-6"),
            TasklistExtension(),
            DeleteSubExtension(subscript=False),
            _ArticleExtension(video_hosts=video_hosts, words=words),
        ],
    )


def message_dialect() -> Markdown:
    """Return a fresh converter for one message: HTML is text, line ends count, headings are bold."""
    return Markdown(
        output_format="html",
        extensions=[
            TableExtension(use_align_attribute=True),
            FencedCodeExtension(),
            CodeHiliteExtension(css_class="highlight", guess_lang=False),
            SaneListExtension(),
            Nl2BrExtension(),
            DeleteSubExtension(subscript=False),
            _MessageExtension(),
        ],
    )


def _anchor(title: str, separator: str) -> str:
    return slugify(title, fallback="section").replace("-", separator)


class _ArticleExtension(Extension):
    def __init__(self, *, video_hosts: frozenset[str], words: dict[str, str]) -> None:
        super().__init__()
        self.video_hosts = video_hosts
        self.words = words

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - python-markdown's name
        video = _VideoProcessor(md.parser, self.video_hosts, self.words["transcript"])
        md.parser.blockprocessors.register(video, "video", 95)
        titles = _TitledAdmonition(md.parser, self.words)
        md.parser.blockprocessors.register(titles, "admonition", 105)
        md.inlinePatterns.register(_BareLink(_BARE_LINK, md), "bare_link", 110)
        md.treeprocessors.register(_HeadingLevels(md), "heading_levels", 12)
        md.treeprocessors.register(_TaskLabels(md), "task_labels", 11)


class _MessageExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - python-markdown's name
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.register(_BareLink(_BARE_LINK, md), "bare_link", 110)
        md.treeprocessors.register(_BoldHeadings(md), "bold_headings", 12)


_BARE_LINK: Final = r"\b(https?://[^\s<>\[\]()\"'`*]{1,500})"


class _BareLink(InlineProcessor):
    """Links an address that stands in the text as it is."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(  # type: ignore[override]  # noqa: N802 - python-markdown's name; the stub knows only the older form
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002 - python-markdown's signature
    ) -> tuple[Element, int, int]:
        url = m.group(1).rstrip(".,;:!?…_")
        link = Element("a", {"href": url})
        link.text = AtomicString(url)
        return link, m.start(0), m.start(0) + len(url)


class _HeadingLevels(Treeprocessor):
    """Makes headings start at the second level (the page's title is the first) and skip none."""

    def run(self, root: Element) -> None:
        open_levels: list[int] = []
        for element in root.iter():
            if element.tag in _HEADINGS:
                level = int(element.tag[1])
                while open_levels and open_levels[-1] >= level:
                    open_levels.pop()
                open_levels.append(level)
                element.tag = f"h{min(len(open_levels) + 1, 6)}"


class _TaskLabels(Treeprocessor):
    """Makes the words of a task the label of its box; what hangs below the task is none of it."""

    def run(self, root: Element) -> None:
        for item in root.iter("li"):
            if "task-list-item" in item.get("class", "").split():
                has_paragraphs = not (item.text or "").strip() and len(item)
                self._label(item[0] if has_paragraphs else item)

    @staticmethod
    def _label(words: Element) -> None:
        label = Element("label")
        label.text, words.text = words.text, None
        for child in list(words):
            if child.tag in _BELOW_A_TASK:
                break
            words.remove(child)
            label.append(child)
        words.insert(0, label)


class _BoldHeadings(Treeprocessor):
    """A message sits inside a page whose outline is not its own: headings become bold lines."""

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            if element.tag in _HEADINGS:
                strong = Element("strong")
                strong.text = element.text
                strong.extend(list(element))
                for child in list(element):
                    element.remove(child)
                element.tag, element.text = "p", None
                element.append(strong)


class _TitledAdmonition(AdmonitionProcessor):
    """Admonitions whose own title is in the article's language."""

    def __init__(self, parser: Any, words: dict[str, str]) -> None:
        super().__init__(parser)
        self._words = words

    def get_class_and_title(self, match: re.Match[str]) -> tuple[str, str | None]:
        klass, title = super().get_class_and_title(match)
        if match.group(2) is None:
            title = self._words.get(klass.split(" ", 1)[0], title or "")
        return klass, title


class _VideoProcessor(BlockProcessor):
    _LINE = re.compile(
        r"(?:^|\n)!video\[([^\[\]\n]{1,300})\]\((https://[^\s()<>\"]{1,500})"
        r"(?:[ ]{1,4}\"([^\"\n]{1,500})\")?\)[ ]{0,8}(?=\n|$)"
    )

    def __init__(self, parser: Any, video_hosts: frozenset[str], transcript: str) -> None:
        super().__init__(parser)
        self._video_hosts = video_hosts
        self._transcript = transcript

    def test(self, parent: Element, block: str) -> bool:  # noqa: ARG002 - python-markdown's signature
        return "!video[" in block and self._LINE.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        match = self._LINE.search(block)
        if match is None:
            return
        if block[: match.start()].strip():
            self.parser.parseBlocks(parent, [block[: match.start()]])
        title, url, transcript = match.groups()
        self._figure(parent, title.strip(), url, transcript)
        if block[match.end() :].strip():
            blocks.insert(0, block[match.end() :].lstrip("\n"))

    def _figure(self, parent: Element, title: str, url: str, transcript: str | None) -> None:
        player = embed_address(url, self._video_hosts)
        if player is None:
            # Not a host we show videos of: the link is still worth having.
            self._link(SubElement(parent, "p"), title, url)
            return
        attributes = {"class": "video", "data-video-src": player, "data-video-title": title}
        figure = SubElement(parent, "figure", attributes)
        self._link(SubElement(figure, "p", {"class": "video-play"}), title, url)
        if transcript:
            caption = SubElement(figure, "figcaption")
            link = self._link(caption, self._transcript, transcript.strip())
            link.set("class", "video-transcript")

    @staticmethod
    def _link(parent: Element, title: str, url: str) -> Element:
        link = SubElement(parent, "a", {"href": url})
        link.text = AtomicString(title)
        return link
