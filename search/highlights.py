"""Escaped HTML with the words that were asked for in <mark>."""

from bisect import bisect_right
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from typing import Final

from search.analysis import Analyser
from search.beginnings import Beginnings
from search.documents import Section

EXCERPT_CHARACTERS: Final = 220
_LEAD_CHARACTERS: Final = 60
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The features a hit is marked for: stems and exact forms, and beginnings of folded words."""

    stems: frozenset[str]
    prefixes: tuple[str, ...]


class Marker:
    """Marks the words of one query in texts of one language. Texts are cleaned, on one line.

    A text is looked at by its chunks, what stands between two spaces. Each different chunk is looked
    at once, however often it stands in the articles of a page.
    """

    def __init__(self, wanted: Wanted, analyser: Analyser) -> None:
        self._stems = wanted.stems
        self._prefixes = [f" {prefix}" for prefix in wanted.prefixes]
        self._near = Beginnings.of(wanted.stems.union(wanted.prefixes))
        self._analyser = analyser
        self._looked: dict[str, AbstractSet[str]] = {}
        self._places: dict[str, list[tuple[int, int]]] = {}

    def marked(self, text: str) -> str:
        """The whole text, escaped, wanted words marked."""
        return _render(text, self._spans(self._found(text)), 0, len(text))

    def best_section(self, sections: Sequence[Section]) -> tuple[Section | None, str]:
        """The section with the most different wanted words, and its excerpt as escaped HTML.

        The first section when none holds any; None when there are no sections.
        """
        if not sections:
            return None, ""
        texts = [f"{section.title} {section.text}" for section in sections]
        offsets = [0, *accumulate(len(text) + 1 for text in texts)]
        found: list[list[tuple[int, str]]] = [[] for _ in sections]
        # All sections at once: there is as much to begin for one as for thirty.
        for at, chunk in self._found(" ".join(texts)):
            number = bisect_right(offsets, at) - 1
            found[number].append((at - offsets[number], chunk))
        varieties = [
            len(_NOTHING.union(*[self._looked[chunk] for _, chunk in own])) for own in found
        ]
        best = varieties.index(max(varieties))
        titled = len(sections[best].title) + 1
        own = [(at - titled, chunk) for at, chunk in found[best] if at >= titled]
        return sections[best], self._excerpt(sections[best].text, self._spans(own))

    def _excerpt(self, text: str, spans: Sequence[tuple[int, int]]) -> str:
        """About 220 characters around the densest group of wanted words, escaped and marked."""
        if len(text) <= EXCERPT_CHARACTERS:
            return _render(text, spans, 0, len(text))
        start = _densest(spans)
        begin = 0 if start <= _LEAD_CHARACTERS else text.rfind(" ", 0, start - _LEAD_CHARACTERS) + 1
        end = begin + EXCERPT_CHARACTERS
        end = len(text) if end >= len(text) else max(text.rfind(" ", begin, end), begin + 1)
        body = _render(text, spans, begin, end)
        return f"{'… ' if begin else ''}{body}{' …' if end < len(text) else ''}"

    def _found(self, text: str) -> list[tuple[int, str]]:
        """The chunks with wanted features, and where each begins."""
        begins, ends = self._near.places(text)
        chunks = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
        looked = self._looked
        new = list({chunk for chunk in chunks if chunk not in looked})
        for chunk, look in zip(new, self._analyser.looks(new), strict=True):
            looked[chunk] = self._wanted(*look)
        return [(at, chunk) for at, chunk in zip(begins, chunks, strict=True) if looked[chunk]]

    def _spans(self, found: Sequence[tuple[int, str]]) -> list[tuple[int, int]]:
        """Where the tokens with wanted features begin and end in chunks that have some."""
        return [
            (at + begin, at + end) for at, chunk in found for begin, end in self._places_in(chunk)
        ]

    def _places_in(self, chunk: str) -> list[tuple[int, int]]:
        if chunk not in self._places:
            self._places[chunk] = [
                (begin, end)
                for begin, end, token in self._analyser.places(chunk)
                if self._features(token)
            ]
        return self._places[chunk]

    def _features(self, token: str) -> AbstractSet[str]:
        [look] = self._analyser.looks([token])
        return self._wanted(*look)

    def _wanted(self, features: Sequence[str], spelled: str) -> AbstractSet[str]:
        prefixes = [prefix for prefix in self._prefixes if prefix in spelled]
        return self._stems.intersection(features).union(prefixes)


def _densest(spans: Sequence[tuple[int, int]]) -> int:
    best, best_count = 0, 0
    for number, (start, _) in enumerate(spans):
        count = sum(end <= start + EXCERPT_CHARACTERS for _, end in spans[number:])
        if count > best_count:
            best, best_count = start, count
    return best


def _render(text: str, spans: Sequence[tuple[int, int]], begin: int, end: int) -> str:
    parts: list[str] = []
    at = begin
    for start, stop in spans:
        if start < at or stop > end:
            continue
        parts += [escape(text[at:start]), "<mark>", escape(text[start:stop]), "</mark>"]
        at = stop
    parts.append(escape(text[at:end]))
    return "".join(parts)
