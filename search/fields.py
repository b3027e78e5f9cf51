"""One field of many texts: unit vectors by row, and by feature where whole fields are scored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import _sparsetools

from search.counting import Floats, Ints, Rows
from search.keys import Keys

Numbers = npt.NDArray[np.int32]
Arrays = dict[str, npt.NDArray[Any]]

_HALVINGS: Final = 6


@dataclass(frozen=True, slots=True)
class ByRow:
    """Rows one after the other: entries `starts[r]:starts[r+1]` are row r's, sorted by feature."""

    starts: Ints
    features: Numbers
    weights: Floats

    @property
    def row_count(self) -> int:
        return len(self.starts) - 1

    def positions(self, rows: Ints) -> tuple[Ints, Ints]:
        """Where the entries of some rows are, and how many each row has."""
        begins = self.starts[rows]
        lengths = self.starts[rows + 1] - begins
        offsets = np.cumsum(lengths) - lengths
        total = int(lengths.sum())
        return np.repeat(begins - offsets, lengths) + np.arange(total), lengths

    def scores(self, rows: Ints, wanted: Floats) -> Floats:
        """The dot product of each of the rows with `wanted`, which has a weight per feature."""
        at, lengths = self.positions(rows)
        starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
        found = np.zeros(len(rows), dtype=np.float32)
        _sparsetools.csr_matvec(
            len(rows), len(wanted), starts, self.features[at], self.weights[at], wanted, found
        )
        return found

    def weights_of(self, row: int, features: Ints) -> Floats:
        """The weights of some features in a row, 0 where the row does not hold them."""
        begin, end = int(self.starts[row]), int(self.starts[row + 1])
        own = self.features[begin:end]
        if begin == end:
            return np.zeros(len(features), dtype=np.float32)
        at = np.searchsorted(own, features)
        at[at == len(own)] = 0
        return np.where(own[at] == features, self.weights[begin + at], np.float32(0))

    def chosen(self, rows: Ints) -> "ByRow":
        """Some of the rows, in this order."""
        at, lengths = self.positions(rows)
        starts = np.concatenate(([0], np.cumsum(lengths)))
        return ByRow(starts, self.features[at], self.weights[at])

    def arrays(self, name: str) -> Arrays:
        """The arrays by the names that a snapshot gives them."""
        return {
            f"{name}-starts": self.starts,
            f"{name}-features": self.features,
            f"{name}-weights": self.weights,
        }

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> "ByRow":
        return cls(arrays[f"{name}-starts"], arrays[f"{name}-features"], arrays[f"{name}-weights"])


@dataclass(frozen=True, slots=True)
class ByFeature:
    """The same turned round: `rows[starts[f]:starts[f+1]]` hold feature f."""

    starts: Numbers
    rows: Numbers
    weights: Floats
    row_count: int

    def add_scores(self, features: Ints, weights: Floats, scores: Floats) -> None:
        """Add the dot product of each row with a sparse query to `scores`, one per row.

        SciPy's own loop in C; the public operators would copy what is only read.
        """
        add, rows, held, count = _sparsetools.csc_matvec, self.rows, self.weights, self.row_count
        bounds = np.stack([self.starts[features], self.starts[features + 1]], axis=1)
        for at in np.flatnonzero(bounds[:, 0] < bounds[:, 1]):
            add(count, 1, bounds[at], rows, held, weights[at : at + 1], scores)

    def arrays(self, name: str) -> Arrays:
        """The arrays by the names that a snapshot gives them."""
        return {
            f"{name}-f-starts": self.starts,
            f"{name}-f-rows": self.rows,
            f"{name}-f-weights": self.weights,
        }

    @classmethod
    def from_arrays(
        cls, name: str, arrays: Mapping[str, npt.NDArray[Any]], row_count: int
    ) -> "ByFeature":
        return cls(
            arrays[f"{name}-f-starts"],
            arrays[f"{name}-f-rows"],
            arrays[f"{name}-f-weights"],
            row_count,
        )


def numbered(rows: Rows, keys: Keys) -> ByRow:
    """Rows with their features numbered as in `keys`, which is sorted and holds all of them."""
    starts = np.concatenate(([0], np.cumsum(rows.lengths)))
    return ByRow(starts, np.searchsorted(keys, rows.keys).astype(np.int32), rows.weights)


def turned(field: ByRow, feature_count: int) -> ByFeature:
    """The field by feature."""
    by_row = sparse.csr_array(
        (field.weights, field.features, field.starts.astype(np.int32)),
        shape=(field.row_count, feature_count),
    )
    by_feature = by_row.tocsc()
    return ByFeature(
        by_feature.indptr.astype(np.int32, copy=False),
        by_feature.indices.astype(np.int32, copy=False),
        by_feature.data.astype(np.float32, copy=False),
        field.row_count,
    )


def centroids(tickets: ByRow, starts: Ints, feature_count: int, best: int) -> ByRow:
    """The mean of the rows `starts[a]:starts[a + 1]` for each a: its `best` features, length one."""
    count = len(starts) - 1
    members = sparse.csr_array(
        (np.ones(tickets.row_count), np.arange(tickets.row_count), starts),
        shape=(count, tickets.row_count),
    )
    rows = sparse.csr_array(
        (tickets.weights.astype(np.float64), tickets.features, tickets.starts),
        shape=(tickets.row_count, feature_count),
    )
    summed = sparse.csr_array(members @ rows)
    summed.sort_indices()
    numbers = np.repeat(np.arange(count), np.diff(summed.indptr))
    # The heaviest of each row; ties by feature, so that they do not depend on other rows.
    order = np.lexsort((summed.indices, -summed.data, numbers))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - summed.indptr[numbers[order]]
    kept = place < best
    numbers, weights = numbers[kept], summed.data[kept]
    lengths = np.sqrt(np.maximum(np.bincount(numbers, weights**2, count), 1e-30))
    return ByRow(
        np.concatenate(([0], np.cumsum(np.bincount(numbers, minlength=count)))),
        summed.indices[kept].astype(np.int32),
        (weights / lengths[numbers]).astype(np.float32),
    )


def top(scores: npt.NDArray[np.floating[Any]], count: int) -> Ints:
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
