"""Reading a tantivy index: what is asked becomes its query objects, never its syntax."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, cast

import tantivy
from tantivy import Occur, Query

from search.asked import Asked, Clause, Phrase, Prefix, Term
from search.indexed_article import WORDS, StoredArticle
from search.reading import Scope
from search.spelling import Spellings
from search.tantivy_index import (
    AUDIENCE,
    CATEGORY,
    KEY,
    LANGUAGE,
    STORED,
    TAGS,
    guarded,
    key_of,
)

# Of more labels or words an automaton is quicker; of fewer, making one takes longest.
_FEW: Final = 100


class TantivyReading:
    """The Reading of a tantivy index. A key is the number that follows from a document's id."""

    def __init__(self, place: Path) -> None:
        self._place = place
        with guarded(place):
            opened = tantivy.Index.open(str(place))
            # The schema of the file, not ours: of an older index it is another.
            self._schema = opened.schema
            self._searcher = opened.searcher()
        self._words: dict[str, Spellings] = {}
        self._hidden_counts: dict[frozenset[str], int] = {}

    def close(self) -> None:
        """Nothing: files are closed when the reading is gone."""

    def find(self, asked: Asked, scope: Scope, limit: int) -> dict[int, float]:
        with guarded(self._place):
            demands = [(Occur.Must, self._any_of(demand)) for demand in asked.demands]
            wishes = self._any_of(asked.wishes)
            occur = Occur.Should if demands else Occur.Must
            query = Query.boolean_query([*demands, (occur, wishes), *self._filters(scope)])
            hits = self._searcher.search(query, limit=limit, count=False).hits
            keys = self._keys([address for _, address in hits])
        return dict(zip(keys, [score for score, _ in hits], strict=True))

    def within(self, document_ids: Sequence[str], scope: Scope) -> dict[str, int]:
        keys = {key_of(document_id): document_id for document_id in document_ids}
        with guarded(self._place):
            named = Query.const_score_query(self._one_of(KEY, keys), 1.0)
            query = Query.boolean_query([(Occur.Must, named), *self._filters(scope)])
            hits = self._searcher.search(query, limit=max(len(keys), 1), count=False).hits
            found = self._keys([address for _, address in hits])
        return {keys[key]: key for key in found}

    def holder(self, clauses: Sequence[Clause], audiences: frozenset[str]) -> int | None:
        for clause in clauses:
            if self._is_unknown(clause):
                continue
            with guarded(self._place):
                query = Query.boolean_query(
                    [(Occur.Must, self._query(clause)), *self._filters(Scope(audiences))]
                )
                hits = self._searcher.search(query, limit=1, count=False).hits
                if hits:
                    return self._keys([hits[0][1]])[0]
        return None

    def is_held(self, clauses: Sequence[Clause], audiences: frozenset[str]) -> bool:
        # What stands in more articles than are hidden or gone stands in one that may be read.
        hidden = self._hidden(audiences)
        return (
            any(isinstance(each, Term) and self._frequency(each) > hidden for each in clauses)
            or self.holder(clauses, audiences) is not None
        )

    def _is_unknown(self, clause: Clause) -> bool:
        return isinstance(clause, Term) and not self._frequency(clause)

    def _frequency(self, term: Term) -> int:
        with guarded(self._place):
            return self._searcher.doc_freq(term.field, term.form)

    def _hidden(self, audiences: frozenset[str]) -> int:
        """How many articles these audiences may not read, or were removed and are not gone yet."""
        if audiences not in self._hidden_counts:
            with guarded(self._place):
                readable = self._searcher.terms_with_prefix(
                    AUDIENCE, "", filter_query=self._one_of(AUDIENCE, audiences)
                )
                every = sum(self._audience_counts.values())
            self._hidden_counts[audiences] = every - sum(count for _, count in readable)
        return self._hidden_counts[audiences]

    def article(self, key: int) -> StoredArticle:
        with guarded(self._place):
            query = Query.term_query(self._schema, KEY, key, index_option="basic")
            [(_, address)] = self._searcher.search(query, limit=1, count=False).hits
            stored = bytes(self._searcher.doc(address).get_first(STORED) or b"")
            return StoredArticle.from_json(stored.decode())

    def _keys(self, addresses: list[tantivy.DocAddress]) -> list[int]:
        # Every article has one.
        return cast("list[int]", self._searcher.fast_field_values(KEY, addresses))

    def words_beginning(self, letter: str) -> Spellings:
        if letter not in self._words:
            with guarded(self._place):
                self._words[letter] = Spellings(self._searcher.terms_with_prefix(WORDS, letter))
        return self._words[letter]

    def _any_of(self, clauses: Sequence[Clause]) -> Query:
        return _any([self._query(clause) for clause in clauses])

    def _query(self, clause: Clause) -> Query:
        match clause:
            case Term(field, form, boost):
                return _boosted(Query.term_query(self._schema, field, form, "freq"), boost)
            case Prefix(beginning, boost):
                return Query.const_score_query(self._beginning(beginning), boost)
            case Phrase(field, forms, boost):
                return _boosted(Query.phrase_query(self._schema, field, list(forms)), boost)

    def _beginning(self, letters: str) -> Query:
        words = self._searcher.terms_with_prefix(WORDS, letters, limit=_FEW + 1)
        if len(words) > _FEW:
            return Query.regex_query(self._schema, WORDS, re.escape(letters) + ".*")
        return self._one_of(WORDS, [word for word, _ in words])

    def _filters(self, scope: Scope) -> list[tuple[Occur, Query]]:
        labels = ((LANGUAGE, scope.language), (CATEGORY, scope.category), (TAGS, scope.tag))
        needed = [self._one_of(field, [label]) for field, label in labels if label is not None]
        hidden = [label for label in self._audience_counts if label not in scope.audiences]
        count = sum(self._audience_counts[label] for label in hidden)
        if 2 * count > sum(self._audience_counts.values()):
            needed.append(self._one_of(AUDIENCE, scope.audiences))
            hidden = []
        filters = [(Occur.Must, Query.const_score_query(each, 0.0)) for each in needed]
        return [*filters, (Occur.MustNot, self._one_of(AUDIENCE, hidden))] if hidden else filters

    @cached_property
    def _audience_counts(self) -> dict[str, int]:
        """How many articles each label has. Every article has one."""
        return dict(self._searcher.terms_with_prefix(AUDIENCE, ""))

    def _one_of(self, field: str, labels: Iterable[str | int]) -> Query:
        labels = list(labels)
        if len(labels) > _FEW:
            return Query.term_set_query(self._schema, field, labels)
        terms = [Query.term_query(self._schema, field, label, "basic") for label in labels]
        return terms[0] if len(terms) == 1 else _any(terms)


def _any(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1.0 else Query.boost_query(query, boost)
