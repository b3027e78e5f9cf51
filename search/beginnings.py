"""Where words with some stems may stand in a text, found for all words at once.

Looking at every word in turn costs more than all the rest of an excerpt.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from search.counting import Flags

# A stem has these of its word, as far as the first letters tell.
_KEPT_LETTERS: Final = 3

# What a character is: kinds of those up to the end of Latin Extended-B, and of all others.
_SPACE: Final = 0
_PLAIN: Final = 1  # a letter or digit of ASCII
_MARK: Final = 2
_ACCENTED: Final = 3
_STRANGE: Final = 4
_KNOWN_CHARACTERS: Final = 0x250


def _kind(code: int) -> int:
    character = chr(code)
    if character.isspace():
        return _SPACE
    if character.isalnum():
        return _PLAIN if character.isascii() else _ACCENTED
    return _MARK


_KINDS: Final = np.array([*map(_kind, range(_KNOWN_CHARACTERS)), _STRANGE], dtype=np.uint8)
# Five bits of a letter of either case; digits share them with letters.
_LETTERS: Final = np.where(_KINDS == _PLAIN, np.arange(len(_KINDS)) & 31, 0).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The first letters of every word that has one of some stems.

    A stem keeps the first three letters of its word, except that y may have become i ("tying",
    "tie") or i have become y ("skies", "sky"), and the third letter an e ("using", "use").
    `table` says of each three letters, five bits each, whether a word may begin so.
    """

    table: Flags

    @staticmethod
    @lru_cache(64)
    def of(stems: frozenset[str]) -> "Beginnings":
        """Of these stems, or of beginnings of folded words."""
        table = np.zeros(1 << 15, dtype=bool)
        for stem in stems:
            kept = _KEPT_LETTERS if len(stem.removesuffix("e")) >= _KEPT_LETTERS else 2
            begin = stem[:kept]
            others = {begin}
            if "i" in begin or "y" in begin:
                first, rest = begin[:1], begin[1:]
                others |= {first + rest.replace("i", "y"), first + rest.replace("y", "i")}
            for other in others:
                # What is not of ASCII may begin anyhow: such words are found by that.
                codes = [ord(each) & 31 for each in f"{other}  "[:_KEPT_LETTERS]]
                at = (codes[0] << 10) | (codes[1] << 5) | codes[2]
                table[at : at + (1 if kept == _KEPT_LETTERS else 32)] = True
        return Beginnings(table)

    def places(self, text: str) -> tuple[list[int], list[int]]:
        """Where those begin and end that may hold such a word, of all that stands between spaces.

        All that do are among them, and a few others: what has marks within, or letters that are
        not of ASCII at its beginning.
        """
        # Two characters more, so that every beginning has three.
        codes = np.frombuffer(f" {text}  ".encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        known = np.minimum(codes, _KNOWN_CHARACTERS)
        kinds = _KINDS[known]
        is_space = kinds == _SPACE
        begins = (is_space[:-1] & ~is_space[1:]).nonzero()[0] + 1
        if not len(begins):
            return [], []
        first, second, third = (known[begins + place] for place in range(3))
        at = (_LETTERS[first] << 10) | (_LETTERS[second] << 5) | _LETTERS[third]
        found = self.table[at]
        for character in (first, second, third):
            found |= _KINDS[character] >= _ACCENTED
        within = (kinds[:-1] == _MARK) & ~is_space[1:]
        within |= kinds[:-1] == _STRANGE
        found[np.searchsorted(begins, within.nonzero()[0], side="right") - 1] = True
        begins = begins[found]
        spaces = is_space.nonzero()[0]
        ends = spaces[np.searchsorted(spaces, begins)]
        return (begins - 1).tolist(), (ends - 1).tolist()
