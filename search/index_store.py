"""The suggestion index on disk: a large segment that seldom changes, and what changed since."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.ear import Ear
from search.errors import SnapshotError
from search.layers import Contents, Layers
from search.live import live
from search.segment import Segment
from search.suggestions import SuggestionIndex


@dataclass(frozen=True)
class Stored:
    """An index that was opened or saved, and the name of its large segment."""

    index: SuggestionIndex
    base_name: str

    @property
    def base(self) -> Segment:
        """The large segment."""
        return self.index.parts[0].segment


class IndexStore:
    """An index in a folder. One process writes at a time; any number read."""

    def __init__(self, folder: Path, ear: Ear | None = None) -> None:
        self._ear = ear
        self._layers = Layers(folder, base_kind="segment-2", changes_kind="changes-2")

    def save(self, index: SuggestionIndex, before: Stored | None = None) -> Stored:
        """Make an index the current one.

        Where it shares its large segment with `before`, only what changed is written.
        """
        base: Contents | str
        if (
            before is not None
            and before.base is index.parts[0].segment
            and self._layers.has(before.base_name)
        ):
            base = before.base_name
        else:
            index = index.merged()
            segment = index.parts[0].segment
            base = Contents(segment.arrays(), segment.values())
        arrays, values = {"replaced": np.flatnonzero(index.parts[0].dead)}, {}
        if len(index.parts) > 1:
            arrays |= index.parts[1].segment.arrays()
            values = index.parts[1].segment.values()
        return Stored(index, self._layers.save(index.version, base, Contents(arrays, values)))

    def open(self, before: Stored | None = None) -> Stored:
        """The current index; the large segment is taken from `before` where it is the same.

        Raises SnapshotError: build the index again.
        """
        changes, name = self._layers.open_changes()
        try:
            if before is not None and before.base_name == name:
                base = before.base
            else:
                snapshot = self._layers.open_base(name)
                base = Segment.from_arrays(snapshot.arrays, snapshot.values)
            parts = [live(base, changes.arrays["replaced"])]
            if "keys" in changes.arrays:
                small = Segment.from_arrays(changes.arrays, changes.values)
                parts.append(live(small, np.zeros(0, dtype=np.int64)))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise SnapshotError(f"the suggestion index is incomplete ({error!r})") from error
        return Stored(SuggestionIndex(parts, version=changes.version, ear=self._ear), name)

    def verify(self, stored: Stored) -> None:
        """Read the large segment whole. Raises SnapshotError when it is damaged."""
        self._layers.verify_base(stored.base_name)

    def version(self) -> int | None:
        """The version that `open` would give; None when there is none. One small read."""
        return self._layers.version()
