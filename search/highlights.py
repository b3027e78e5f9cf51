"""Escaped HTML with the words that were asked for in <mark>."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from html import escape
from typing import Final

from search.analysis import Analyser
from search.documents import Section

EXCERPT_CHARACTERS: Final = 220
_LEAD_CHARACTERS: Final = 60
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The features a hit is marked for: stems and exact forms, and beginnings of folded words."""

    stems: AbstractSet[str]
    prefixes: tuple[str, ...]


class Marker:
    """Marks the words of one query in texts of one language. Texts are cleaned, on one line.

    Each different token is looked at once, however often it stands in the articles of a page.
    """

    def __init__(self, wanted: Wanted, analyser: Analyser) -> None:
        self._wanted = wanted
        self._analyser = analyser
        self._found: dict[str, frozenset[str]] = {}

    def marked(self, text: str) -> str:
        """The whole text, escaped, wanted words marked."""
        return _render(text, self._spans(text), 0, len(text))

    def best_section(self, sections: Sequence[Section]) -> tuple[Section | None, str]:
        """The section with the most different wanted words, and its excerpt as escaped HTML.

        The first section when none holds any; None when there are no sections.
        """
        best: Section | None = None
        best_variety = -1
        for section in sections:
            variety = self._variety(section.title, section.text)
            if variety > best_variety:
                best, best_variety = section, variety
        return best, self._excerpt(best.text) if best else ""

    def _variety(self, *texts: str) -> int:
        """How many different wanted stems and prefixes stand in the texts."""
        tokens = {token for text in texts for token in self._analyser.tokens(text)}
        return len(_NOTHING.union(*map(self._features, tokens)))

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
        places = self._analyser.places(text)
        return [(start, end) for start, end, token in places if self._features(token)]

    def _features(self, token: str) -> frozenset[str]:
        """The wanted stems, exact forms and prefixes that a token of a text has."""
        found = self._found.get(token)
        if found is None:
            found = self._found[token] = frozenset(self._look_at(token))
        return found

    def _look_at(self, token: str) -> set[str]:
        stems, prefixes = self._wanted.stems, self._wanted.prefixes
        features = set()
        for word in self._analyser.of_token(token):
            features |= {each for each in (word.stem, *word.exact) if each in stems}
            features |= {f"{each}*" for each in prefixes if word.folded.startswith(each)}
        return features


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
