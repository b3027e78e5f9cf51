"""Whether two texts of a customer are about the same thing."""

from math import sqrt
from typing import Final

from search.analysis import MAX_DRAFT_CHARACTERS, MAX_DRAFT_WORDS, analyser, clean
from search.language import detect

MIN_COSINE: Final = 0.4
MIN_CONTAINMENT: Final = 0.6
"""Of the shorter text's words that the longer one has, too; it takes three of them."""
_MIN_SHARED: Final = 2
_MIN_CONTAINED: Final = 3


def same_thing(one: str, other: str, *, locale: str | None = None) -> bool:
    """Whether two texts share enough of their telling words.

    Compares sets of stems without function words: their cosine, or, since one text is often a
    longer telling of the other, how much of the shorter one the longer one contains.
    """
    first, second = _stems(one, locale), _stems(other, locale)
    if not first or not second:
        return False
    shared = len(first & second)
    shorter = min(len(first), len(second))
    if shared < min(_MIN_SHARED, shorter):
        return False
    if shared / sqrt(len(first) * len(second)) >= MIN_COSINE:
        return True
    return shared >= _MIN_CONTAINED and shared / shorter >= MIN_CONTAINMENT


def _stems(text: str, locale: str | None) -> frozenset[str]:
    cleaned = clean(text, MAX_DRAFT_CHARACTERS)
    words = analyser(detect(cleaned, locale)).words(cleaned, MAX_DRAFT_WORDS)
    return frozenset(word.stem for word in words if not word.common)
