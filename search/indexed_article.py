"""What the engines of the search page index of an article, and keep to show it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from search.analysis import Word, analyser, clean
from search.documents import Document, Section
from search.language import as_language

TITLE: Final = "title"
TEXT: Final = "text"
WORDS: Final = "words"
"""Whole words of title and text with their accents folded: for prefixes and corrections."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a text: the stems in their order, and exact forms such as whole codes."""

    stems: tuple[str, ...]
    exact: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """What is kept of an article to show it as a hit. The texts are cleaned."""

    document_id: str
    language: str
    title: str
    sections: tuple[Section, ...]

    def to_json(self) -> str:
        sections = [[s.anchor, s.title, s.text] for s in self.sections]
        row = [self.document_id, self.language, self.title, sections]
        return json.dumps(row, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, value: str) -> "StoredArticle":
        document_id, language, title, sections = json.loads(value)
        return cls(document_id, language, title, tuple(Section(*each) for each in sections))


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article, analysed. Engines may keep it in whatever way they like."""

    title: Forms
    text: Forms
    words: frozenset[str]
    category: str
    tags: tuple[str, ...]
    audience: str
    stored: StoredArticle


def form(language: str, feature: str) -> str:
    """A stem or an exact form, told from the same letters in the other language."""
    return f"{language}:{feature}"


def indexed(document: Document) -> IndexedArticle:
    """Analyse a document. Of a language that is not known it is taken to be English."""
    language = as_language(document.locale) or "en"
    analysis = analyser(language)
    sections = tuple(
        Section(section.anchor, _one_line(section.title), _one_line(section.text))
        for section in (Section("", "", document.summary), *document.sections)
    )
    title = _one_line(document.title)
    title_words = analysis.words(title)
    parts = [part for section in sections for part in (section.title, section.text)]
    text_words = analysis.words("\n".join((*parts, clean(" ".join(document.tags)))))
    return IndexedArticle(
        title=_forms(language, title_words),
        text=_forms(language, text_words),
        words=frozenset([word.folded for word in (*title_words, *text_words)]),
        category=document.category,
        tags=tuple(tag.strip() for tag in document.tags),
        audience=document.audience,
        stored=StoredArticle(
            document.id, language, title, tuple(each for each in sections if each.text)
        ),
    )


def _forms(language: str, words: Iterable[Word]) -> Forms:
    words = list(words)
    return Forms(
        tuple([form(language, word.stem) for word in words]),
        tuple([form(language, exact) for word in words for exact in word.exact]),
    )


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())
