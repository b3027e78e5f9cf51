"""How good the suggestions are on what a desk has answered itself.

The older tickets teach an index, the newer ones are asked of it; beside it stand always the most
linked articles, and plain TF-IDF. The articles are those of today: what was written since from
one of the tickets that are asked is known, so such tickets are not asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from search.baselines import most_linked, tfidf_rankings
from search.desk_history import PastTicket, SplitHistory
from search.documents import Document
from search.evaluation import Judged, report
from search.labelled_set import LabelledQuery
from search.metrics import mean, ndcg_at, recall_at, reciprocal_rank
from search.suggestions import Draft, Ranked, SuggestionIndex
from search.training import Solved, train

Method = Literal["antesala", "popular", "tfidf"]
METHODS: Final[tuple[Method, ...]] = ("antesala", "popular", "tfidf")
ANY_CONFIDENCE: Final = 1e-9
"""A threshold that nothing fails, while the gate still decides."""
MOST_TO_TRAIN: Final = 500_000
"""Articles times tickets up to which a model of the desk is trained for the measurement.

Training it for more takes some minutes; the default recipe then stands in.
"""
_CERTAIN: Final = 0.99  # no threshold is higher
_RANKED: Final = 10
_BANDS: Final = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """An article that may be shown, and the chance in [0, 1] that it is right."""

    document_id: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answered:
    """What the index says to a ticket.

    `own` is shown: articles in the language of the text where there are any, best first. `other`
    is what takes its place when none of it reaches the threshold: articles in the other language.
    Both are empty when the gate is closed. `ranking` is without gate and threshold.
    """

    ticket: PastTicket
    own: tuple[Offer, ...]
    other: tuple[Offer, ...]
    ranking: tuple[Ranked, ...]
    gate: float

    def shown(self, threshold: float) -> tuple[Offer, ...]:
        """What the customer would be shown under a threshold in (0, 1]."""
        return shown_at(self.own, self.other, threshold)


@dataclass(frozen=True, slots=True)
class MethodFigures:
    """How often a method's first, or one of its first three, is right; and two means by rank."""

    recall_at_1: float
    recall_at_3: float
    ndcg_at_10: float
    mrr_at_10: float


@dataclass(frozen=True, slots=True)
class Band:
    """Tickets whose first article has a confidence in [low, low + 0.1): said, and true."""

    low: float
    count: int
    confidence: float
    right: int


@dataclass(frozen=True, slots=True)
class DeskEvaluation:
    """The answers, and what they come to. `expected_calibration_error` is in [0, 1]."""

    answered: tuple[Answered, ...]
    outside: tuple[Answered, ...]
    methods: dict[Method, MethodFigures]
    expected_calibration_error: float
    bands: tuple[Band, ...]
    is_trained: bool


def evaluate_desk(
    documents: Sequence[Document], history: SplitHistory, *, limit: int
) -> DeskEvaluation:
    """Ask the newer tickets of an index that knows the older ones alone.

    `limit` is how many articles are shown at most. Takes up to a minute or two for thousands of
    articles and tickets.
    """
    words = history.words()
    index = SuggestionIndex.build(documents, words, version=1)
    is_small = len(documents) * len(history.taught) <= MOST_TO_TRAIN
    outside = [Solved(e.id, e.text, e.locale, frozenset()) for e in history.outside_taught]
    model = train(documents, words, outside) if is_small else None
    if model is not None:
        index = index.with_model(model)
    ids_by_locale: dict[str, frozenset[str]] = {
        locale: frozenset(each.id for each in documents if each.locale == locale)
        for locale in {each.locale for each in documents}
    }
    locales = {each.id: each.locale for each in documents}

    def answer(ticket: PastTicket) -> Answered:
        draft = Draft(ticket.text, "", ticket.locale)
        ranking, gate = index.rank_with_gate(draft, audiences=ticket.audiences, limit=_RANKED)
        own = _offers(index, draft, ticket.audiences, limit)
        language = locales[own[0].document_id] if own else ""
        hidden = ids_by_locale.get(language, frozenset())
        may_give_way = len(ids_by_locale) > 1 and own and own[0].confidence < _CERTAIN
        other = _offers(index, draft, ticket.audiences, limit, hidden) if may_give_way else ()
        return Answered(ticket, own, other, ranking, gate)

    answered = tuple(answer(ticket) for ticket in history.asked)
    right = [each.articles for each in history.asked]
    seen = [each.audiences for each in history.asked]
    popular = {each: most_linked(documents, words, each)[:_RANKED] for each in set(seen)}
    rankings = {
        "popular": [popular[each] for each in seen],
        "tfidf": tfidf_rankings(documents, [each.text for each in history.asked], seen),
    }
    whole = report([_judged(each) for each in answered])
    own_figures = MethodFigures(
        whole.recall_at_1, whole.recall_at_3, whole.ndcg_at_10, whole.mrr_at_10
    )
    return DeskEvaluation(
        answered=answered,
        outside=tuple(answer(ticket) for ticket in history.outside_asked),
        methods={
            "antesala": own_figures,
            "popular": _figures(rankings["popular"], right),
            "tfidf": _figures(rankings["tfidf"], right),
        },
        expected_calibration_error=whole.expected_calibration_error,
        bands=_bands(answered),
        is_trained=model is not None,
    )


def shown_at(own: Sequence[Offer], other: Sequence[Offer], threshold: float) -> tuple[Offer, ...]:
    """What of these offers is shown under a threshold: see `Answered`."""
    passed = tuple(each for each in own if each.confidence >= threshold)
    return passed or tuple(each for each in other if each.confidence >= threshold)


def _offers(
    index: SuggestionIndex,
    draft: Draft,
    audiences: frozenset[str],
    limit: int,
    hidden: frozenset[str] = frozenset(),
) -> tuple[Offer, ...]:
    found = index.suggest(
        draft, audiences=audiences, limit=limit, threshold=ANY_CONFIDENCE, exclude=hidden
    )
    return tuple(Offer(each.document_id, each.confidence) for each in found)


def _judged(answered: Answered) -> Judged:
    ticket = answered.ticket
    query = LabelledQuery(
        ticket.id, ticket.text, ticket.text, "", ticket.locale, dict.fromkeys(ticket.articles, 1)
    )
    return Judged(query, answered.ranking, answered.gate, 0.0, None)


def _figures(rankings: Sequence[Sequence[str]], right: Sequence[frozenset[str]]) -> MethodFigures:
    pairs = list(zip(rankings, right, strict=True))
    return MethodFigures(
        recall_at_1=mean([recall_at(ids, gold, 1) for ids, gold in pairs]),
        recall_at_3=mean([recall_at(ids, gold, 3) for ids, gold in pairs]),
        ndcg_at_10=mean([ndcg_at(ids, dict.fromkeys(gold, 1)) for ids, gold in pairs]),
        mrr_at_10=mean([reciprocal_rank(ids, gold) for ids, gold in pairs]),
    )


def _bands(answered: Sequence[Answered]) -> tuple[Band, ...]:
    grouped: dict[int, list[tuple[float, bool]]] = {}
    for each in answered:
        if each.ranking:
            first = each.ranking[0]
            band = min(int(first.confidence * _BANDS), _BANDS - 1)
            told = first.confidence, first.document_id in each.ticket.articles
            grouped.setdefault(band, []).append(told)
    return tuple(
        Band(
            low=band / _BANDS,
            count=len(own),
            confidence=mean([confidence for confidence, _ in own]),
            right=sum(hit for _, hit in own),
        )
        for band, own in sorted(grouped.items())
    )
