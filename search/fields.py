"""One field of many texts: unit vectors by row, and by feature where whole fields are scored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import _sparsetools

from search.counting import Floats, Ints, Rows
from search.groups import taken
from search.keys import Keys

Numbers = npt.NDArray[np.int32]
Arrays = dict[str, npt.NDArray[Any]]

# So many groups of scores for each score that is wanted.
_GROUPS: Final = 64
_FEWEST_GROUPS: Final = 1_250
_MOVED_AT_ONCE: Final = 1 << 15


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

    def features_of(self, rows: Ints) -> Numbers:
        """The features of some rows, one row after the other."""
        return taken(self.features, self.starts, rows)

    def scores(self, wanted: Floats) -> Floats:
        """The dot product of each row with `wanted`, which has a weight per feature."""
        found = np.zeros(self.row_count, dtype=np.float32)
        _sparsetools.csr_matvec(
            len(found),
            len(wanted),
            self.starts.astype(np.int32),
            self.features,
            self.weights,
            wanted,
            found,
        )
        return found

    def chosen(self, rows: Ints) -> "ByRow":
        """Some of the rows, in this order."""
        starts = np.concatenate(([0], np.cumsum(self.starts[rows + 1] - self.starts[rows])))
        return ByRow(starts, self.features_of(rows), taken(self.weights, self.starts, rows))


@dataclass(frozen=True, slots=True)
class Names:
    """What several parts are called in the whole: part p's feature f is `features[p][f]` there.

    So is its row r `rows[p][r]`, or -1 where it does not stay.
    """

    features: Sequence[Numbers]
    rows: Sequence[Numbers]
    feature_count: int
    row_count: int


@dataclass(frozen=True, slots=True)
class ByFeature:
    """The same turned round: `rows[starts[f]:starts[f+1]]` hold feature f."""

    starts: Numbers
    rows: Numbers
    weights: Floats
    row_count: int

    def add_scores(self, features: Ints, weights: Floats, scores: Floats) -> None:
        """Add the dot product of each row with a sparse query to `scores`, one per row.

        The query's features do not repeat and are sorted.
        """
        if not len(features):
            return
        bounds = _bounds(self.starts, features[::-1])
        spread = np.zeros(len(bounds) - 1, dtype=np.float32)
        spread[::2] = weights[::-1]
        _sparsetools.csc_matvec(
            self.row_count, len(spread), bounds, self.rows, self.weights, spread, scores
        )

    def arrays(self, name: str) -> Arrays:
        """The arrays by the names that a snapshot gives them."""
        return {
            f"{name}-f-starts": self.starts,
            f"{name}-f-rows": self.rows,
            f"{name}-f-weights": self.weights,
        }

    @classmethod
    def spliced(cls, parts: Sequence["ByFeature"], names: Names) -> "ByFeature":
        """Several fields as one."""
        starts, rows, weights = _spliced(
            [(each.starts, each.rows) for each in parts], [each.weights for each in parts], names
        )
        return cls(starts, rows, weights, names.row_count)

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


@dataclass(frozen=True, slots=True)
class Holders:
    """Which rows hold each feature, without weights: `rows[starts[f]:starts[f+1]]` hold f."""

    starts: Numbers
    rows: Numbers
    row_count: int

    def sums(self, features: Ints, weights: Floats) -> Floats:
        """For each row the sum of the weights of those features that it holds."""
        lengths = self.starts[features + 1] - self.starts[features]
        rows = taken(self.rows, self.starts, features)
        bounds = np.zeros(len(features) + 1, dtype=np.int32)
        np.cumsum(lengths, out=bounds[1:])
        found = np.zeros(self.row_count, dtype=np.float32)
        _sparsetools.csc_matvec(
            self.row_count,
            len(features),
            bounds,
            rows,
            _ones(len(rows)),
            weights,
            found,
        )
        return found

    def arrays(self, name: str) -> Arrays:
        """The arrays by the names that a snapshot gives them."""
        return {f"{name}-f-starts": self.starts, f"{name}-f-rows": self.rows}

    @classmethod
    def of(cls, field: ByFeature) -> "Holders":
        return cls(field.starts, field.rows, field.row_count)

    @classmethod
    def spliced(cls, parts: Sequence["Holders"], names: Names) -> "Holders":
        """Several as one."""
        starts, rows, _ = _spliced([(each.starts, each.rows) for each in parts], (), names)
        return cls(starts, rows, names.row_count)

    @classmethod
    def from_arrays(
        cls, name: str, arrays: Mapping[str, npt.NDArray[Any]], row_count: int
    ) -> "Holders":
        return cls(arrays[f"{name}-f-starts"], arrays[f"{name}-f-rows"], row_count)


def _ones(count: int) -> Floats:
    """So many ones or more, of which there are always enough at hand: do not change them."""
    return _as_many_ones(1 << max(count - 1, 1).bit_length())


@lru_cache(32)
def _as_many_ones(count: int) -> Floats:
    return np.ones(count, dtype=np.float32)


def _bounds(starts: npt.NDArray[np.integer[Any]], chosen: Ints) -> Numbers:
    """Where some rows begin and end, from the last to the first, as one list of boundaries.

    So SciPy's own loops read a few rows where they lie, copying nothing: what they take for a row
    between two of these ends before it begins, which makes it empty.
    """
    bounds = np.empty(2 * len(chosen), dtype=np.int32)
    bounds[::2] = starts[chosen]
    bounds[1::2] = starts[chosen + 1]
    return bounds


def numbered(rows: Rows, keys: Keys) -> ByRow:
    """Rows with their features numbered as in `keys`, which is sorted and holds all of them."""
    starts = np.concatenate(([0], np.cumsum(rows.lengths)))
    return ByRow(starts, np.searchsorted(keys, rows.keys).astype(np.int32), rows.weights)


def joined(fields: Sequence[ByRow]) -> ByRow:
    """The rows of all of them, in order."""
    lengths = np.concatenate([np.diff(field.starts) for field in fields])
    return ByRow(
        np.concatenate(([0], np.cumsum(lengths))),
        np.concatenate([field.features for field in fields]),
        np.concatenate([field.weights for field in fields]),
    )


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


def _spliced(
    parts: Sequence[tuple[Numbers, Numbers]], weights: Sequence[Floats], names: Names
) -> tuple[Numbers, Numbers, Floats]:
    """Starts, rows and, if there are any, weights of several parts as one.

    Of a feature the rows of a part stand together, in whatever order the parts are.
    """
    counts = [_staying(*part, own) for part, own in zip(parts, names.rows, strict=True)]
    # One more for features that stand in no row any more.
    lengths = np.zeros(names.feature_count + 1, dtype=np.int64)
    offsets = []
    for own, count in zip(names.features, counts, strict=True):
        offsets.append(lengths[own])
        np.add.at(lengths, own, count)
    starts = np.concatenate(([0], np.cumsum(lengths)))
    found = np.empty(int(starts[-1]), dtype=np.int32)
    weighed = np.empty(len(found) if weights else 0, dtype=np.float32)
    for number, (own_starts, own_rows) in enumerate(parts):
        count = counts[number]
        begins = starts[names.features[number]] + offsets[number]
        # What fits in a cache is moved faster.
        cuts = np.searchsorted(own_starts, np.arange(0, len(own_rows), _MOVED_AT_ONCE))
        for first, last in pairwise([*cuts.tolist(), len(count)]):
            at = slice(int(own_starts[first]), int(own_starts[last]))
            rows = names.rows[number][own_rows[at]]
            stays = rows >= 0
            length = count[first:last]
            shift = begins[first:last] - (np.cumsum(length) - length)
            into = np.repeat(shift, length) + np.arange(int(length.sum()))
            found[into] = rows[stays]
            if weights:
                weighed[into] = weights[number][at][stays]
    return starts[:-1].astype(np.int32), found, weighed


def _staying(starts: Numbers, rows: Numbers, names: Numbers) -> Ints:
    """How many rows of each feature stay."""
    counts = np.diff(starts).astype(np.int64)
    if (names < 0).any():
        gone = np.flatnonzero((names < 0)[rows])
        features = np.searchsorted(starts, gone, side="right") - 1
        counts -= np.bincount(features, minlength=len(counts))
    return counts


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


def top(scores: Floats, count: int) -> Ints:
    """Numbers of the best positive scores, best first, ties by number."""
    candidates = _reaching(scores, count)
    order = np.lexsort((candidates, -scores.take(candidates)))
    best: Ints = candidates.take(order[:count])
    return best


def best_and_equal(scores: Floats, count: int) -> Ints:
    """Numbers of the `count` best positive scores and of all that equal the last, in no order."""
    candidates = _reaching(scores, count)
    if len(candidates) <= count:
        return candidates
    own = scores[candidates]
    bar = np.partition(own, len(own) - count)[len(own) - count]
    best: Ints = candidates[own >= bar]
    return best


def _reaching(scores: Floats, count: int) -> Ints:
    """Numbers of scores with the `count` best positive ones among them, and few others.

    The least of the `count` best maxima of many small groups is a bar that at least so many scores
    reach; those are looked for in the groups that have one. The bits of positive numbers are in
    their order as whole numbers, too, which processors compare faster.
    """
    groups = max(_GROUPS * count, _FEWEST_GROUPS)
    if len(scores) < 4 * groups or count <= 0:
        return np.flatnonzero(scores > 0) if count > 0 else np.zeros(0, dtype=np.int64)
    size = len(scores) // groups
    end = groups * size
    bits = scores.view(np.int32)
    whole = bits[:end].reshape(size, groups)
    maxima = whole.max(axis=0)
    in_order = maxima.copy()
    in_order.partition(groups - count)
    bar = max(in_order[groups - count], 1)
    held = (maxima >= bar).nonzero()[0]
    flat = (whole.take(held, axis=1).ravel() >= bar).nonzero()[0]
    members, places = np.divmod(flat, len(held))
    found: Ints = members * groups + held.take(places)
    rest = (bits[end:] >= bar).nonzero()[0]
    return np.concatenate([found, rest + end]) if len(rest) else found
