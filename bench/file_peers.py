"""Peers that keep their index in files, each set up as its manual recommends.

Each gives the best ten articles that hold any of the words. Stop words are taken out by its own
means where it has them, and out of the question where it has none.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final

from bench.corpus import plain_text
from bench.engines import HITS
from search.analysis import fold
from search.documents import Document
from search.stop_words import ALL_STOP_WORDS

_TERM: Final = re.compile(r"\w+")
_WRITER_BYTES: Final = 512_000_000


def _terms(text: str) -> list[str]:
    """The different words of a question that are no stop words, in order."""
    words = dict.fromkeys(_TERM.findall(text.lower()))
    return [word for word in words if not _is_stop_word(word)]


@cache
def _is_stop_word(word: str) -> bool:
    return fold(word) in ALL_STOP_WORDS


class Fts5:
    """SQLite's full-text search: bm25 of any of the words."""

    name: ClassVar[str] = "SQLite FTS5"
    note: ClassVar[str] = "unicode61 without diacritics; stop words are left out of the question"
    libraries: ClassVar[Sequence[str]] = ("sqlite3",)

    def __init__(self, folder: Path) -> None:
        self._path = folder / "fts5.sqlite3"

    def build(self, documents: Sequence[Document]) -> None:
        self.open()
        self._connection.execute(
            "CREATE VIRTUAL TABLE articles USING fts5("
            "id UNINDEXED, title, body, tokenize = 'unicode61 remove_diacritics 2')"
        )
        with self._connection:
            self._connection.executemany("INSERT INTO articles VALUES (?, ?, ?)", _rows(documents))
        with self._connection:
            self._connection.execute("INSERT INTO articles(articles) VALUES ('optimize')")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def open(self) -> None:
        self._connection = sqlite3.connect(self._path)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "mmap_size = 4294967296"):
            self._connection.execute(f"PRAGMA {pragma}")

    def update(self, document: Document) -> None:
        with self._connection:
            self._connection.executemany("INSERT INTO articles VALUES (?, ?, ?)", _rows([document]))

    def query(self, text: str) -> list[str]:
        terms = _terms(text)
        if not terms:
            return []
        found = self._connection.execute(
            "SELECT id FROM articles WHERE articles MATCH ? ORDER BY rank LIMIT ?",
            (" OR ".join(f'"{term}"' for term in terms), HITS),
        )
        return [row[0] for row in found]


def _rows(documents: Sequence[Document]) -> Iterator[tuple[str, str, str]]:
    for document in documents:
        body = "\n".join(f"{section.title}\n{section.text}" for section in document.sections)
        yield document.id, document.title, body


class Whoosh:
    """Whoosh's BM25F of any of the words, with a new searcher after each commit."""

    name: ClassVar[str] = "whoosh"
    note: ClassVar[str] = "no positions; at most 20 drafts"
    libraries: ClassVar[Sequence[str]] = ("whoosh.index", "whoosh.qparser", "whoosh.analysis")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, documents: Sequence[Document]) -> None:
        from whoosh import analysis, fields, index
        from whoosh.support.charset import accent_map

        words = analysis.StandardAnalyzer(stoplist=None) | analysis.CharsetFilter(accent_map)
        words |= analysis.StopFilter(stoplist=ALL_STOP_WORDS)
        schema = fields.Schema(
            id=fields.ID(stored=True, unique=True), text=fields.TEXT(analyzer=words, phrase=False)
        )
        writer = index.create_in(str(self._folder), schema).writer(limitmb=512)
        for document in documents:
            writer.add_document(id=document.id, text=plain_text(document))
        writer.commit(optimize=True)
        self.open()

    def open(self) -> None:
        from whoosh import index, qparser, scoring

        self._index = index.open_dir(str(self._folder))
        plain = [qparser.WhitespacePlugin()]
        self._parser = qparser.QueryParser(
            "text", self._index.schema, plugins=plain, group=qparser.OrGroup
        )
        self._searcher = self._index.searcher(weighting=scoring.BM25F())

    def update(self, document: Document) -> None:
        writer = self._index.writer()
        writer.add_document(id=document.id, text=plain_text(document))
        writer.commit()
        self.open()

    def query(self, text: str) -> list[str]:
        parsed = self._parser.parse(text)
        return [hit["id"] for hit in self._searcher.search(parsed, limit=HITS)]


class Tantivy:
    """tantivy's bm25 of any of the words."""

    name: ClassVar[str] = "tantivy"
    note: ClassVar[str] = "frequencies without positions; a count of all hits is not asked for"
    libraries: ClassVar[Sequence[str]] = ("tantivy",)

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, documents: Sequence[Document]) -> None:
        self.open()
        writer = self._writer()
        for document in documents:
            writer.add_document(self._row(document))
        writer.commit()
        writer.wait_merging_threads()
        self._refresh()

    def open(self) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        schema.add_text_field("text", tokenizer_name="words", index_option="freq")
        self._index = tantivy.Index(schema.build(), path=str(self._folder))
        words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        for step in (
            tantivy.Filter.lowercase(),
            tantivy.Filter.ascii_fold(),
            tantivy.Filter.custom_stopword(sorted(ALL_STOP_WORDS)),
        ):
            words = words.filter(step)
        self._index.register_tokenizer("words", words.build())
        self._refresh()

    def update(self, document: Document) -> None:
        writer = self._writer()
        writer.add_document(self._row(document))
        writer.commit()
        self._refresh()

    def query(self, text: str) -> list[str]:
        try:
            parsed = self._index.parse_query(" ".join(_TERM.findall(text)), ["text"])
        except ValueError:  # nothing but stop words
            return []
        hits = self._searcher.search(parsed, HITS, count=False).hits
        return [self._searcher.doc(address)["id"][0] for _, address in hits]

    def _writer(self) -> Any:
        return self._index.writer(heap_size=_WRITER_BYTES, num_threads=1)

    def _refresh(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    @staticmethod
    def _row(document: Document) -> Any:
        import tantivy

        return tantivy.Document(id=document.id, text=plain_text(document))
