"""Suggestions for a draft ticket: the few articles that answer it, or honest silence.

    index = SuggestionIndex.build(documents, customer_words, version=7)
    index.suggest(Draft("Cannot sign in", "…", "en"), audiences=frozenset({"public"}))

An index never changes: `changed` gives another one, which shares what stayed the same.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

import numpy as np

from search.analysis import MAX_DRAFT_WORDS, Word, analyser
from search.counted import CountedArticle, count_articles
from search.desk_model import DeskModel, fitting
from search.documents import CustomerWords, Document
from search.drafts import MIN_DRAFT_CHARACTERS, Draft
from search.ear import Ear
from search.evidence import Candidates, gather
from search.hearing import Heard
from search.judged import Judged, Ranked, worth_showing
from search.language import Language, as_language, detect
from search.live import Live, live
from search.margins import Margins
from search.merging import merge
from search.query import ask
from search.recipe import DEFAULT_THRESHOLD, judge
from search.segment import Segment
from search.showing import Showing, Suggestion
from search.synonyms import NO_SYNONYMS, Alike, Synonyms

__all__ = [
    "DEFAULT_THRESHOLD",
    "MIN_DRAFT_CHARACTERS",
    "Draft",
    "Found",
    "Judged",
    "Ranked",
    "Suggestion",
    "SuggestionIndex",
]


@dataclass(frozen=True, slots=True)
class Found:
    """The articles that are worth showing for a draft, best first, and the draft's language.

    `is_cut` says that the draft is too long to be looked at whole: its end changed nothing.
    Sections, excerpts and reasons cost more than all the rest: they are made when asked for.
    """

    language: Language | None
    articles: tuple[Ranked, ...]
    is_cut: bool = False
    _showing: Showing | None = None
    _numbers: tuple[int, ...] = ()

    def suggestions(self, document_ids: Container[str] | None = None) -> tuple[Suggestion, ...]:
        """What is shown of these articles, or of some of them."""
        if self._showing is None:
            return ()
        return self._showing.suggestions(
            [
                number
                for number, article in zip(self._numbers, self.articles, strict=True)
                if document_ids is None or article.document_id in document_ids
            ]
        )


class SuggestionIndex:
    """Everything needed to answer drafts. Immutable, safe to share between threads.

    `parts` are one segment, or a large one and a small one with what changed since.
    """

    def __init__(
        self,
        parts: Sequence[Live],
        *,
        version: int,
        model: DeskModel | None = None,
        ear: Ear | None = None,
        synonyms: Synonyms = NO_SYNONYMS,
    ) -> None:
        self.parts = tuple(parts)
        self._given = ear
        heard = {part.segment.ear for part in parts if part.article_count}
        self.ear = ear if ear is not None and heard <= {ear.name} else None
        """None: there is none, or the articles were indexed without this one."""
        self.model = fitting(model, self.ear)
        """The model that was given; the untrained one where that needs another ear."""
        self._margins = Margins(self.model, self.parts)
        self.synonyms = synonyms
        self.version = version
        """The caller's number of the data that this index reflects."""

    @property
    def document_count(self) -> int:
        return sum(part.article_count for part in self.parts)

    @classmethod
    def build(
        cls,
        documents: Iterable[Document],
        customer_words: Iterable[CustomerWords] = (),
        *,
        version: int,
        model: DeskModel | None = None,
        ear: Ear | None = None,
    ) -> "SuggestionIndex":
        """Index documents and what customers wrote in the tickets that those documents solved.

        The order of the input does not matter; of documents with the same id the last one counts;
        customers' words of unknown documents are left out.
        """
        counted = count_articles(documents, customer_words, ear)
        parts = [live(Segment.build(list(islice(counted, _COUNTED_AT_ONCE))), _NONE)]
        # An article takes far more room before it is laid out.
        while some := list(islice(counted, _COUNTED_AT_ONCE)):
            parts.append(live(Segment.build(some), _NONE))
        return cls(parts, version=version, model=model, ear=ear).merged()

    def changed(
        self, counted: Sequence[CountedArticle], removed_ids: Iterable[str] = (), *, version: int
    ) -> "SuggestionIndex":
        """This index's large segment with other articles in place of, or besides, its own.

        `counted` is everything that changed since that segment was made, not since the last call.
        Answers as an index built from nothing does. Costs what the changes do.
        """
        base = self.parts[0].segment
        ids = sorted({each.document.id for each in counted} | set(removed_ids))
        rows = [row for row in map(base.articles.ids.find, ids) if row is not None]
        parts = [live(base, np.array(rows, dtype=np.int64))]
        if counted:
            ordered = sorted(counted, key=lambda each: each.document.id)
            parts.append(live(Segment.build(ordered), _NONE))
        return self._other(parts, version=version)

    def merged(self) -> "SuggestionIndex":
        """The same index in one segment."""
        if len(self.parts) == 1 and not self.parts[0].dead.any():
            return self
        whole = live(merge(self.parts), _NONE)
        return self._other([whole])

    def with_model(self, model: DeskModel) -> "SuggestionIndex":
        """The same articles, ranked as another model says."""
        return self._other(model=model)

    def with_synonyms(self, synonyms: Synonyms) -> "SuggestionIndex":
        """The same articles, asked with other synonyms."""
        return self._other(synonyms=synonyms)

    def _other(
        self,
        parts: Sequence[Live] | None = None,
        *,
        version: int | None = None,
        model: DeskModel | None = None,
        synonyms: Synonyms | None = None,
    ) -> "SuggestionIndex":
        return SuggestionIndex(
            self.parts if parts is None else parts,
            version=self.version if version is None else version,
            model=model or self.model,
            ear=self._given,
            synonyms=self.synonyms if synonyms is None else synonyms,
        )

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
        """What `find` finds, with the section, excerpt and reasons of each."""
        return self.find(
            draft,
            audiences=audiences,
            limit=limit,
            threshold=threshold,
            prefer_locale=prefer_locale,
            exclude=exclude,
        ).suggestions()

    def find(
        self,
        draft: Draft,
        *,
        audiences: frozenset[str],
        limit: int = 5,
        threshold: float | None = None,
        prefer_locale: str | None = None,
        exclude: frozenset[str] = frozenset(),
    ) -> Found:
        """The articles worth showing, best first; none when nothing is good enough.

        `threshold` is the least confidence shown (None: the product's default); after the first,
        an article is shown only if it is good beside the first. 0 shows everything. `exclude` holds
        document ids that are not to be shown. Articles in the draft's language come alone; only
        when there is none good enough are those in the other language given: compare the locale
        and label them. `prefer_locale` overrides the detected language.
        """
        text = draft.cleaned()
        language = as_language(prefer_locale) or detect(text, draft.locale)
        if len(text.strip()) < MIN_DRAFT_CHARACTERS or not self.document_count:
            return Found(language, ())
        words = analyser(language).words(text, MAX_DRAFT_WORDS + 1)
        is_cut = draft.is_too_long or len(words) > MAX_DRAFT_WORDS
        words = words[:MAX_DRAFT_WORDS]
        alike = self.synonyms.of(words, language)
        judged = self._judge(text, words, audiences, alike)
        recipe = self.model.recipe
        best = worth_showing(
            judged,
            least=DEFAULT_THRESHOLD if threshold is None else threshold,
            language=language,
            exclude=exclude,
            limit=limit,
            tail_share=recipe.tail_share,
            hears=self.ear is not None,
        )
        showing = Showing(_with_others(words, alike), judged)
        return Found(language, judged.ranked(best), is_cut, showing, tuple(best.tolist()))

    def rank(
        self, draft: Draft, *, audiences: frozenset[str], limit: int = 50
    ) -> tuple[Ranked, ...]:
        """Articles by score without the gate, for measuring and for fusing with other rankings.

        Works on any length of text. Ties are in the order of document ids; articles for which
        nothing speaks come last, with a score of 0.
        """
        return self.rank_with_gate(draft, audiences=audiences, limit=limit)[0]

    def rank_with_gate(
        self, draft: Draft, *, audiences: frozenset[str], limit: int = 50
    ) -> tuple[tuple[Ranked, ...], float]:
        """The same, and the gate: how much the draft is about anything here; it speaks from 0."""
        judged = self.judge(draft, audiences=audiences)
        candidates = judged.candidates
        ranking = judged.ranked(judged.ordered(np.arange(len(candidates)), limit))
        if len(ranking) < min(limit, self.document_count):
            ranking += self._rest(candidates, audiences, limit - len(ranking))
        return ranking, judged.judgement.gate

    def judge(self, draft: Draft, *, audiences: frozenset[str]) -> Judged:
        """Everything that is computed for a draft, for explaining and for learning."""
        text = draft.cleaned()
        language = detect(text, draft.locale)
        words = analyser(language).words(text, MAX_DRAFT_WORDS)
        return self._judge(text, words, audiences, self.synonyms.of(words, language))

    def _judge(
        self,
        text: str,
        words: Sequence[Word],
        audiences: frozenset[str],
        alike: Sequence[Alike],
    ) -> Judged:
        parts = self._seen_by(audiences)
        query = ask(words, parts, [each.words for each in alike])
        heard = Heard.by(self.ear, text) if self.ear else None
        candidates = gather(query, parts, heard)
        margins = self._margins.of(query, heard, candidates)
        judgement = judge(self.model.recipe, query, candidates, margins)
        return Judged(parts, query, candidates, margins, judgement)

    @property
    def readers(self) -> list[frozenset[str]]:
        """The audiences of each kind of readers that was answered, up to some number of kinds."""
        return list(self._seen)

    def prepare_for(self, readers: Iterable[frozenset[str]]) -> None:
        """Do beforehand what the first answer to each kind of readers would wait for."""
        self._margins.prepare()
        for audiences in readers:
            self._seen_by(audiences)

    @cached_property
    def _seen(self) -> dict[frozenset[str], tuple[Live, ...]]:
        return {}

    def _seen_by(self, audiences: frozenset[str]) -> tuple[Live, ...]:
        """The parts without what these readers may not see: it has no influence on anything.

        Kept for the few kinds of readers that there are.
        """
        found = self._seen.get(audiences)
        if found is None:
            found = tuple(part.seen_by(audiences) for part in self.parts)
            if len(self._seen) < _KEPT_AUDIENCES:
                self._seen[audiences] = found
        return found

    def _rest(
        self, candidates: Candidates, audiences: frozenset[str], count: int
    ) -> tuple[Ranked, ...]:
        """Readable articles that did not come into question, in the order of their ids."""
        found: list[str] = []
        for number, part in enumerate(self._seen_by(audiences)):
            rest = ~part.dead
            rest[candidates.rows[candidates.parts == number]] = False
            ids = part.segment.articles.ids
            found += [ids[int(row)] for row in np.flatnonzero(rest)[:count]]
        return tuple(Ranked(document_id, 0.0, 0.0) for document_id in sorted(found)[:count])


_NONE: Final = np.zeros(0, dtype=np.int64)
_COUNTED_AT_ONCE: Final = 2_048
_KEPT_AUDIENCES: Final = 64


def _with_others(words: Sequence[Word], alike: Sequence[Alike]) -> list[Word]:
    return [word for each in alike for word in each.as_typed()] + list(words)
