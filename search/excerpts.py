"""The few lines of a passage that show why it was suggested."""

import re
from typing import Final

from search.analysis import Analyser

EXCERPT_CHARACTERS: Final = 240
_SENTENCE_END: Final = re.compile(r"(?<=[.!?:])\s+")
_ELLIPSIS: Final = "…"


def excerpt(text: str, stems: frozenset[str], analyser: Analyser) -> str:
    """At most about 240 characters of plain text: the sentences where most matched words stand.

    Begins at a sentence; starts at the top when nothing matches. Cut ends carry an ellipsis.
    """
    if len(text) <= EXCERPT_CHARACTERS:
        return text
    sentences = _SENTENCE_END.split(text)
    hits = [analyser.stems_among(each, stems) for each in sentences]
    best, best_score = 0, -1
    for start in range(len(sentences)):
        seen: set[str] = set()
        length = 0
        for sentence, matched in zip(sentences[start:], hits[start:], strict=True):
            if length and length + len(sentence) > EXCERPT_CHARACTERS:
                break
            seen |= matched
            length += len(sentence) + 1
        if len(seen) > best_score:
            best, best_score = start, len(seen)
    chosen = " ".join(sentences[best:])
    if len(chosen) > EXCERPT_CHARACTERS:
        chosen = chosen[:EXCERPT_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;: ") + _ELLIPSIS
    return chosen if best == 0 else f"{_ELLIPSIS} {chosen}"
