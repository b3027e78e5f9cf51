"""One index in two snapshots: a large one that seldom changes, and what changed since.

    folder/base/      the large one
    folder/changes/   the small one, which names the base that it belongs to

Each is replaced atomically, and the base that the changes name is the one that counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy.typing as npt

from search.snapshots import (
    Snapshot,
    forget_old,
    load_snapshot,
    save_snapshot,
    saved_name,
    saved_version,
    verify_sizes,
    verify_snapshot,
)

_VERIFIED_WHEN_OPENED: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class Contents:
    """Arrays and JSON values, by name."""

    arrays: Mapping[str, npt.NDArray[Any]]
    values: Mapping[str, Any]


class Layers:
    """Two snapshots in a folder. One process writes at a time; any number read."""

    def __init__(self, folder: Path, *, base_kind: str, changes_kind: str) -> None:
        self._base = folder / "base"
        self._changes = folder / "changes"
        self._base_kind = base_kind
        self._changes_kind = changes_kind

    def save_base(self, version: int, base: Contents) -> str:
        """Write a base that counts for nobody until changes name it; its name."""
        place = save_snapshot(
            self._base,
            kind=self._base_kind,
            version=version,
            arrays=base.arrays,
            values=base.values,
            forget=False,
        )
        return place.name

    def save_changes(self, version: int, base: str, changes: Contents) -> None:
        """Make these, with the base of that name, the current ones."""
        save_snapshot(
            self._changes,
            kind=self._changes_kind,
            version=version,
            arrays=changes.arrays,
            values={**changes.values, "base": base},
        )
        forget_old(self._base, base)

    def has(self, base: str) -> bool:
        """Whether there is a base of that name."""
        return (self._base / base).is_dir()

    def open_changes(self) -> tuple[Snapshot, str]:
        """The current changes and the name of their base. Raises SnapshotError: build again."""
        changes = load_snapshot(self._changes, kind=self._changes_kind)
        return changes, str(changes.values.get("base", ""))

    def open_base(self, name: str) -> Snapshot:
        """The base of that name. Raises SnapshotError: build again.

        Only its smallest files are read: call `verify_base` when there is time.
        """
        return load_snapshot(
            self._base, kind=self._base_kind, name=name, verified=_VERIFIED_WHEN_OPENED
        )

    def verify_base(self, name: str) -> None:
        """Read the base whole. Raises SnapshotError when it is damaged."""
        verify_snapshot(self._base, name)

    def verify_base_sizes(self, name: str) -> None:
        """Look whether all of the base is there. Raises SnapshotError when some is not."""
        verify_sizes(self._base, name)

    def changes_name(self) -> str | None:
        """Another one after every save; None when there is nothing. One small read."""
        return saved_name(self._changes)

    def version(self) -> int | None:
        """The version that would be opened; None when there is none. One small read."""
        return saved_version(self._changes)
