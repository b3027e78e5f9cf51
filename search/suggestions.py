"""Suggestions for a draft ticket: the few articles that answer it, or honest silence.

    index = SuggestionIndex.build(documents, customer_words, version=7)
    index.suggest(Draft("Cannot sign in", "…", "en"), audiences=frozenset({"public"}))

An index never changes: build another one, save it, and let every process load it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from search.analysis import MAX_DRAFT_CHARACTERS, MAX_DRAFT_WORDS, Word, analyser, clean
from search.articles_table import ArticlesTable, tabulate
from search.counted_texts import CountedTexts
from search.documents import CustomerWords, Document
from search.errors import SnapshotError
from search.evidence import (
    Evidence,
    evidence_arrays,
    evidence_from,
    evidence_values,
    gather_evidence,
)
from search.excerpts import excerpt
from search.language import as_language, detect
from search.matched_words import matched_words
from search.postings import top
from search.recipe import DEFAULT_RECIPE, DEFAULT_THRESHOLD, Array, Recipe
from search.section_choice import choose_passage
from search.similar_tickets import SimilarTicket, TicketIndex
from search.snapshots import load_snapshot, save_snapshot, saved_version

__all__ = [
    "DEFAULT_THRESHOLD",
    "MIN_DRAFT_CHARACTERS",
    "Draft",
    "Ranked",
    "SimilarTicket",
    "Suggestion",
    "SuggestionIndex",
    "TicketIndex",
]

MIN_DRAFT_CHARACTERS: Final = 12
_KIND: Final = "suggestions-2"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a customer has typed so far. `locale` is the page's: a hint, not the truth."""

    subject: str
    body: str
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may answer a draft, and the section that does.

    `score` orders suggestions of one draft. `confidence`, in [0, 1], compares between drafts.
    `excerpt` is plain text. `terms` are the customer's own words that matched, as typed.
    """

    document_id: str
    section_anchor: str
    section_title: str
    excerpt: str
    score: float
    confidence: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's place for a draft, without the gate."""

    document_id: str
    score: float
    confidence: float


