"""How good the suggestions are on a labelled set, warm or cold."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Literal

from search.baselines import text_of
from search.documents import CustomerWords
from search.ear import Ear, RememberingEar
from search.errors import EvaluationError
from search.keys import feature_key
from search.labelled_set import (
    AUDIENCE,
    LabelledQuery,
    LabelledSet,
    SectionsOf,
    one_section,
    read_labelled_set,
)
from search.metrics import (
    auroc,
    expected_calibration_error,
    false_suggestion_rate,
    mean,
    ndcg_at,
    percentile,
    recall_at,
    reciprocal_rank,
)
from search.similar_tickets import TicketIndex
from search.suggestions import Draft, Ranked, SuggestionIndex
from search.training import solved_tickets, train

Warm = Literal["none", "all"] | int
Field = Literal["text", "title"]

_RANKED: Final = 10
_REMEMBERED: Final = 100_000


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The figures of one set. Shares are in [0, 1]; None where the set cannot tell.

    `auroc` and `false_suggestion_rate_at_95` judge the gate. `expected_calibration_error` is that of
    the first article's confidence, where there is an answer. `popularity_recall_at_1` is what always suggesting the most
    linked article scores. Times are of analysing and ranking one draft.
    """

    recall_at_1: float
    recall_at_3: float
    recall_at_5: float
    mrr_at_10: float
    ndcg_at_10: float
    auroc: float | None
    false_suggestion_rate_at_95: float | None
    expected_calibration_error: float
    popularity_recall_at_1: float
    queries: int
    p50_ms: float
    p95_ms: float

    def as_dict(self) -> dict[str, float | int | None]:
        """The figures by name, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Judged:
    """One query, what the ranker made of it, and how long that took in seconds.

    On `gate` rests the decision to show anything.
    """

    query: LabelledQuery
    ranking: tuple[Ranked, ...]
    gate: float
    seconds: float
    popular: str | None


def evaluate(
    directory: Path,
    *,
    warm: Warm,
    field: Field = "text",
    folds: int = 0,
    held_out: int = 0,
    learn: bool = True,
    similar: bool = False,
    outside: str = "",
    sections_of: SectionsOf = one_section,
    ear: Ear | None = None,
) -> EvaluationReport:
    """Measure the ranker on the set in `directory`.

    `warm` is how many resolved tickets each article gets ("none", "all" or a cap). They come from
    tickets_train.jsonl; where that is empty, `folds` cross-validates over the queries: each fold is
    judged with the other folds as resolved tickets. `held_out` asks the resolved tickets instead of
    the queries, in so many folds, each by what the others teach. `similar`: the corpus are earlier
    tickets, among which those like the query are looked for, as for an agent; nothing is learned.
    Of drafts out of scope only those of the kind `outside` are asked, if one is named.
    `sections_of` cuts the bodies of the articles as the product does, when it is the product that is measured. The same call gives the same figures, times
    apart. Raises EvaluationError for a set that cannot be read and for a call that makes no sense.
    """
    labelled = read_labelled_set(directory, sections_of=sections_of)
    if warm != "none" and not labelled.tickets and folds < 2:  # noqa: PLR2004  # one fold trains on nothing
        raise EvaluationError(f"{directory} has no resolved tickets: give folds to cross-validate")
    if outside and held_out:
        raise EvaluationError("resolved tickets are all in scope: there is no kind outside")
    if outside:
        labelled = _with_outside(labelled, outside)
    if similar:
        return report(judge_similar(labelled, field=field))
    if held_out:
        labelled, folds = _tickets_as_queries(labelled), held_out
    return report(judge(labelled, warm=warm, field=field, folds=folds, learn=learn, ear=ear))


def judge(
    labelled: LabelledSet,
    *,
    warm: Warm,
    field: Field = "text",
    folds: int = 0,
    learn: bool = True,
    ear: Ear | None = None,
) -> list[Judged]:
    """Rank every query of a set, as `evaluate` does."""
    ear = RememberingEar(ear, _REMEMBERED) if ear else None
    judged: list[Judged] = []
    for held_out, tickets in _splits(labelled, folds):
        learned = _warmed(tickets, warm)
        index = SuggestionIndex.build(labelled.documents, learned, version=1, ear=ear)
        model = train(labelled.documents, learned, ear=ear) if learn else None
        if model is not None:
            index = index.with_model(model)
        popular = _most_linked(tickets) or _most_judged(labelled.queries)
        for query in held_out:
            draft = _draft(query, field)
            started = time.perf_counter()
            ranking, gate = index.rank_with_gate(
                draft, audiences=frozenset({AUDIENCE}), limit=_RANKED
            )
            seconds = time.perf_counter() - started
            judged.append(Judged(query, ranking, gate, seconds, popular))
    return judged


def judge_similar(labelled: LabelledSet, *, field: Field = "text") -> list[Judged]:
    """Look for the tickets of the corpus that are like each query."""
    index = TicketIndex.build(
        (
            CustomerWords(each.id, text_of(each), each.locale, each.id)
            for each in labelled.documents
        ),
        version=1,
    )
    popular, judged = _most_judged(labelled.queries), []
    for query in labelled.queries:
        draft = _draft(query, field)
        started = time.perf_counter()
        found = index.similar(f"{draft.subject}\n{draft.body}", limit=_RANKED)
        seconds = time.perf_counter() - started
        ranking = tuple(Ranked(each.id, each.score, each.score) for each in found)
        gate = found[0].score if found else 0.0
        judged.append(Judged(query, ranking, gate, seconds, popular))
    return judged


def report(judged: Sequence[Judged]) -> EvaluationReport:
    """The figures of judged queries."""
    inside = [one for one in judged if one.query.relevance]
    rankings = [([r.document_id for r in one.ranking], one.query.relevance) for one in inside]
    gates_in = [one.gate for one in inside]
    gates_out = [one.gate for one in judged if not one.query.relevance]
    milliseconds = [1_000 * one.seconds for one in judged]
    return EvaluationReport(
        recall_at_1=mean([recall_at(ids, gold, 1) for ids, gold in rankings]),
        recall_at_3=mean([recall_at(ids, gold, 3) for ids, gold in rankings]),
        recall_at_5=mean([recall_at(ids, gold, 5) for ids, gold in rankings]),
        mrr_at_10=mean([reciprocal_rank(ids, gold) for ids, gold in rankings]),
        ndcg_at_10=mean([ndcg_at(ids, gold) for ids, gold in rankings]),
        auroc=auroc(gates_in, gates_out),
        false_suggestion_rate_at_95=false_suggestion_rate(gates_in, gates_out),
        expected_calibration_error=expected_calibration_error(
            [one.ranking[0].confidence for one in inside if one.ranking],
            [one.ranking[0].document_id in one.query.relevance for one in inside if one.ranking],
        ),
        popularity_recall_at_1=mean([float(one.popular in one.query.relevance) for one in inside]),
        queries=len(judged),
        p50_ms=percentile(milliseconds, 0.5),
        p95_ms=percentile(milliseconds, 0.95),
    )


def _draft(query: LabelledQuery, field: Field) -> Draft:
    if field == "title":
        return Draft(query.title, "", query.locale)
    return Draft(query.title, query.body, query.locale)


def _splits(
    labelled: LabelledSet, folds: int
) -> Iterable[tuple[Sequence[LabelledQuery], Sequence[CustomerWords]]]:
    if labelled.tickets or folds < 2:  # noqa: PLR2004  # one fold trains on nothing
        yield labelled.queries, labelled.tickets
        return
    for fold in range(folds):
        held_out = labelled.queries[fold::folds]
        rest = [query for at, query in enumerate(labelled.queries) if at % folds != fold]
        yield (
            held_out,
            [
                CustomerWords(article, query.text, query.locale, query.id)
                for query in rest
                for article in query.relevance
            ],
        )


def _with_outside(labelled: LabelledSet, kind: str) -> LabelledSet:
    """The set with drafts out of scope of one kind alone."""
    outside = {query.kind for query in labelled.queries if not query.relevance}
    if kind not in outside:
        known = ", ".join(sorted(outside - {""})) or "none is named"
        raise EvaluationError(f"no draft out of scope is of the kind {kind!r} ({known})")
    queries = [query for query in labelled.queries if query.relevance or query.kind == kind]
    return replace(labelled, queries=tuple(queries))


def _tickets_as_queries(labelled: LabelledSet) -> LabelledSet:
    """The set with its resolved tickets as the queries, in an order that chance gave."""
    tickets = sorted(solved_tickets(labelled.tickets), key=lambda each: feature_key(each.text))
    queries = [
        LabelledQuery(
            id=each.id or str(number),
            text=each.text,
            locale=each.locale,
            title="",
            body=each.text,
            relevance=dict.fromkeys(sorted(each.articles), 1),
        )
        for number, each in enumerate(tickets)
    ]
    return replace(labelled, queries=tuple(queries), tickets=())


def _warmed(tickets: Sequence[CustomerWords], warm: Warm) -> list[CustomerWords]:
    """The first tickets of each article, as many as `warm` allows."""
    if warm == "none":
        return []
    if warm == "all":
        return list(tickets)
    taken: Counter[str] = Counter()
    chosen = []
    for ticket in tickets:
        taken[ticket.document_id] += 1
        if taken[ticket.document_id] <= warm:
            chosen.append(ticket)
    return chosen


def _most_linked(tickets: Sequence[CustomerWords]) -> str | None:
    return _most_common(ticket.document_id for ticket in tickets)


def _most_judged(queries: Sequence[LabelledQuery]) -> str | None:
    return _most_common(article for query in queries for article in query.relevance)


def _most_common(ids: Iterable[str]) -> str | None:
    counts = Counter(ids)
    return min(counts, key=lambda document_id: (-counts[document_id], document_id), default=None)
