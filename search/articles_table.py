"""The articles of an index as columns: who may read them, and the passages they answer with."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np

from search.counting import Ints
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


@dataclass(frozen=True)
class ArticlesTable:
    """Articles sorted by id, and their passages in reading order, grouped by article.

    `passage_starts[a]` is the first passage of article a; every article has at least one. What a
    passage is made of stands in three columns: an index is opened without making them all.
    """

    ids: tuple[str, ...]
    locales: tuple[str, ...]
    audiences: tuple[str, ...]
    titles: tuple[str, ...]
    anchors: tuple[str, ...]
    headings: tuple[str, ...]
    texts: tuple[str, ...]
    passage_starts: Ints

    def passage(self, number: int) -> Passage:
        """One passage."""
        return Passage(self.anchors[number], self.headings[number], self.texts[number])

    def passages_of(self, article: int) -> range:
        """Numbers of the passages of one article."""
        starts = self.passage_starts
        end = int(starts[article + 1]) if article + 1 < len(starts) else len(self.texts)
        return range(int(starts[article]), end)

    def to_json(self) -> dict[str, Any]:
        return {
            "ids": self.ids,
            "locales": self.locales,
            "audiences": self.audiences,
            "titles": self.titles,
            "anchors": self.anchors,
            "headings": self.headings,
            "texts": self.texts,
            "passage_starts": self.passage_starts.tolist(),
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "ArticlesTable":
        return cls(
            tuple(value["ids"]),
            tuple(value["locales"]),
            tuple(value["audiences"]),
            tuple(value["titles"]),
            tuple(value["anchors"]),
            tuple(value["headings"]),
            tuple(value["texts"]),
            np.array(value["passage_starts"], dtype=np.int64),
        )


def tabulate(documents: Sequence[Document], passages: Sequence[Sequence[Passage]]) -> ArticlesTable:
    """Columns of documents that are sorted by id and have no repeats, with their passages."""
    counts = np.array([len(own) for own in passages], dtype=np.int64)
    return ArticlesTable(
        tuple(document.id for document in documents),
        tuple(document.locale for document in documents),
        tuple(document.audience for document in documents),
        tuple(document.title for document in documents),
        tuple(passage.anchor for passage in chain.from_iterable(passages)),
        tuple(passage.title for passage in chain.from_iterable(passages)),
        tuple(passage.text for passage in chain.from_iterable(passages)),
        np.cumsum(counts) - counts,
    )


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
