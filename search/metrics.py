"""Measures of a ranking and of a gate, as small pure functions."""

import math
from collections.abc import Collection, Mapping, Sequence


def recall_at(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """1.0 when a gold article stands in the first k, else 0.0."""
    return float(any(document_id in gold for document_id in ranking[:k]))


def reciprocal_rank(ranking: Sequence[str], gold: Collection[str], k: int = 10) -> float:
    """1 / rank of the first gold article in the first k, 0.0 when there is none."""
    for rank, document_id in enumerate(ranking[:k], 1):
        if document_id in gold:
            return 1.0 / rank
    return 0.0


def ndcg_at(ranking: Sequence[str], relevance: Mapping[str, int], k: int = 10) -> float:
    """Normalised discounted cumulative gain: gain 2^relevance - 1, discount log2(rank + 1)."""
    gained = _dcg([relevance.get(document_id, 0) for document_id in ranking[:k]])
    best = _dcg(sorted(relevance.values(), reverse=True)[:k])
    return gained / best if best > 0 else 0.0


def auroc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """The chance that a positive scores above a negative, ties counting half.

    None when either is empty. Computed by rank sums (Mann-Whitney).
    """
    if not positives or not negatives:
        return None
    scored = sorted([(s, True) for s in positives] + [(s, False) for s in negatives])
    rank_sum = 0.0
    at = 0
    while at < len(scored):
        end = at
        while end < len(scored) and scored[end][0] == scored[at][0]:
            end += 1
        middle = (at + 1 + end) / 2
        rank_sum += middle * sum(positive for _, positive in scored[at:end])
        at = end
    count = len(positives)
    return (rank_sum - count * (count + 1) / 2) / (count * len(negatives))


def threshold_for_coverage(positives: Sequence[float], coverage: float) -> float:
    """The highest threshold at which at least `coverage` of the positives still reach it."""
    ordered = sorted(positives, reverse=True)
    return ordered[max(math.ceil(coverage * len(ordered)), 1) - 1]


def false_suggestion_rate(
    positives: Sequence[float], negatives: Sequence[float], coverage: float = 0.95
) -> float | None:
    """The share of negatives that still get a suggestion when `coverage` of the positives do.

    None when either is empty.
    """
    if not positives or not negatives:
        return None
    bar = threshold_for_coverage(positives, coverage)
    return sum(score >= bar for score in negatives) / len(negatives)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed; 0.0 for none."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


def expected_calibration_error(
    confidences: Sequence[float], right: Sequence[bool], bins: int = 10
) -> float:
    """How far confidence is from the share that was right, on average, in [0, 1]; 0.0 for none.

    Over bins of equal width, each weighed by how many fall into it (Naeini et al. 2015).
    """
    grouped: dict[int, list[tuple[float, bool]]] = {}
    for confidence, hit in zip(confidences, right, strict=True):
        grouped.setdefault(min(int(confidence * bins), bins - 1), []).append((confidence, hit))
    gaps = [
        abs(mean([each for each, _ in own]) - mean([float(hit) for _, hit in own])) * len(own)
        for own in grouped.values()
    ]
    return sum(gaps) / len(confidences) if confidences else 0.0


def mean(values: Sequence[float]) -> float:
    """The mean, 0.0 for none."""
    return sum(values) / len(values) if values else 0.0


def _dcg(relevances: Sequence[int]) -> float:
    return sum((2.0**rel - 1.0) / math.log2(rank + 1) for rank, rel in enumerate(relevances, 1))
