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
import numpy.typing as npt

from search.analysis import MAX_DRAFT_CHARACTERS, MAX_DRAFT_WORDS, Word, analyser, clean
from search.counted import CountedArticle, count_articles
from search.counting import Floats, Ints
from search.desk_model import DeskModel, fitting
from search.documents import CustomerWords, Document
from search.ear import Ear
from search.evidence import Candidates, gather
from search.hearing import Heard
from search.language import Language, as_language, detect
from search.linear_model import FLOOR
from search.merging import merge
from search.query import Live, Query, ask, live
from search.recipe import DEFAULT_THRESHOLD, Array, judge
from search.segment import LANGUAGE_LABELS, Segment
from search.showing import Judged, Showing, Suggestion
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

MIN_DRAFT_CHARACTERS: Final = 12


@dataclass(frozen=True, slots=True)
class Draft:
    """What a customer has typed so far. `locale` is the page's: a hint, not the truth."""

    subject: str
    body: str
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's place for a draft, without the gate."""

    document_id: str
    score: float
    confidence: float


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
        text = _draft_text(draft)
        language = as_language(prefer_locale) or detect(text, draft.locale)
        if len(text.strip()) < MIN_DRAFT_CHARACTERS or not self.document_count:
            return Found(language, ())
        words = analyser(language).words(text, MAX_DRAFT_WORDS + 1)
        is_cut = is_too_long(draft) or len(words) > MAX_DRAFT_WORDS
        words = words[:MAX_DRAFT_WORDS]
        alike = self.synonyms.of(words, language)
        judged = self._judge(text, words, audiences, alike)
        bar = DEFAULT_THRESHOLD if threshold is None else threshold
        judgement = judged.judgement
        if bar > 0 and judgement.gate < 0:
            return Found(language, (), is_cut)
        shown = (judgement.scores > 0) & (judgement.confidence >= bar)
        if exclude:
            for at in np.flatnonzero(shown):
                shown[at] = self._id(judged.candidates, int(at)) not in exclude
        if language is not None:
            same = shown & (self._languages(judged.candidates) == LANGUAGE_LABELS.index(language))
            if self.ear is not None and shown.any():
                # By meaning the other language's article may be far better than one's own.
                best_share = judgement.shares[shown].max()
                same &= judgement.shares >= self.model.recipe.tail_share * best_share
            if same.any():
                shown = same
        best = self._ordered(judged, np.flatnonzero(shown), limit)
        if bar > 0 and len(best):
            shares = judgement.shares[best]
            best = best[shares >= self.model.recipe.tail_share * shares[0]]
        return Found(
            language,
            self._ranked(judged, best),
            is_cut,
            Showing(_with_others(words, alike), judged, self.model.recipe),
            tuple(best.tolist()),
        )

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
        judgement, candidates = judged.judgement, judged.candidates
        best = self._ordered(judged, np.arange(len(candidates)), limit)
        ranking = self._ranked(judged, best)
        if len(ranking) < min(limit, self.document_count):
            ranking += self._rest(candidates, audiences, limit - len(ranking))
        return ranking, judgement.gate

    def judge(self, draft: Draft, *, audiences: frozenset[str]) -> Judged:
        """Everything that is computed for a draft, for explaining and for learning."""
        text = _draft_text(draft)
        language = detect(text, draft.locale)
        words = analyser(language).words(text, MAX_DRAFT_WORDS)
        return self._judge(text, words, audiences, self.synonyms.of(words, language))

    def document_ids(self, candidates: Candidates) -> list[str]:
        """The documents that candidates stand for."""
        return [self._id(candidates, at) for at in range(len(candidates))]

    def ticket_id(self, part: int, number: int) -> str:
        """The id of a ticket that is near a draft."""
        return self.parts[part].segment.articles.ticket_ids[number]

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
        margins = self._margins(query, heard, candidates)
        judgement = judge(self.model.recipe, candidates, margins, query.known)
        return Judged(parts, query, candidates, margins, judgement)

    @cached_property
    def _seen(self) -> dict[frozenset[str], tuple[Live, ...]]:
        return {}

    def _seen_by(self, audiences: frozenset[str]) -> tuple[Live, ...]:
        """The parts without what these readers may not see: it has no influence on anything.

        Kept for the few kinds of readers that there are.
        """
        found = self._seen.get(audiences)
        if found is None:
            found = tuple(_without_others(part, audiences) for part in self.parts)
            if len(self._seen) < _KEPT_AUDIENCES:
                self._seen[audiences] = found
        return found

    def _margins(self, query: Query, heard: Heard | None, candidates: Candidates) -> Array:
        """The margins of the models of words and of meanings, shape (candidates, 2)."""
        margins = np.zeros((len(candidates), 2))
        linear, meant = self.model.linear, self.model.meant
        if linear is not None and len(candidates):
            found = linear.margins(query.words, query.grams)
            margins[:, 0] = self._of_classes(linear.articles, found, candidates, FLOOR)
        if meant is not None and heard is not None and len(candidates):
            found = meant.margins(heard.meaning)
            margins[:, 1] = self._of_classes(meant.articles, found, candidates, FLOOR)
        return margins

    def _of_classes(
        self, articles: tuple[str, ...], margins: Floats, candidates: Candidates, floor: float
    ) -> Array:
        """The margins of candidates, by those of classes; 0 for an article that is no class."""
        found = np.zeros(len(candidates))
        for number, columns in enumerate(self._columns(articles)):
            own = np.flatnonzero(candidates.parts == number)
            column = columns[candidates.rows[own]]
            found[own] = np.where(column >= 0, margins[column], -floor) + floor
        return found

    @cached_property
    def _known_columns(self) -> dict[tuple[str, ...], list[Ints]]:
        return {}

    def _columns(self, articles: tuple[str, ...]) -> list[Ints]:
        """For each part, a model's column of each article; -1 for none."""
        known = self._known_columns.get(articles)
        if known is None:
            known = [np.full(part.segment.article_count, -1, np.int64) for part in self.parts]
            for column, document_id in enumerate(articles):
                for number, part in enumerate(self.parts):
                    row = part.segment.articles.ids.find(document_id)
                    if row is not None:
                        known[number][row] = column
            self._known_columns[articles] = known
        return known

    def _id(self, candidates: Candidates, at: int) -> str:
        part = self.parts[int(candidates.parts[at])]
        return part.segment.articles.ids[int(candidates.rows[at])]

    def _languages(self, candidates: Candidates) -> npt.NDArray[np.int16]:
        found = np.zeros(len(candidates), dtype=np.int16)
        for number in range(len(self.parts)):
            own = candidates.parts == number
            found[own] = self.parts[number].segment.articles.languages[candidates.rows[own]]
        return found

    def _ordered(self, judged: Judged, among: Ints, limit: int) -> Ints:
        """The best of some candidates, best first, ties by id."""
        scores = judged.judgement.scores[among]
        order = among[np.argsort(-scores, kind="stable")]
        if len(order) > limit:
            last = judged.judgement.scores[order[limit - 1]]
            order = order[judged.judgement.scores[order] >= last]
        ids = {int(at): self._id(judged.candidates, int(at)) for at in order}
        ranked = sorted(ids, key=lambda at: (-judged.judgement.scores[at], ids[at]))
        return np.array(ranked[:limit], dtype=np.int64)

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

    def _ranked(self, judged: Judged, best: Ints) -> tuple[Ranked, ...]:
        judgement = judged.judgement
        return tuple(
            Ranked(
                self._id(judged.candidates, at),
                float(judgement.scores[at]),
                float(judgement.confidence[at]),
            )
            for at in best.tolist()
        )


_NONE: Final = np.zeros(0, dtype=np.int64)
_COUNTED_AT_ONCE: Final = 2_048
_KEPT_AUDIENCES: Final = 64


def _without_others(part: Live, audiences: frozenset[str]) -> Live:
    articles = part.segment.articles
    wanted = [at for at, label in enumerate(articles.audience_labels) if label in audiences]
    hidden = ~np.isin(articles.audiences, wanted)
    if not (hidden & ~part.dead).any():
        return part
    return live(part.segment, np.flatnonzero(hidden | part.dead))


def _with_others(words: Sequence[Word], alike: Sequence[Alike]) -> list[Word]:
    return [word for each in alike for word in each.as_typed()] + list(words)


def is_too_long(draft: Draft) -> bool:
    """Whether a draft has more characters than are looked at."""
    return len(draft.subject) + 1 + len(draft.body) > MAX_DRAFT_CHARACTERS


def _draft_text(draft: Draft) -> str:
    subject = draft.subject[:MAX_DRAFT_CHARACTERS]
    return clean(f"{subject}\n{draft.body[:MAX_DRAFT_CHARACTERS]}", MAX_DRAFT_CHARACTERS)
