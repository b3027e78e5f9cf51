"""Escaped HTML with the words that were asked for in <mark>."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape
from typing import Final

from search.analysis import Analyser, Beginnings
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

    A text is looked at by its chunks, what stands between two spaces: splitting at spaces is the
    fastest way to find out that there is nothing to mark. Each different chunk is looked at once,
    however often it stands in the articles of a page.
    """

    def __init__(self, wanted: Wanted, analyser: Analyser) -> None:
        self._stems = wanted.stems
        self._prefixes = [f" {prefix}" for prefix in wanted.prefixes]
        self._near = Beginnings.of(wanted.stems.union(wanted.prefixes))
        self._analyser = analyser
        self._seen: set[str] = set()
        self._found: dict[str, AbstractSet[str]] = {}
        self._places: dict[str, list[tuple[int, int]]] = {}

    def marked(self, text: str) -> str:
        """The whole text, escaped, wanted words marked."""
        self._look_at(set(text.split(" ")))
        return _render(text, self._spans(text), 0, len(text))

    def best_section(self, sections: Sequence[Section]) -> tuple[Section | None, str]:
        """The section with the most different wanted words, and its excerpt as escaped HTML.

        The first section when none holds any; None when there are no sections.
        """
        best: Section | None = None
        best_variety = -1
        for section in sections:
            variety = self._variety(f"{section.title} {section.text}")
            if variety > best_variety:
                best, best_variety = section, variety
        return best, self._excerpt(best.text) if best else ""

    def _variety(self, text: str) -> int:
        """How many different wanted stems and prefixes stand in the text."""
        chunks = set(text.split(" "))
        self._look_at(chunks)
        return len(_NOTHING.union(*[self._found[chunk] for chunk in chunks & self._found.keys()]))

    def _excerpt(self, text: str) -> str:
        """About 220 characters around the densest group of wanted words, escaped and marked."""
        spans = self._spans(text)
        if len(text) <= EXCERPT_CHARACTERS:
            return _render(text, spans, 0, len(text))
        start = _densest(spans)
        begin = 0 if start <= _LEAD_CHARACTERS else text.rfind(" ", 0, start - _LEAD_CHARACTERS) + 1
        end = begin + EXCERPT_CHARACTERS
        end = len(text) if end >= len(text) else max(text.rfind(" ", begin, end), begin + 1)
        body = _render(text, spans, begin, end)
        return f"{'… ' if begin else ''}{body}{' …' if end < len(text) else ''}"

    def _spans(self, text: str) -> list[tuple[int, int]]:
        """Where the tokens with wanted features begin and end, in a text that was looked at."""
        spans = []
        at = 0
        for chunk in text.split(" "):
            if chunk in self._found:
                spans += [(at + begin, at + end) for begin, end in self._places_in(chunk)]
            at += len(chunk) + 1
        return spans

    def _places_in(self, chunk: str) -> list[tuple[int, int]]:
        if chunk not in self._places:
            self._places[chunk] = [
                (begin, end)
                for begin, end, token in self._analyser.places(chunk)
                if self._features(token)
            ]
        return self._places[chunk]

    def _look_at(self, chunks: set[str]) -> None:
        """Note which of the chunks have wanted features, and which."""
        new = self._near.among(chunks - self._seen)
        self._seen |= chunks
        looks = self._analyser.looks(new)
        stems = self._stems
        hits = {at for at, (features, _) in enumerate(looks) if not stems.isdisjoint(features)}
        for prefix in self._prefixes:
            hits.update([at for at, (_, spelled) in enumerate(looks) if prefix in spelled])
        for at in hits:
            self._found[new[at]] = self._wanted(*looks[at])

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
