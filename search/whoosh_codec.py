"""How Whoosh keeps postings for us: as arrays, written and read at once.

Whoosh's own codec calls some ten functions for each posting, in writing as in reading; this one
gathers the postings of a term in arrays. What else Whoosh does (segments, deletions, locks, stored
fields, the table of terms) stays as it is.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo, W3TermsReader
from whoosh.matching.mcore import ListMatcher
from whoosh.reading import TermNotFound

Ints = npt.NDArray[np.uint32]

_INT: Final = "I"
_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents with a term (ascending), how often each has it, and where.

    `positions` are those of the first document, of the second, …: `frequencies` tell how many of
    each, unless the term has none.
    """

    documents: Ints
    frequencies: Ints
    positions: Ints


class _Gathered:
    """The postings of one term while an index is written."""

    __slots__ = ("documents", "frequencies", "positions")

    def __init__(self) -> None:
        self.documents = array(_INT)
        self.frequencies = array(_INT)
        self.positions = array(_INT)


class ArrayPool:
    """Takes the place of Whoosh's sorting pool: postings by field and term, in memory."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[bytes, _Gathered]] = {}

    @property
    def fieldnames(self) -> set[str]:
        return set(self._fields)

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        field, term, document, weight, positions = item
        terms = self._fields.setdefault(field, {})
        gathered = terms.get(term)
        if gathered is None:
            gathered = terms[term] = _Gathered()
        gathered.documents.append(document)
        gathered.frequencies.append(int(weight))
        gathered.positions.frombytes(positions)

    def iter_postings(self) -> Iterator[tuple[str, bytes, _Gathered]]:
        for field in sorted(self._fields):
            terms = self._fields[field]
            for term in sorted(terms):
                yield field, term, terms[term]

    def cleanup(self) -> None:
        self._fields.clear()


class _FieldWriter(W3FieldWriter):  # type: ignore[misc]  # Whoosh ships no types
    def add_postings(
        self, schema: Any, _lengths: Any, items: Iterable[tuple[str, bytes, _Gathered]]
    ) -> None:
        current = None
        at = self._postfile.tell()
        for field, term, gathered in items:
            if field != current:
                if current is not None:
                    self.finish_field()
                self.start_field(field, schema[field])
                current = field
            self._btext = term
            at += self._write(gathered, at)
        if current is not None:
            self.finish_field()

    def _write(self, gathered: _Gathered, at: int) -> int:
        documents = gathered.documents
        written = b"".join(
            (documents.tobytes(), gathered.frequencies.tobytes(), gathered.positions.tobytes())
        )
        self._postfile.write(written)
        info = W3TermInfo()
        info._weight = float(sum(gathered.frequencies))  # noqa: SLF001  # as its own writer does
        info._df = len(documents)  # noqa: SLF001
        info._minid, info._maxid = documents[0], documents[-1]  # noqa: SLF001
        info.set_extent(at, len(written))
        self._tindex.add(self._fieldid.to_bytes(2, "big") + self._btext, info.to_bytes())
        return len(written)


class ArrayTermsReader(W3TermsReader):  # type: ignore[misc]
    """The terms of a segment."""

    def postings(self, field: str, term: bytes) -> Postings | None:
        """The postings of a term, deleted documents included; None when there is no such term."""
        try:
            info = self.term_info(field, term)
        except TermNotFound:
            return None
        return read_postings(self._postfile, info)

    def beginning(self, field: str, prefix: bytes) -> Iterator[bytes]:
        """The terms of a field that begin so, in order."""
        if field not in self._fieldmap:
            return
        for found, term in self.terms_from(field, prefix):
            if found != field or not term.startswith(prefix):
                return
            yield term


def read_postings(file: Any, info: Any) -> Postings:
    """What `_FieldWriter` wrote of a term."""
    offset, length = info.extent()
    # Whoosh reads the length back as a tuple of one.
    size = length[0] if isinstance(length, tuple) else length
    numbers = np.frombuffer(bytes(file.get(offset, size)), dtype=np.uint32)
    count = info.doc_frequency()
    return Postings(numbers[:count], numbers[count : 2 * count], numbers[2 * count :])


class ArrayCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec, with postings in arrays."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> _FieldWriter:
        return _FieldWriter(self, storage, segment)

    def terms_reader(self, storage: Any, segment: Any) -> ArrayTermsReader:
        name = segment.make_filename(self.TERMS_EXT)
        return ArrayTermsReader(
            self,
            storage.open_file(name),
            storage.file_length(name),
            segment.open_file(storage, self.POSTS_EXT),
        )

    def postings_reader(
        self, dbfile: Any, terminfo: Any, format_: Any, term: Any = None, scorer: Any = None
    ) -> ListMatcher:
        """For what Whoosh does by itself: merging segments, and deleting by a term."""
        postings = read_postings(dbfile, terminfo)
        ends = np.cumsum(postings.frequencies)
        starts = ends - postings.frequencies
        values = [
            postings.positions[start:end].tobytes() for start, end in zip(starts, ends, strict=True)
        ]
        return ListMatcher(
            postings.documents.tolist(),
            postings.frequencies.tolist(),
            values,
            format_,
            scorer=scorer,
            term=term,
            terminfo=terminfo,
        )
