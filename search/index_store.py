"""The suggestion index on disk: a large segment that seldom changes, and what changed since."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

    @property
    def apart(self) -> set[str]:
        """The ids of articles that are another, or gone, since the large segment was made."""
        large, *small = self.index.parts
        ids = large.segment.articles.ids
        replaced = {ids[row] for row in np.flatnonzero(large.dead).tolist()}
        return replaced.union(*(part.segment.articles.ids for part in small))


class IndexStore:
    """An index in a folder. One process writes at a time; any number read."""

    def __init__(self, folder: Path, ear: Ear | None = None) -> None:
        self._ear = ear
        self._layers = Layers(folder, base_kind="segment-4", changes_kind="changes-4")

    def save(self, index: SuggestionIndex, before: Stored | None = None) -> Stored:
        """Make an index the current one.

        Where it shares its large segment with `before`, only what changed is written. Otherwise the
        whole is, and what is returned is read from there: no process holds a large segment.
        """
        if (
            before is None
            or before.base is not index.parts[0].segment
            or not self._layers.has(before.base_name)
        ):
            before = self.save_base(index)
            index = before.index
        changes = {"replaced": np.flatnonzero(index.parts[0].dead)}
        values: dict[str, Any] = {}
        if len(index.parts) > 1:
            changes |= index.parts[1].segment.arrays()
            values = index.parts[1].segment.values()
        self._layers.save_changes(index.version, before.base_name, Contents(changes, values))
        return Stored(index, before.base_name)

    def save_base(self, index: SuggestionIndex) -> Stored:
        """Write an index in one segment; it counts for nobody until `save` is told of it."""
        segment = index.merged().parts[0].segment
        contents = Contents(segment.arrays(), segment.values())
        return self.open_base(self._layers.save_base(index.version, contents))

    def open_base(self, name: str) -> Stored:
        """The large segment of that name alone. Raises SnapshotError."""
        snapshot = self._layers.open_base(name)
        try:
            base = Segment.saved(snapshot.arrays, snapshot.values)
        except (OSError, KeyError, TypeError, ValueError, IndexError) as error:
            raise SnapshotError(f"the suggestion index is incomplete ({error!r})") from error
        parts = [live(base, np.zeros(0, dtype=np.int64))]
        return Stored(SuggestionIndex(parts, version=snapshot.version, ear=self._ear), name)

    def open(self, before: Stored | None = None) -> Stored:
        """The current index; the large segment is taken from `before` where it is the same.

        Raises SnapshotError: build the index again.
        """
        changes, name = self._layers.open_changes()
        is_known = before is not None and before.base_name == name
        try:
            base = before.base if before is not None and is_known else self.open_base(name).base
            parts = [live(base, changes.arrays["replaced"])]
            if "keys" in changes.arrays:
                small = Segment.saved(changes.arrays, changes.values)
                parts.append(live(small, np.zeros(0, dtype=np.int64)))
        except (OSError, KeyError, TypeError, ValueError, IndexError) as error:
            raise SnapshotError(f"the suggestion index is incomplete ({error!r})") from error
        return Stored(SuggestionIndex(parts, version=changes.version, ear=self._ear), name)

    def verify(self, stored: Stored) -> None:
        """Read the large segment whole. Raises SnapshotError when it is damaged."""
        self._layers.verify_base(stored.base_name)

    def verify_sizes(self, stored: Stored) -> None:
        """Look whether all of it is there. Raises SnapshotError when some is not."""
        self._layers.verify_base_sizes(stored.base_name)

    def version(self) -> int | None:
        """The version that `open` would give; None when there is none. One small read."""
        return self._layers.version()
