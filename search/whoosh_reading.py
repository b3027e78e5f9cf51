"""Reading a Whoosh index: postings summed as arrays, all documents of a term at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from whoosh import index

from search.asked import Asked, Clause, Phrase, Prefix, Term
from search.indexed_article import TEXT, TITLE, WORDS, StoredArticle
from search.reading import Scope
from search.spelling import Spellings
from search.whoosh_codec import ArrayTermsReader, Postings
from search.whoosh_index import AUDIENCE, CATEGORY, ID, LANGUAGE, LENGTH, STORED, TAGS, readable

Keys = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SegmentWords = dict[str, dict[str, dict[str, int]]]
"""By segment and first letter, words and how many articles hold each. Segments never change."""

_K1: Final = 1.2
_B: Final = 0.75
_KEPT_SCORES: Final = 2_000_000
_NO_KEYS: Final = np.zeros(0, dtype=np.int64)
_NO_SCORES: Final = np.zeros(0)


@dataclass(frozen=True, slots=True)
class _Segment:
    reader: Any
    terms: ArrayTermsReader
    offset: int


class WhooshReading:
    """The Reading of a Whoosh index. A key is the number of a document in the whole index.

    `segment_words` is what earlier readings found, and is kept up to date: listing the words of a
    large segment takes Whoosh a while.
    """

    def __init__(self, place: Path, segment_words: SegmentWords) -> None:
        self._place = place
        self._segment_words = segment_words
        with readable(place):
            self._reader = index.open_dir(str(place)).reader()
            self._count = int(self._reader.doc_count_all())
            self._segments = [
                _Segment(leaf, leaf.codec().terms_reader(leaf.storage(), leaf.segment()), offset)
                for leaf, offset in (self._reader.leaf_readers() if self._count else ())
            ]
            self._alive = np.ones(self._count, dtype=np.bool_)
            for segment in self._segments:
                for number in segment.reader.segment().deleted_docs():
                    self._alive[segment.offset + number] = False
        names = {segment.reader.segment().segment_id() for segment in self._segments}
        for name in [name for name in segment_words if name not in names]:
            segment_words.pop(name, None)
        self._scored: dict[tuple[str, str], tuple[Keys, Scores]] = {}
        self._kept = 0
        self._masks: dict[tuple[str, str], Mask] = {}
        self._words: dict[str, Spellings] = {}

    def close(self) -> None:
        # Memory maps that somebody still looks at are closed when he is done.
        with suppress(Exception):
            self._reader.close()

    def find(self, asked: Asked, scope: Scope, limit: int) -> dict[int, float]:
        with readable(self._place):
            scores = np.zeros(self._count)
            found = self._allowed(scope)
            if asked.demands:
                for demand in asked.demands:
                    found &= self._sum(demand, scores)
                self._sum(asked.wishes, scores)
            else:
                found &= self._sum(asked.wishes, scores)
            keys = np.flatnonzero(found)
            if len(keys) > limit:
                keys = keys[np.sort(np.argsort(-scores[keys], kind="stable")[:limit])]
            return dict(zip(keys.tolist(), scores[keys].tolist(), strict=True))

    def within(self, document_ids: Sequence[str], scope: Scope) -> dict[str, int]:
        with readable(self._place):
            allowed = self._allowed(scope)
            found = {}
            for document_id in document_ids:
                keys = self._keys(ID, document_id)
                if len(keys) and allowed[keys[0]]:
                    found[document_id] = int(keys[0])
            return found

    def holder(self, clauses: Sequence[Clause], audiences: frozenset[str]) -> int | None:
        with readable(self._place):
            allowed = self._allowed(Scope(audiences))
            for clause in clauses:
                for keys in self._holding(clause):
                    readers = keys[allowed[keys]]
                    if len(readers):
                        return int(readers[0])
            return None

    def is_held(self, clauses: Sequence[Clause], audiences: frozenset[str]) -> bool:
        return self.holder(clauses, audiences) is not None

    def article(self, key: int) -> StoredArticle:
        with readable(self._place):
            return StoredArticle.from_json(self._reader.stored_fields(key)[STORED])

    def words_beginning(self, letter: str) -> Spellings:
        if letter not in self._words:
            counts: Counter[str] = Counter()
            for segment in self._segments:
                counts.update(self._words_in(segment, letter))
            self._words[letter] = Spellings(list(counts.items()))
        return self._words[letter]

    def _words_in(self, segment: _Segment, letter: str) -> dict[str, int]:
        name = segment.reader.segment().segment_id()
        known = self._segment_words.setdefault(name, {})
        if letter not in known:
            terms = segment.terms
            with readable(self._place):
                known[letter] = {
                    term.decode(): int(terms.doc_frequency(WORDS, term))
                    for term in terms.beginning(WORDS, letter.encode())
                }
        return known[letter]

    def _allowed(self, scope: Scope) -> Mask:
        allowed = np.zeros(self._count, dtype=np.bool_)
        for audience in scope.audiences:
            allowed |= self._mask(AUDIENCE, audience)
        filters = ((LANGUAGE, scope.language), (CATEGORY, scope.category), (TAGS, scope.tag))
        for field, label in filters:
            if label is not None:
                allowed &= self._mask(field, label)
        return allowed

    def _mask(self, field: str, label: str) -> Mask:
        if (field, label) not in self._masks:
            mask = np.zeros(self._count, dtype=np.bool_)
            mask[self._keys(field, label)] = True
            self._masks[field, label] = mask
        return self._masks[field, label]

    def _sum(self, clauses: Sequence[Clause], scores: Scores) -> Mask:
        """Add the scores of the clauses; for which documents one of them holds."""
        holds = np.zeros(self._count, dtype=np.bool_)
        for clause in clauses:
            keys, own = self._score(clause)
            scores[keys] += clause.boost * own
            holds[keys] = True
        return holds

    def _score(self, clause: Clause) -> tuple[Keys, Scores]:
        match clause:
            case Term(field, form):
                return self._term(field, form)
            case Prefix():
                keys = np.unique(np.concatenate([_NO_KEYS, *self._holding(clause)]))
                return keys, np.ones(len(keys))
            case Phrase(field, forms):
                keys = self._phrase(field, forms)
                total = np.zeros(len(keys))
                for form in dict.fromkeys(forms):
                    all_keys, own = self._term(field, form)
                    total += own[np.searchsorted(all_keys, keys)]
                return keys, total

    def _holding(self, clause: Clause) -> Iterator[Keys]:
        match clause:
            case Term(field, form):
                yield self._keys(field, form)
            case Prefix(beginning):
                for segment in self._segments:
                    for term in segment.terms.beginning(WORDS, beginning.encode()):
                        postings = segment.terms.postings(WORDS, term)
                        if postings is not None:
                            yield self._living(postings.documents, segment)
            case Phrase(field, forms):
                yield self._phrase(field, forms)

    def _term(self, field: str, form: str) -> tuple[Keys, Scores]:
        """BM25 of a term, k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009)."""
        known = self._scored.get((field, form))
        if known is not None:
            return known
        parts = list(self._postings(field, form))
        if not parts:
            return _NO_KEYS, _NO_SCORES
        keys = np.concatenate([self._numbers(each.documents, segment) for segment, each in parts])
        counts = np.concatenate([each.frequencies for _, each in parts]).astype(np.float64)
        alive = self._alive[keys]
        keys, counts = keys[alive], counts[alive]
        lengths, average = self._lengths[field]
        idf = np.log1p((self._count - len(keys) + 0.5) / (len(keys) + 0.5))
        norm = _K1 * (1 - _B + _B * lengths[keys] / average)
        scored = keys, idf * counts * (_K1 + 1) / (counts + norm)
        self._keep((field, form), scored)
        return scored

    def _keep(self, term: tuple[str, str], scored: tuple[Keys, Scores]) -> None:
        if self._kept + len(scored[0]) > _KEPT_SCORES:
            self._scored.clear()
            self._kept = 0
        self._scored[term] = scored
        self._kept += len(scored[0])

    @cached_property
    def _lengths(self) -> dict[str, tuple[Scores, float]]:
        """How many forms each text has, and how many on average."""
        found = {}
        for field in (TITLE, TEXT):
            lengths = np.zeros(self._count)
            for segment, postings in self._postings(field, LENGTH):
                lengths[self._numbers(postings.documents, segment)] = postings.frequencies
            found[field] = lengths, max(float(lengths.mean()), 1.0) if self._count else 1.0
        return found

    def _phrase(self, field: str, forms: Sequence[str]) -> Keys:
        """The documents in which the forms stand one right after the other."""
        found = []
        for segment in self._segments:
            parts = [segment.terms.postings(field, form.encode()) for form in forms]
            held = [part for part in parts if part is not None]
            if len(held) == len(forms):
                found.append(self._living(_in_a_row(held), segment))
        return np.concatenate([_NO_KEYS, *found])

    def _keys(self, field: str, form: str) -> Keys:
        found = [self._living(part.documents, seg) for seg, part in self._postings(field, form)]
        return np.concatenate([_NO_KEYS, *found])

    def _postings(self, field: str, form: str) -> Iterator[tuple[_Segment, Postings]]:
        term = form.encode()
        for segment in self._segments:
            postings = segment.terms.postings(field, term)
            if postings is not None:
                yield segment, postings

    @staticmethod
    def _numbers(documents: npt.NDArray[Any], segment: _Segment) -> Keys:
        return documents.astype(np.int64) + segment.offset

    def _living(self, documents: npt.NDArray[Any], segment: _Segment) -> Keys:
        keys = self._numbers(documents, segment)
        return keys[self._alive[keys]]


def _in_a_row(parts: Sequence[Postings]) -> npt.NDArray[np.int64]:
    """The documents that have a position p of the first term, p + 1 of the second, and so on."""
    # One number for each place: the document, then the position less the term's place in the phrase.
    places: npt.NDArray[np.int64] | None = None
    for shift, part in enumerate(parts):
        documents = np.repeat(part.documents.astype(np.int64), part.frequencies)
        starts = part.positions.astype(np.int64) - shift
        own = (documents << 32)[starts >= 0] + starts[starts >= 0]
        places = own if places is None else np.intersect1d(places, own)
    return _NO_KEYS if places is None else np.unique(places >> 32)
