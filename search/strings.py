"""Many texts as two arrays, so that no process has them all."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from search.groups import Starts, narrowed
from search.snapshots import SavedArrays
from search.stretches import Held, Stretches


@dataclass(frozen=True, slots=True)
class Strings:
    """Text n is the UTF-8 in `content[starts[n]:starts[n + 1]]`; lone surrogates are kept."""

    starts: Starts
    content: Stretches[np.uint8]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(number)
        begin, end = int(self.starts[number]), int(self.starts[number + 1])
        return self.content.read((begin,), (end,)).tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def encoded(self) -> list[bytes]:
        """Each text as UTF-8, which is in order where the texts are."""
        content, starts = self.content.whole().tobytes(), self.starts.tolist()
        return [content[a:b] for a, b in pairwise(starts)]

    def find(self, text: str) -> int | None:
        """The number of a text among texts that are sorted; None when it is not there."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self[middle] < text:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self[low] == text else None

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Strings":
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        lengths = np.fromiter((len(each) for each in encoded), np.int64, len(encoded))
        starts = np.concatenate(([0], np.cumsum(lengths)))
        return cls(starts, Held(np.frombuffer(b"".join(encoded), dtype=np.uint8)))

    def arrays(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """The arrays by the names that a snapshot gives them."""
        return {f"{name}-starts": narrowed(self.starts), f"{name}-content": self.content.whole()}

    @classmethod
    def from_arrays(cls, name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> "Strings":
        return cls(arrays[f"{name}-starts"], Held(arrays[f"{name}-content"]))

    @classmethod
    def filed(cls, name: str, arrays: SavedArrays) -> "Strings":
        """The same, of which each text is read when it is asked for."""
        return cls(arrays[f"{name}-starts"], arrays.filed(f"{name}-content"))
