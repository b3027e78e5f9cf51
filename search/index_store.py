"""The suggestion index on disk: a large segment that seldom changes, and what changed since.

    folder/base/      the large segment
    folder/changes/   the small one, and which articles of the large one it replaces

Both are snapshots, each replaced atomically. The changes name the base that they belong to.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from search.ear import Ear
from search.errors import SnapshotError
from search.query import live
from search.segment import Segment
from search.snapshots import forget_old, load_snapshot, save_snapshot, saved_name, verify_snapshot
from search.suggestions import SuggestionIndex

_BASE: Final = "segment-2"
_CHANGES: Final = "changes-2"


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
        self._base = folder / "base"
        self._changes = folder / "changes"

    def save(self, index: SuggestionIndex, before: Stored | None = None) -> Stored:
        """Make an index the current one.

        Where it shares its large segment with `before`, only what changed is written.
        """
        base = index.parts[0].segment
        if before is None or before.base is not base or not self._has(before.base_name):
            index = index.merged()
            base = index.parts[0].segment
            name = save_snapshot(
                self._base,
                kind=_BASE,
                version=index.version,
                arrays=base.arrays(),
                values=base.values(),
                # Until the changes name this one, they name an older one.
                forget=False,
            ).name
        else:
            name = before.base_name
        arrays = {"replaced": np.flatnonzero(index.parts[0].dead)}
        values: dict[str, object] = {"base": name}
        if len(index.parts) > 1:
            arrays |= index.parts[1].segment.arrays()
            values |= index.parts[1].segment.values()
        save_snapshot(
            self._changes, kind=_CHANGES, version=index.version, arrays=arrays, values=values
        )
        forget_old(self._base, name)
        return Stored(index, name)

    def open(self, before: Stored | None = None) -> Stored:
        """The current index; the large segment is taken from `before` where it is the same.

        Raises SnapshotError: build the index again.
        """
        changes = load_snapshot(self._changes, kind=_CHANGES)
        try:
            name = str(changes.values["base"])
            if before is not None and before.base_name == name:
                base = before.base
            else:
                snapshot = load_snapshot(self._base, kind=_BASE, name=name)
                base = Segment.from_arrays(snapshot.arrays, snapshot.values)
            parts = [live(base, changes.arrays["replaced"])]
            if "keys" in changes.arrays:
                small = Segment.from_arrays(changes.arrays, changes.values)
                parts.append(live(small, np.zeros(0, dtype=np.int64)))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise SnapshotError(f"the index in {self._base} is incomplete ({error!r})") from error
        return Stored(SuggestionIndex(parts, version=changes.version, ear=self._ear), name)

    def verify(self, stored: Stored) -> None:
        """Read the large segment whole. Raises SnapshotError when it is damaged."""
        verify_snapshot(self._base, stored.base_name)

    def version(self) -> int | None:
        """The version that `open` would give; None when there is none. One small read."""
        name = saved_name(self._changes)
        return None if name is None else int(name[1:].split("-", maxsplit=1)[0])

    def _has(self, name: str) -> bool:
        return (self._base / name).is_dir()
