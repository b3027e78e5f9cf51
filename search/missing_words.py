"""Words of customers that an article lacks."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from search.analysis import MAX_DRAFT_CHARACTERS, MAX_DRAFT_WORDS, analyser, clean
from search.baselines import text_of
from search.documents import Document
from search.language import detect

_MOST: Final = 8
_LEAST_LETTERS: Final = 3


class DeskWords:
    """The words of a desk's tickets by language, and in how many tickets each occurs."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        """`texts` are pairs of a text and the locale of its page."""
        self._known: dict[tuple[str, str], tuple[str | None, dict[str, str]]] = {}
        self._frequency: Counter[str] = Counter()
        self._count = 0
        for text, locale in texts:
            self._frequency.update(self._words(text, locale)[1].keys())
            self._count += 1

    def missing(
        self, document: Document, tickets: Sequence[tuple[str, str]]
    ) -> list[tuple[str, int]]:
        """Words of these tickets that the article lacks, and in how many of them each occurs.

        As a customer typed them. First those that many of these tickets have and few others. A
        word that one ticket of the whole desk alone has is a name or a slip, and is left out;
        so are tickets in another language than the article's, and what is not three letters or
        more.
        """
        own = analyser(document.locale).words(clean(text_of(document)))
        has = {word.stem for word in own} | {word.folded for word in own}
        counts: Counter[str] = Counter()
        surfaces: dict[str, str] = {}
        for text, locale in tickets:
            language, words = self._words(text, locale)
            if language != document.locale:
                continue
            for stem, surface in words.items():
                if stem not in has and self._frequency[stem] > 1:
                    counts[stem] += 1
                    surfaces.setdefault(stem, surface)
        ranked = sorted(counts, key=lambda stem: (-counts[stem] * self._idf(stem), stem))
        return [(surfaces[stem], counts[stem]) for stem in ranked[:_MOST]]

    def _idf(self, stem: str) -> float:
        return math.log((1 + self._count) / (1 + self._frequency[stem])) + 1e-9

    def _words(self, text: str, locale: str) -> tuple[str | None, dict[str, str]]:
        """The language of a text, and its telling words: each stem as it was first typed."""
        found = self._known.get((text, locale))
        if found is None:
            cleaned = clean(text, MAX_DRAFT_CHARACTERS)
            language = detect(cleaned, locale)
            words: dict[str, str] = {}
            for word in analyser(language).words(cleaned, MAX_DRAFT_WORDS):
                if not word.common and len(word.folded) >= _LEAST_LETTERS and word.folded.isalpha():
                    words.setdefault(word.stem, word.surface.lower())
            found = self._known[text, locale] = language, words
        return found
