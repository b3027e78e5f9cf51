"""Peers that keep their index as a matrix in memory, each set up as its manual recommends.

Stop words are taken out of what each indexes and is asked, by its own means.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bench.corpus import plain_text
from bench.engines import HITS, TextPostings, TextQuery
from search.documents import Document
from search.stop_words import ALL_STOP_WORDS


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
