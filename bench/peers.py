"""Other engines, each set up as its manual recommends, to give the best ten of any of the words.

Stop words are taken out of what each indexes or is asked, by its own means where it has them.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from bench.corpus import plain_text
from bench.engines import HITS, TextPostings, TextQuery
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


class CsrProduct:
    """scikit-learn's TF-IDF matrix (CSR) times the question, and argpartition."""

    name: ClassVar[str] = "CSR @ query"
    note: ClassVar[str] = "an update appends a row and keeps vocabulary and idf"
    libraries: ClassVar[Sequence[str]] = ("sklearn.feature_extraction.text", "scipy.sparse")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, documents: Sequence[Document]) -> None:
        from scipy import sparse

        self._vectorizer = self._new()
        self._matrix = self._vectorizer.fit_transform(map(plain_text, documents)).tocsr()
        self._ids = [document.id for document in documents]
        sparse.save_npz(self._folder / "matrix.npz", self._matrix, compressed=False)
        np.save(self._folder / "idf.npy", self._vectorizer.idf_)
        vocabulary = {word: int(at) for word, at in self._vectorizer.vocabulary_.items()}
        (self._folder / "words.json").write_text(
            json.dumps([vocabulary, self._ids], ensure_ascii=False), "utf-8"
        )

    def open(self) -> None:
        from scipy import sparse

        vocabulary, self._ids = json.loads((self._folder / "words.json").read_text("utf-8"))
        self._vectorizer = self._new(vocabulary)
        self._vectorizer.idf_ = np.load(self._folder / "idf.npy")
        self._matrix = sparse.load_npz(self._folder / "matrix.npz")

    def update(self, document: Document) -> None:
        from scipy import sparse

        row = self._vectorizer.transform([plain_text(document)])
        self._matrix = sparse.vstack([self._matrix, row], format="csr")
        self._ids.append(document.id)

    def query(self, text: str) -> list[str]:
        scores = self._matrix @ self._vectorizer.transform([text]).toarray().ravel()
        best = np.argpartition(scores, -min(HITS, len(scores)))[-HITS:]
        best = best[np.argsort(-scores[best], kind="stable")]
        return [self._ids[row] for row in best.tolist() if scores[row] > 0]

    def text_postings(self) -> TextPostings:
        columns = self._matrix.tocsc()
        return TextPostings(
            columns.indptr.astype(np.int64),
            columns.indices.astype(np.int32),
            columns.data.astype(np.float32),
            columns.shape[0],
        )

    def text_query(self, text: str) -> TextQuery:
        row = self._vectorizer.transform([text])
        return TextQuery(row.indices.astype(np.int64), row.data.astype(np.float32))

    @staticmethod
    def _new(vocabulary: dict[str, int] | None = None) -> Any:
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer(
            strip_accents="unicode",
            sublinear_tf=True,
            stop_words=sorted(ALL_STOP_WORDS),
            dtype=np.float32,
            vocabulary=vocabulary,
        )


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


class Bm25s:
    """bm25s, its numpy backend, with its own tokeniser."""

    name: ClassVar[str] = "bm25s"
    note: ClassVar[str] = "numpy backend; it has no updates: one is a new index of the kept words"
    libraries: ClassVar[Sequence[str]] = ("bm25s", "scipy.sparse")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, documents: Sequence[Document]) -> None:
        from bm25s.tokenization import Tokenizer

        self._ids = [document.id for document in documents]
        self._tokenizer = Tokenizer(stopwords=sorted(ALL_STOP_WORDS))
        self._words: list[list[int]] = self._tokenizer.tokenize(
            [plain_text(document) for document in documents],
            update_vocab=True,
            show_progress=False,
        )
        self._index()

    def open(self) -> None:
        import bm25s
        from bm25s.tokenization import Tokenizer

        self._retriever = bm25s.BM25.load(str(self._folder), mmap=True, show_progress=False)
        self._tokenizer = Tokenizer(stopwords=[])
        self._tokenizer.load_vocab(str(self._folder))
        self._tokenizer.load_stopwords(str(self._folder))
        self._ids = json.loads((self._folder / "ids.json").read_text("utf-8"))

    def update(self, document: Document) -> None:
        self._ids.append(document.id)
        self._words += self._tokenizer.tokenize(
            [plain_text(document)], update_vocab=True, show_progress=False
        )
        self._index()

    def query(self, text: str) -> list[str]:
        words = self._tokenizer.tokenize([text], update_vocab="never", show_progress=False)
        rows, scores = self._retriever.retrieve(
            words, k=min(HITS, len(self._ids)), show_progress=False
        )
        pairs = zip(rows[0].tolist(), scores[0].tolist(), strict=True)
        return [self._ids[row] for row, score in pairs if score > 0]

    def _index(self) -> None:
        import bm25s

        self._retriever = bm25s.BM25(backend="numpy")
        vocabulary = self._tokenizer.get_vocab_dict()
        self._retriever.index((self._words, vocabulary), show_progress=False)
        self._retriever.save(str(self._folder), show_progress=False)
        self._tokenizer.save_vocab(str(self._folder))
        self._tokenizer.save_stopwords(str(self._folder))
        (self._folder / "ids.json").write_text(json.dumps(self._ids), "utf-8")


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
