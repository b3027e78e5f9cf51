"""What a measured engine is, and the engine of this product as one.

An engine keeps its index in a folder of its own. `build` makes an index that answers and lies on
the disk; `update` returns when the document can be found; `open` brings an index that was built
back into an empty process, and is how its memory is measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from search.documents import Document
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


class Antesala:
    """The product's ranking, without the gate and the excerpts."""

    name: ClassVar[str] = "Antesala"
    note: ClassVar[str] = "an update is a build from nothing"
    libraries: ClassVar[Sequence[str]] = ("Stemmer", "scipy.sparse", "search.suggestions")

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._documents: list[Document] = []
        self._version = 0

    def build(self, documents: Sequence[Document]) -> None:
        self._documents = list(documents)
        self._version += 1
        SuggestionIndex.build(self._documents, version=self._version).save(self._folder)
        self.open()

    def open(self) -> None:
        self._index = SuggestionIndex.load(self._folder)

    def update(self, document: Document) -> None:
        self.build([*self._documents, document])

    def query(self, text: str) -> list[str]:
        draft = Draft(text, "")
        ranked = self._index.rank(draft, audiences=frozenset({"public"}), limit=HITS)
        return [hit.document_id for hit in ranked]
