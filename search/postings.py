"""Term-major sparse vectors: for each feature, the rows that hold it and their weights."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from search.lexicon import UNKNOWN, Counts, Floats, Ints

# Under so many postings one gathered sum is faster than a slice for each feature.
_GATHER_POSTINGS: Final = 400_000
_HALVINGS: Final = 6


@dataclass(frozen=True, slots=True)
class Postings:
    """Unit row vectors stored by feature (CSC): `rows[starts[f]:starts[f+1]]` hold feature f."""

    starts: Ints
    rows: npt.NDArray[np.int32]
    weights: Floats
    row_count: int

    def add_scores(self, features: Ints, weights: Floats, scores: npt.NDArray[np.float64]) -> None:
        """Add to `scores` (one per row) the dot product of each row with a sparse query."""
        begins, ends = self.starts[features], self.starts[features + 1]
        lengths = ends - begins
        total = int(lengths.sum())
        if not total:
            return
        if total <= _GATHER_POSTINGS:
            offsets = np.repeat(begins - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
            positions = offsets + np.arange(total)
            values = self.weights[positions] * np.repeat(weights, lengths)
            scores += np.bincount(self.rows[positions], values, minlength=self.row_count)
            return
        for begin, end, weight in zip(begins, ends, weights, strict=True):
            scores[self.rows[begin:end]] += weight * self.weights[begin:end]

    def weight_of(self, feature: int, row: int) -> float:
        """The weight of one feature in one row, 0.0 when the row does not hold it."""
        begin, end = int(self.starts[feature]), int(self.starts[feature + 1])
        at = begin + int(np.searchsorted(self.rows[begin:end], row))
        return float(self.weights[at]) if at < end and self.rows[at] == row else 0.0


@dataclass(frozen=True, slots=True)
class Query:
    """A draft as a sparse unit vector.

    Its unknown words count in the length, so that a text about something else stays far from
    everything.
    """

    features: Ints
    weights: Floats


def query_vector(counts: Counts, idf: Floats, unknown_idf: float) -> Query:
    """Weigh the counts of one text by `idf` and divide by its length, unknown words included."""
    known = counts.features != UNKNOWN
    features = counts.features[known]
    weights = counts.weights[known] * idf[features]
    unknown = counts.weights[~known] * unknown_idf
    length = float(
        np.sqrt(np.sum(weights**2, dtype=np.float64) + np.sum(unknown**2, dtype=np.float64))
    )
    if length > 0:
        weights = weights / np.float32(length)
    return Query(features, weights.astype(np.float32))


def weigh(counts: Counts, idf: Floats, row_count: int) -> Counts:
    """The counts weighed by `idf`, each row of length one."""
    known = counts.features != UNKNOWN
    rows, features = counts.rows[known], counts.features[known]
    weights = counts.weights[known] * idf[features]
    return unit_rows(Counts(rows, features, weights), row_count)


def unit_rows(counts: Counts, row_count: int) -> Counts:
    """The same counts with every row scaled to length one."""
    squares = np.bincount(counts.rows, counts.weights.astype(np.float64) ** 2, minlength=row_count)
    lengths = np.sqrt(np.maximum(squares, 1e-30))
    return Counts(
        counts.rows, counts.features, (counts.weights / lengths[counts.rows]).astype(np.float32)
    )


def merge_rows(counts: Counts, target: Ints, row_count: int) -> Counts:
    """Sum the rows that share a target row, then scale to length one: a centroid per target."""
    feature_count = int(counts.features.max(initial=-1)) + 1
    keys = target[counts.rows] * max(feature_count, 1) + counts.features
    unique, inverse = np.unique(keys, return_inverse=True)
    sums = np.bincount(inverse, counts.weights, minlength=len(unique))
    rows, features = np.divmod(unique, max(feature_count, 1))
    return unit_rows(Counts(rows, features, sums.astype(np.float32)), row_count)


def postings(counts: Counts, feature_count: int, row_count: int) -> Postings:
    """Turn row-major counts into a term-major layout."""
    order = np.lexsort((counts.rows, counts.features))
    starts = np.zeros(feature_count + 1, dtype=np.int64)
    np.cumsum(np.bincount(counts.features, minlength=feature_count), out=starts[1:])
    return Postings(
        starts,
        counts.rows[order].astype(np.int32),
        counts.weights[order].astype(np.float32),
        row_count,
    )


def document_frequency(counts: Counts, feature_count: int) -> Ints:
    """In how many rows each feature occurs."""
    return np.bincount(counts.features[counts.features != UNKNOWN], minlength=feature_count)


def smooth_idf(frequency: Ints, row_count: int) -> Floats:
    """ln((1 + N) / (1 + df)) + 1, as scikit-learn defines it."""
    idf: Floats = (np.log((1.0 + row_count) / (1.0 + frequency)) + 1.0).astype(np.float32)
    return idf


def top(scores: npt.NDArray[np.float64], count: int) -> Ints:
    """Numbers of the best positive scores, best first, ties by number.

    Scores are mostly zero: candidates above half the maximum are taken, lowering the bar until
    there are enough, instead of partitioning all of them.
    """
    best = float(scores.max(initial=0.0))
    if best <= 0 or count <= 0:
        return np.zeros(0, dtype=np.int64)
    bar = best
    candidates = np.zeros(0, dtype=np.int64)
    for _ in range(_HALVINGS):
        bar /= 2
        candidates = np.flatnonzero(scores >= bar)
        if len(candidates) >= count:
            break
    else:
        candidates = np.flatnonzero(scores > 0)
    order = np.lexsort((candidates, -scores[candidates]))
    return candidates[order[:count]]
