"""The articles of an index as columns: who may read them, and the passages they answer with."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from search.documents import Document
from search.lexicon import Ints

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

    `passage_starts[a]` is the first passage of article a; every article has at least one.
    """

    ids: tuple[str, ...]
    locales: tuple[str, ...]
    audiences: tuple[str, ...]
    titles: tuple[str, ...]
    passages: tuple[Passage, ...]
    passage_starts: Ints

    def passages_of(self, article: int) -> range:
        """Numbers of the passages of one article."""
        starts = self.passage_starts
        end = int(starts[article + 1]) if article + 1 < len(starts) else len(self.passages)
        return range(int(starts[article]), end)

    def to_json(self) -> dict[str, Any]:
        return {
            "ids": self.ids,
            "locales": self.locales,
            "audiences": self.audiences,
            "titles": self.titles,
            "passages": [[p.anchor, p.title, p.text] for p in self.passages],
            "passage_starts": [int(start) for start in self.passage_starts],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "ArticlesTable":
        return cls(
            tuple(value["ids"]),
            tuple(value["locales"]),
            tuple(value["audiences"]),
            tuple(value["titles"]),
            tuple(Passage(*fields) for fields in value["passages"]),
            np.array(value["passage_starts"], dtype=np.int64),
        )


def tabulate(documents: Sequence[Document]) -> ArticlesTable:
    """Columns of documents that are sorted by id and have no repeats."""
    passages: list[Passage] = []
    starts: list[int] = []
    for document in documents:
        starts.append(len(passages))
        passages.extend(_passages(document))
    return ArticlesTable(
        tuple(document.id for document in documents),
        tuple(document.locale for document in documents),
        tuple(document.audience for document in documents),
        tuple(document.title for document in documents),
        tuple(passages),
        np.array(starts, dtype=np.int64),
    )


def _passages(document: Document) -> Iterable[Passage]:
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
