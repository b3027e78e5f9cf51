"""Many rows of weighed features, of which those that stand together are read together."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.counting import Ints
from search.fields import ByRow
from search.groups import Starts, narrowed, runs
from search.snapshots import SavedArrays
from search.stretches import Held, Stretches

Entries = npt.NDArray[np.void]

ENTRY: Final = np.dtype([("feature", "<i4"), ("weight", "<f4")])


@dataclass(frozen=True, slots=True)
class Records:
    """Row r is `entries[starts[r]:starts[r + 1]]`, sorted by feature."""

    starts: Starts
    entries: Stretches[np.void]

    def read(self, firsts: Ints, ends: Ints) -> ByRow:
        """Rows `firsts[0]` up to `ends[0]`, then those from `firsts[1]`, and so on."""
        begins, finishes = runs(self.starts[firsts], self.starts[ends])
        counts = ends - firsts
        rows = np.repeat(firsts - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())
        return _parted(
            self.starts[rows + 1] - self.starts[rows], self.entries.read(begins, finishes)
        )

    def whole(self) -> ByRow:
        """Every row."""
        return _parted(np.diff(self.starts), self.entries.whole())

    @classmethod
    def of(cls, rows: ByRow) -> "Records":
        entries = np.empty(len(rows.features), ENTRY)
        entries["feature"], entries["weight"] = rows.features, rows.weights
        return cls(rows.starts, Held(entries))

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """The arrays by the names that a snapshot gives them."""
        return {f"{name}-starts": narrowed(self.starts), f"{name}-entries": self.entries.whole()}

    @classmethod
    def saved(cls, name: str, arrays: SavedArrays) -> "Records":
        return cls(arrays[f"{name}-starts"], arrays.filed(f"{name}-entries"))


def _parted(lengths: Starts, entries: Entries) -> ByRow:
    return ByRow(
        np.concatenate(([0], np.cumsum(lengths))),
        np.ascontiguousarray(entries["feature"]),
        np.ascontiguousarray(entries["weight"]),
    )
