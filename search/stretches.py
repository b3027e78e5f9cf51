"""Long arrays of which short stretches are read, from memory or from a file by position.

A memory map would do the same, but every page that a process once read through it would count for
that process from then on; and a question reads a little of everything.
"""

import mmap
import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from search.errors import SnapshotError

# Of more stretches, or of more values, the whole is looked at instead.
_MOST_STRETCHES: Final = 4_096
_MOST_READ: Final = 1 << 24

_Scalar = TypeVar("_Scalar", bound=np.generic)
_Read_co = TypeVar("_Read_co", bound=np.generic, covariant=True)


class Stretches(Protocol[_Read_co]):
    """A one-dimensional array that never changes."""

    def __len__(self) -> int: ...

    def read(self, begins: Sequence[int], ends: Sequence[int]) -> npt.NDArray[_Read_co]:
        """The values from `begins[0]` up to `ends[0]`, then those from `begins[1]`, and so on."""

    def whole(self) -> npt.NDArray[_Read_co]:
        """All of it. Where it lies in a file, a memory map: let it go when it was used."""


class Held:
    """An array in memory."""

    def __init__(self, array: npt.NDArray[_Scalar]) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    def read(self, begins: Sequence[int], ends: Sequence[int]) -> npt.NDArray[Any]:
        if len(begins) == 1:
            return self._array[begins[0] : ends[0]]
        parts = [self._array[a:b] for a, b in zip(begins, ends, strict=True)]
        return np.concatenate(parts) if parts else self._array[:0]

    def whole(self) -> npt.NDArray[Any]:
        return self._array


class Filed:
    """An array that `numpy.save` wrote. Raises OSError or ValueError when it cannot be opened."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            if version != (1, 0):
                raise ValueError(f"{path} is of another version of NumPy's format: {version}")
            shape, _, self._dtype = np.lib.format.read_array_header_1_0(file)
            self._offset = file.tell()
        if len(shape) != 1 or self._dtype.hasobject:
            raise ValueError(f"{path} holds no list of numbers")
        self._path = path
        self._count = int(shape[0])
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)

    def __len__(self) -> int:
        return self._count

    def read(self, begins: Sequence[int], ends: Sequence[int]) -> npt.NDArray[Any]:
        """Raises SnapshotError when the file is shorter than it was: it is damaged."""
        if len(begins) > _MOST_STRETCHES or sum(ends) - sum(begins) > _MOST_READ:
            return Held(self.whole()).read(begins, ends)
        size, offset, descriptor, pread = (
            self._dtype.itemsize, self._offset, self._descriptor, os.pread,
        )  # fmt: skip
        try:
            content = b"".join(
                [
                    pread(descriptor, (b - a) * size, offset + a * size)
                    for a, b in zip(begins, ends, strict=True)
                ]
            )
        except OSError as error:
            raise SnapshotError(f"{self._path} cannot be read ({error}): rebuild it") from error
        if len(content) != size * (sum(ends) - sum(begins)):
            raise SnapshotError(f"{self._path} is damaged: rebuild it")
        return np.frombuffer(content, self._dtype)

    def whole(self) -> npt.NDArray[Any]:
        if not self._count:
            return np.zeros(0, self._dtype)
        try:
            mapped = mmap.mmap(self._descriptor, 0, access=mmap.ACCESS_READ)
            return np.frombuffer(mapped, self._dtype, self._count, self._offset)
        except (OSError, ValueError) as error:
            raise SnapshotError(f"{self._path} is damaged ({error}): rebuild it") from error