class SuggestionIndex:
    """Everything needed to answer drafts. Immutable, safe to share between threads."""

    def __init__(self, table: ArticlesTable, evidence: Evidence, version: int) -> None:
        self._table = table
        self._evidence = evidence
        self._version = version
        self._audiences = np.array(table.audiences, dtype=np.str_)
        self._locales = np.array([as_language(locale) or "" for locale in table.locales])
        self._numbers = {document_id: row for row, document_id in enumerate(table.ids)}

    @property
    def version(self) -> int:
        """The caller's number of the data that this index was built from."""
        return self._version

    @property
    def document_count(self) -> int:
        return len(self._table.ids)

    @classmethod
    def build(
        cls,
        documents: Iterable[Document],
        customer_words: Iterable[CustomerWords] = (),
        *,
        version: int,
        recipe: Recipe = DEFAULT_RECIPE,
        counted: CountedTexts | None = None,
    ) -> "SuggestionIndex":
        """Index documents and what customers wrote in the tickets that those documents solved.

        The order of the input does not matter; of documents with the same id the last one counts;
        customers' words of unknown documents are left out. What is in `counted` is not analysed
        again; the index is the same with it and without.
        """
        unique = {document.id: document for document in documents}
        ordered = [unique[document_id] for document_id in sorted(unique)]
        numbers = {document.id: row for row, document in enumerate(ordered)}
        tickets = sorted(
            {words for words in customer_words if words.document_id in numbers},
            key=lambda words: (words.document_id, words.id, words.text, words.locale),
        )
        texts = counted or CountedTexts(recipe.common_weight)
        articles = texts.articles(ordered)
        evidence = gather_evidence(
            texts.vocabulary,
            articles=articles,
            tickets=texts.tickets(tickets),
            ticket_articles=np.array(
                [numbers[ticket.document_id] for ticket in tickets], dtype=np.int64
            ),
            domains=np.unique([document.locale for document in ordered], return_inverse=True)[1]
            if ordered
            else np.zeros(0, dtype=np.int64),
            recipe=recipe,
        )
        table = tabulate(ordered, [article.passages for article in articles])
        return cls(table, evidence, version)

    def save(self, folder: Path) -> None:
        """Put a snapshot into `folder` and make it the current one, atomically."""
        save_snapshot(
            folder,
            kind=_KIND,
            version=self._version,
            arrays=evidence_arrays(self._evidence),
            values={**evidence_values(self._evidence), "articles": self._table.to_json()},
        )

    @classmethod
    def load(cls, folder: Path) -> "SuggestionIndex":
        """Open the current snapshot of `folder`. Raises SnapshotError: build the index again."""
        snapshot = load_snapshot(folder, kind=_KIND)
        try:
            table = ArticlesTable.from_json(snapshot.values["articles"])
            evidence = evidence_from(snapshot.arrays, snapshot.values)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise SnapshotError(f"the index in {folder} is incomplete ({error!r})") from error
        return cls(table, evidence, snapshot.version)

    @staticmethod
    def saved_version(folder: Path) -> int | None:
        """The version that `load` would open; None when there is none. One small read."""
        return saved_version(folder)

    def suggest(
        self,
        draft: Draft,
        *,
        audiences: frozenset[str],
        limit: int = 5,
        threshold: float | None = None,
        prefer_locale: str | None = None,
        exclude: frozenset[str] = frozenset(),
    ) -> tuple[Suggestion, ...]:
        """The articles worth showing, best first; empty when nothing is good enough.

        `threshold` is the least confidence shown (None: the product's default); after the first,
        an article is shown only if it is good beside the first. 0 shows everything. `exclude` holds
        document ids that are not to be shown. Articles in the draft's language come alone; only
        when there is none good enough are those in the other language given: compare the locale
        and label them. `prefer_locale` overrides the detected language.
        """
        text = _draft_text(draft)
        if len(text.strip()) < MIN_DRAFT_CHARACTERS or not self.document_count:
            return ()
        language = as_language(prefer_locale) or detect(text, draft.locale)
        words = analyser(language).words(text, MAX_DRAFT_WORDS)
        scores, confidence = self._judge(words)
        shown = self._readable(audiences) & (confidence >= _bar(threshold))
        for document_id in exclude:
            if document_id in self._numbers:
                shown[self._numbers[document_id]] = False
        if language is not None and (same := shown & (self._locales == language)).any():
            shown = same
        best = top(np.where(shown, scores, 0.0), limit)
        if _bar(threshold) > 0:
            best = best[self._evidence.recipe.goes_on(scores[best], confidence[best])]
        return self._explained(best, words, scores, confidence)

    def rank(
        self, draft: Draft, *, audiences: frozenset[str], limit: int = 50
    ) -> tuple[Ranked, ...]:
        """Articles by score without the gate, for measuring and for fusing with other rankings.

        Works on any length of text. Ties are in the order of document ids; articles for which
        nothing speaks come last, with a score of 0.
        """
        text = _draft_text(draft)
        if not self.document_count:
            return ()
        words = analyser(detect(text, draft.locale)).words(text, MAX_DRAFT_WORDS)
        scores, confidence = self._judge(words)
        readable = self._readable(audiences)
        best = top(np.where(readable, scores, 0.0), limit)
        rest = np.flatnonzero(readable & (scores <= 0))[: limit - len(best)]
        best = np.concatenate([best, rest])
        return tuple(
            Ranked(self._table.ids[row], float(scores[row]), float(confidence[row])) for row in best
        )

    def _judge(self, words: list[Word]) -> tuple[Array, Array]:
        """Score and confidence of every article."""
        recipe = self._evidence.recipe
        counts = self._evidence.ticket_counts.astype(np.float64)
        signals = self._evidence.signals(words)
        return recipe.rank(signals, counts), recipe.confidence(signals, counts)

    def _readable(self, audiences: frozenset[str]) -> npt.NDArray[np.bool_]:
        return np.isin(self._audiences, sorted(audiences))

    def _explained(
        self,
        rows: npt.NDArray[np.int64],
        words: list[Word],
        scores: npt.NDArray[np.float64],
        confidence: npt.NDArray[np.float64],
    ) -> tuple[Suggestion, ...]:
        if not len(rows):
            return ()
        wanted = self._evidence.telling(words)
        suggestions = []
        for row in rows:
            analysis = analyser(as_language(self._table.locales[row]))
            passages = [self._table.passage(number) for number in self._table.passages_of(int(row))]
            passage = passages[choose_passage(passages, wanted, analysis)]
            matched = matched_words(self._evidence, words, int(row))
            suggestions.append(
                Suggestion(
                    document_id=self._table.ids[row],
                    section_anchor=passage.anchor,
                    section_title=passage.title,
                    excerpt=excerpt(passage.text, matched.stems, analysis),
                    score=float(scores[row]),
                    confidence=float(confidence[row]),
                    terms=matched.terms,
                )
            )
        return tuple(suggestions)


def _bar(threshold: float | None) -> float:
    return DEFAULT_THRESHOLD if threshold is None else threshold


def _draft_text(draft: Draft) -> str:
    subject = draft.subject[:MAX_DRAFT_CHARACTERS]
    return clean(f"{subject}\n{draft.body[:MAX_DRAFT_CHARACTERS]}", MAX_DRAFT_CHARACTERS)
