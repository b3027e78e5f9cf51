"""Vectors of an ear, kept in bytes: how near a draft is to texts in meaning.

Components are rounded to whole numbers from -127 to 127. A sum of up to 1,040 products of two such
numbers stays under 2^24, which single precision counts exactly: a cosine is the same to the last
bit in whatever order and company it is computed. The rounding moves it by about 0.002.

Of many texts the nearest are found by the signs of their components (sign random projection of
Charikar 2002, with the encoder's own axes): the fewer differ, the nearer they are. These few are
compared exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.counting import Floats, Ints

Bytes = npt.NDArray[np.int8]

_MOST: Final = 127.0


def rounded(rows: Floats) -> Bytes:
    """Rows as whole numbers, the greatest component of each being 127 or -127."""
    greatest = np.maximum(np.abs(rows).max(axis=1, keepdims=True, initial=0.0), 1e-12)
    whole: Bytes = np.rint(rows * (_MOST / greatest)).astype(np.int8)
    return whole


@dataclass(frozen=True, slots=True)
class Meanings:
    """Vectors of texts, shape (texts, dimensions); `signs` holds 64 components a number."""

    values: Bytes
    lengths: Floats
    signs: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, values: Bytes) -> "Meanings":
        """What is found of a text by its rounded vector."""
        if not len(values):
            empty = np.zeros((0, 0), dtype=np.uint64)
            return cls(values, np.zeros(0, dtype=np.float32), empty)
        squares = np.einsum("ij,ij->i", values, values, dtype=np.int64)
        bits = np.packbits(values > 0, axis=1)
        padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 8)))
        lengths = np.maximum(np.sqrt(squares.astype(np.float64)), 1e-12).astype(np.float32)
        return cls(values, lengths, np.ascontiguousarray(padded).view(np.uint64))

    def cosines(self, rows: Ints, asked: "Meanings") -> Floats:
        """How near some of the texts are to the one asked about, from -1 to 1."""
        if not len(rows) or not len(asked.values):
            return np.zeros(len(rows), dtype=np.float32)
        products = self.values[rows].astype(np.float32) @ asked.values[0].astype(np.float32)
        found: Floats = products / (self.lengths[rows] * asked.lengths[0])
        return found

    def differing(self, asked: "Meanings") -> npt.NDArray[np.int32]:
        """How many signs of each text are others than those of the one asked about."""
        others = np.bitwise_count(self.signs ^ asked.signs[0])
        # Narrow sums are twice as fast, and these may be of a million texts.
        found: npt.NDArray[np.int32] = others.sum(axis=1, dtype=np.uint16).astype(np.int32)
        return found

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """Every array, by the name that a snapshot gives it."""
        return {
            f"{name}-m-values": self.values,
            f"{name}-m-lengths": self.lengths,
            f"{name}-m-signs": self.signs,
        }

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> "Meanings":
        """What `arrays` described. Raises KeyError: something is missing."""
        return cls(
            arrays[f"{name}-m-values"], arrays[f"{name}-m-lengths"], arrays[f"{name}-m-signs"]
        )


def means(values: Bytes, starts: Ints) -> Bytes:
    """The mean of the vectors `starts[a]:starts[a + 1]` for each a; zeros where there are none.

    Sums of whole numbers: their order does not matter.
    """
    summed = np.zeros((len(starts) - 1, values.shape[1]), dtype=np.float64)
    lengths = np.sqrt(np.einsum("ij,ij->i", values, values, dtype=np.int64).astype(np.float64))
    unit = np.rint(values * (4096.0 / np.maximum(lengths, 1.0))[:, None])
    filled = np.flatnonzero(np.diff(starts))
    if len(filled):
        summed[filled] = np.add.reduceat(unit, starts[filled], axis=0)
    return rounded(summed.astype(np.float32))


def joined(rows: Sequence[Bytes]) -> Bytes:
    """Vectors of one ear, one under the other."""
    return np.concatenate(rows)
