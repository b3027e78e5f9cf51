"""What a measured engine is, and the engine of this product as one.

An engine keeps its index in a folder of its own. `build` makes an index that answers and lies on
the disk; `update` returns when the document can be found; `open` brings an index that was built
back into an empty process, and is how its memory is measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from search.analysis import analyser, clean
from search.counted import count_articles
from search.documents import Document
from search.fields import top
from search.index_store import IndexStore
from search.language import detect
from search.query import ask
from search.suggestions import Draft, SuggestionIndex

HITS = 10


class Engine(Protocol):
    """`name` is its row in the table; `note` says what its figures need to be understood."""

    name: ClassVar[str]
    note: ClassVar[str]
    libraries: ClassVar[Sequence[str]]

    def __init__(self, folder: Path) -> None: ...

    def build(self, documents: Sequence[Document]) -> None:
        """Index all documents, in memory and in the folder."""

    def open(self) -> None:
        """Open what `build` left in the folder."""

    def update(self, document: Document) -> None:
        """Add one document so that the next query can find it."""

    def query(self, text: str) -> list[str]:
        """The ids of the best ten documents, best first."""


@dataclass(frozen=True, slots=True)
class TextPostings:
    """Weights by feature: `rows[starts[f]:starts[f + 1]]` hold feature f with `weights`.

    `dense_number[f]` >= 0 says that f has no postings but the row of that number in `dense`, of
    shape (frequent features, row_count).
    """

    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    row_count: int
    dense_number: npt.NDArray[np.int32] | None = None
    dense: npt.NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A question as the postings understand it."""

    features: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]


@runtime_checkable
class HasPostings(Protocol):
    """An engine whose sum the floor can repeat."""

    def text_postings(self) -> TextPostings: ...

    def text_query(self, text: str) -> TextQuery: ...


@runtime_checkable
class HasTextScore(HasPostings, Protocol):
    """An engine that computes that sum by itself, in a call that takes no analysis."""

    def text_score(self, text: str) -> Callable[[], object]: ...


class Antesala:
    """The product's suggestions: language, ranking, gate, sections and excerpts."""

    name: ClassVar[str] = "Antesala, whole suggestion"
    note: ClassVar[str] = (
        "from the draft's text to five articles as shown; an update is saved and opened"
    )
    libraries: ClassVar[Sequence[str]] = ("Stemmer", "scipy.sparse", "search.index_store")

    def __init__(self, folder: Path) -> None:
        self._store = IndexStore(folder)
        self._changed: list[Document] = []

    def build(self, documents: Sequence[Document]) -> None:
        self._store.save(SuggestionIndex.build(documents, version=1))
        self.open()

    def open(self) -> None:
        self._opened = self._store.open()

    def update(self, document: Document) -> None:
        self._changed.append(document)
        index = self._opened.index.changed(list(count_articles(self._changed)), version=2)
        self._store.save(index, self._opened)
        self._opened = self._store.open(self._opened)

    def query(self, text: str) -> list[str]:
        shown = self._opened.index.suggest(
            Draft(text, ""), audiences=_PUBLIC, limit=_SHOWN, threshold=0.0
        )
        return [each.document_id for each in shown]

    def text_postings(self) -> TextPostings:
        """The field with the words of whole articles."""
        field = self._opened.base.by_feature["text"]
        return TextPostings(
            field.starts.astype(np.int64), field.rows, field.weights, field.row_count
        )

    def text_query(self, text: str) -> TextQuery:
        """The draft's words in that field."""
        words = analyser(detect(text)).words(clean(text))
        place = ask(words, self._opened.index.parts).places[0]
        features = place.words[place.telling]
        field = self._opened.base.by_feature["text"]
        held = field.starts[features + 1] > field.starts[features]
        return TextQuery(features[held], place.word_weights[place.telling][held])

    def text_score(self, text: str) -> Callable[[], object]:
        """The product's way of computing what the floor computes, for one draft."""
        field, query = self._opened.base.by_feature["text"], self.text_query(text)

        def call() -> object:
            scores = np.zeros(field.row_count, dtype=np.float32)
            field.add_scores(query.features, query.weights, scores)
            return top(scores, HITS)

        return call


_PUBLIC = frozenset({"public"})
# As many as a page shows.
_SHOWN = 5
