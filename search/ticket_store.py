"""The index of resolved tickets on disk: a large layer that seldom changes, and what changed since."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from search.errors import SnapshotError
from search.layers import Contents, Layers
from search.similar_tickets import Layer, TicketIndex, Tickets


@dataclass(frozen=True)
class StoredTickets:
    """An index that was opened or saved, and the names of its large layer and of its changes."""

    index: TicketIndex
    base_name: str
    changes_name: str | None

    @property
    def base(self) -> Tickets:
        """The large layer."""
        return self.index.layers[0].tickets

    @property
    def apart(self) -> set[str]:
        """The ids of tickets that are another, or gone, since the large layer was made."""
        large, *small = self.index.layers
        replaced = {large.tickets.ids[row] for row in np.flatnonzero(large.dead).tolist()}
        return replaced.union(*(layer.tickets.ids for layer in small))


class TicketStore:
    """An index in a folder. One process writes at a time; any number read."""

    def __init__(self, folder: Path) -> None:
        self._layers = Layers(folder, base_kind="tickets-5", changes_kind="ticket-changes-5")

    def save(self, index: TicketIndex, before: StoredTickets | None = None) -> StoredTickets:
        """Make an index the current one.

        Where it shares its large layer with `before`, only what changed is written. Otherwise the
        whole is, and what is returned is read from there.
        """
        if (
            before is None
            or before.base is not index.layers[0].tickets
            or not self._layers.has(before.base_name)
        ):
            before = self.save_base(index)
            index = before.index
        changes = {"replaced": np.flatnonzero(index.layers[0].dead)}
        if len(index.layers) > 1:
            changes |= index.layers[1].tickets.arrays()
        self._layers.save_changes(index.version, before.base_name, Contents(changes, {}))
        return StoredTickets(index, before.base_name, self._layers.changes_name())

    def save_base(self, index: TicketIndex) -> StoredTickets:
        """Write an index in one layer; it counts for nobody until `save` is told of it."""
        contents = Contents(index.merged().layers[0].tickets.arrays(), {})
        return self.open_base(self._layers.save_base(index.version, contents))

    def open_base(self, name: str) -> StoredTickets:
        """The large layer of that name alone. Raises SnapshotError."""
        snapshot = self._layers.open_base(name)
        try:
            base = Tickets.from_arrays(snapshot.arrays)
        except (OSError, KeyError, TypeError, ValueError, IndexError) as error:
            raise SnapshotError(f"the ticket index is incomplete ({error!r})") from error
        layers = [Layer.of(base, np.zeros(0, dtype=np.int64))]
        return StoredTickets(TicketIndex(layers, version=snapshot.version), name, None)

    def open(self, before: StoredTickets | None = None) -> StoredTickets:
        """The current index; what is the same in `before` is taken from there.

        Raises SnapshotError: build the index again.
        """
        changes_name = self._layers.changes_name()
        if before is not None and before.changes_name == changes_name:
            return before
        changes, name = self._layers.open_changes()
        try:
            if before is not None and before.base_name == name:
                layers = [before.index.layers[0].without(changes.arrays["replaced"])]
            else:
                layers = [Layer.of(self.open_base(name).base, changes.arrays["replaced"])]
            if "keys" in changes.arrays:
                small = Tickets.from_arrays(changes.arrays)
                layers.append(Layer.of(small, np.zeros(0, dtype=np.int64)))
        except (OSError, KeyError, TypeError, ValueError, IndexError) as error:
            raise SnapshotError(f"the ticket index is incomplete ({error!r})") from error
        return StoredTickets(TicketIndex(layers, version=changes.version), name, changes_name)

    def verify(self, stored: StoredTickets) -> None:
        """Read the large layer whole. Raises SnapshotError when it is damaged."""
        self._layers.verify_base(stored.base_name)

    def verify_sizes(self, stored: StoredTickets) -> None:
        """Look whether all of it is there. Raises SnapshotError when some is not."""
        self._layers.verify_base_sizes(stored.base_name)

    def version(self) -> int | None:
        """The version that `open` would give; None when there is none. One small read."""
        return self._layers.version()
