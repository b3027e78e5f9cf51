"""Escaped HTML with the words that were asked for in <mark>."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape
from typing import Final

from search.analysis import Analyser, Word, clean
from search.documents import Section

EXCERPT_CHARACTERS: Final = 220
_LEAD_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """The features a hit is marked for: stems, and the beginnings of folded words."""

    stems: AbstractSet[str]
    prefixes: tuple[str, ...]

    def matches(self, words: Sequence[Word]) -> bool:
        return any(
            word.stem in self.stems
            or not self.stems.isdisjoint(word.exact)
            or (bool(self.prefixes) and word.folded.startswith(self.prefixes))
            for word in words
        )

    def variety(self, words: Sequence[Word]) -> int:
        """How many different wanted stems and prefixes stand among the words."""
        stems = {word.stem for word in words}
        folded = {word.folded for word in words} if self.prefixes else set()
        return len(stems & self.stems) + sum(
            any(form.startswith(prefix) for form in folded) for prefix in self.prefixes
        )


def marked(text: str, wanted: Wanted, analyser: Analyser) -> str:
    """The whole text, escaped, wanted words marked."""
    text = clean(text)
    return _render(text, _spans(text, wanted, analyser), 0, len(text))


def best_section(
    sections: Sequence[Section], wanted: Wanted, analyser: Analyser
) -> tuple[Section | None, str]:
    """The section with the most different wanted words, and its excerpt as escaped HTML.

    The first section when none holds any; None when there are no sections.
    """
    best: Section | None = None
    best_score = -1
    for section in sections:
        words = analyser.words(clean(f"{section.title}\n{section.text}"))
        score = wanted.variety(words)
        if score > best_score:
            best, best_score = section, score
    return best, marked_excerpt(best.text, wanted, analyser) if best else ""


def marked_excerpt(text: str, wanted: Wanted, analyser: Analyser) -> str:
    """About 220 characters around the densest group of wanted words, escaped and marked."""
    text = " ".join(clean(text).split())
    spans = _spans(text, wanted, analyser)
    if len(text) <= EXCERPT_CHARACTERS:
        return _render(text, spans, 0, len(text))
    start = _densest(spans)
    begin = 0 if start <= _LEAD_CHARACTERS else text.rfind(" ", 0, start - _LEAD_CHARACTERS) + 1
    end = begin + EXCERPT_CHARACTERS
    end = len(text) if end >= len(text) else max(text.rfind(" ", begin, end), begin + 1)
    body = _render(text, spans, begin, end)
    return f"{'… ' if begin else ''}{body}{' …' if end < len(text) else ''}"


def _densest(spans: Sequence[tuple[int, int]]) -> int:
    best, best_count = 0, 0
    for number, (start, _) in enumerate(spans):
        count = sum(end <= start + EXCERPT_CHARACTERS for _, end in spans[number:])
        if count > best_count:
            best, best_count = start, count
    return best


def _spans(text: str, wanted: Wanted, analyser: Analyser) -> list[tuple[int, int]]:
    return [(start, end) for start, end, words in analyser.spans(text) if wanted.matches(words)]


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
