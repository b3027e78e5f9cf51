"""A folder with the current index of the search page, replaced as a whole or changed in place.

folder/CURRENT             which index readers open, and its version; written last
folder/whoosh-1f0c…/       an index
"""

import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from search.errors import SnapshotError
from search.reading import Reading

_CURRENT: Final = "CURRENT"
_OPENINGS: Final = 4
_OPENING_PAUSE_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class Current:
    """The index that readers open, and the version of its content."""

    place: Path
    version: int


class IndexFolder:
    """Knows which index is the current one. Indexes of other engines are none for it."""

    def __init__(self, folder: Path, engine: str) -> None:
        self._folder = folder
        self._pointer = folder / _CURRENT
        self._engine = engine

    def current(self) -> Current:
        """The current index. Raises SnapshotError when there is none."""
        try:
            row = json.loads(self._pointer.read_text("utf-8"))
        except OSError as error:
            raise SnapshotError(f"no article index in {self._folder} yet: build it") from error
        except ValueError as error:
            raise SnapshotError(f"{self._pointer} is damaged: rebuild the index") from error
        match row:
            case {"place": str(name), "version": int(version)} if _is_name(name, self._engine):
                return Current(self._folder / name, version)
        raise SnapshotError(f"{self._pointer} names no index of {self._engine}: rebuild it")

    def version(self) -> int | None:
        """The version of the current index; None when there is none."""
        try:
            current = self.current()
        except SnapshotError:
            return None
        return current.version if current.place.is_dir() else None

    def signature(self) -> tuple[int, int] | None:
        """Changes with every version; None when there is no index. One `stat`."""
        try:
            status = self._pointer.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    @contextmanager
    def replacing(self, version: int) -> Iterator[Path]:
        """A new folder to build in, which becomes the current index at the end."""
        place = self._folder / f"{self._engine}-{secrets.token_hex(8)}"
        place.mkdir(parents=True)
        try:
            yield place
            self.point_to(place, version)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        for other in self._folder.iterdir():
            if other.is_dir() and other != place:
                shutil.rmtree(other, ignore_errors=True)

    def point_to(self, place: Path, version: int) -> None:
        """Let readers open this index, in this version, from now on."""
        beside = self._folder / f".{_CURRENT}-{secrets.token_hex(4)}"
        beside.write_text(json.dumps({"place": place.name, "version": version}), "utf-8")
        beside.replace(self._pointer)


class OpenReadings:
    """Readings of the current version, kept open and lent to one thread at a time."""

    def __init__(self, folder: IndexFolder, open_place: Callable[[Path], Reading]) -> None:
        self._folder = folder
        self._open_place = open_place
        self._lock = Lock()
        self._signature: tuple[int, int] | None = None
        self._free: list[Reading] = []

    @contextmanager
    def lent(self) -> Iterator[Reading]:
        """A reading of the current version. Raises SnapshotError when there is none."""
        signature = self._folder.signature()
        reading = self._take(signature) or self._opened()
        try:
            yield reading
        except BaseException:
            reading.close()
            raise
        self._give_back(signature, reading)

    def _take(self, signature: tuple[int, int] | None) -> Reading | None:
        with self._lock:
            if signature == self._signature:
                return self._free.pop() if self._free else None
            outdated, self._free = self._free, []
            self._signature = signature
        for reading in outdated:
            reading.close()
        return None

    def _give_back(self, signature: tuple[int, int] | None, reading: Reading) -> None:
        with self._lock:
            if signature == self._signature:
                self._free.append(reading)
                return
        reading.close()

    def _opened(self) -> Reading:
        """A rebuild or a merge may take files away while they are opened: then try the newer."""
        for attempt in range(_OPENINGS):
            try:
                return self._open_place(self._folder.current().place)
            except SnapshotError:
                if attempt == _OPENINGS - 1:
                    raise
                time.sleep(_OPENING_PAUSE_SECONDS)
        raise AssertionError("the last attempt returns or raises")


def _is_name(name: str, engine: str) -> bool:
    beginning, _, rest = name.partition("-")
    return beginning == engine and rest.isalnum()
