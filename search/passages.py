"""What a suggestion can point at: the headed sections of an article, in windows of a size."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from search.documents import Document

# A section longer than this is scored in windows, so that length does not blur it.
_WINDOW_WORDS: Final = 180
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A section, or a window of a long one. `anchor` "" is the top of the article."""

    anchor: str
    title: str
    text: str

    def packed(self) -> str:
        """All of it as one text."""
        return json.dumps([self.anchor, self.title, self.text], ensure_ascii=False)

    @classmethod
    def unpacked(cls, packed: str) -> "Passage":
        """What `packed` gave."""
        return cls(*json.loads(packed))


def passages_of(document: Document) -> Iterator[Passage]:
    """What a suggestion can point at: the summary, and each section in windows. At least one."""
    found = False
    if document.summary.strip():
        found = True
        yield Passage("", "", _SPACES.sub(" ", document.summary).strip())
    for section in document.sections:
        words = section.text.split()
        if not words and not section.title.strip():
            continue
        found = True
        for start in range(0, max(len(words), 1), _WINDOW_WORDS):
            window = " ".join(words[start : start + _WINDOW_WORDS])
            yield Passage(section.anchor, section.title, window)
    if not found:
        yield Passage("", "", "")
