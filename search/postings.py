"""Term-major sparse vectors: for each feature, the rows that hold it and their weights."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from search.counting import UNKNOWN, Counts, Floats, Ints
from search.vocabulary import Numbers, Rows

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


def lay_out(rows: Rows, numbers: Numbers, feature_count: int) -> Postings:
    """Counts in term-major layout, not yet weighed.

    `numbers[f]` is the number, in the lexicon, of the vocabulary's feature f.
    """
    starts = np.zeros(len(rows.lengths) + 1, dtype=np.int64)
    np.cumsum(rows.lengths, out=starts[1:])
    by_row = sparse.csr_array(
        (rows.weights, numbers[rows.features], starts), shape=(len(rows.lengths), feature_count)
    )
    return _as_postings(by_row.tocsc())


def only(field: Postings, kept: npt.NDArray[np.bool_]) -> Postings:
    """The same field with nothing in the rows that are not `kept`."""
    if kept.all():
        return field
    entries = kept[field.rows]
    before = np.concatenate(([0], np.cumsum(entries)))
    return Postings(
        before[field.starts], field.rows[entries], field.weights[entries], field.row_count
    )


def weigh(field: Postings, idf: Floats) -> Postings:
    """The counts weighed by `idf`, each row of length one."""
    weights = field.weights * np.repeat(idf, np.diff(field.starts))
    return _unit_rows(Postings(field.starts, field.rows, weights, field.row_count))


def merge_rows(field: Postings, target: Ints, row_count: int) -> Postings:
    """Sum the rows that share a target row, then scale to length one: a centroid per target."""
    shape = (row_count, len(field.starts) - 1)
    # Summing works in place, and the starts belong to `field`.
    parts = (field.weights.astype(np.float64), target[field.rows], field.starts.copy())
    merged = sparse.csc_array(parts, shape=shape)
    merged.sum_duplicates()
    return _unit_rows(_as_postings(merged))


def _unit_rows(field: Postings) -> Postings:
    squares = sparse.csc_array(
        (field.weights.astype(np.float64) ** 2, field.rows, field.starts),
        shape=(field.row_count, len(field.starts) - 1),
    )
    summed = np.asarray(squares @ np.ones(len(field.starts) - 1))
    lengths = np.sqrt(np.maximum(summed, 1e-30))
    scale = (1.0 / lengths).astype(np.float32)
    return Postings(field.starts, field.rows, field.weights * scale[field.rows], field.row_count)


def _as_postings(by_feature: sparse.csc_array) -> Postings:
    return Postings(
        by_feature.indptr.astype(np.int64),
        by_feature.indices.astype(np.int32, copy=False),
        by_feature.data.astype(np.float32, copy=False),
        by_feature.shape[0],
    )


def document_frequency(field: Postings) -> Ints:
    """In how many rows each feature occurs."""
    return np.diff(field.starts)


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
