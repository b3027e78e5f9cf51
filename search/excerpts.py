"""The few lines of a passage that show why it was suggested."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

from search.analysis import Analyser
from search.beginnings import Beginnings

EXCERPT_CHARACTERS: Final = 240
_SENTENCE_END: Final = re.compile(r"(?<=[.!?:])\s+")
_ELLIPSIS: Final = "…"


@dataclass(frozen=True, slots=True)
class Pointed:
    """A text that is pointed at, the stems that matched in it, and the analyser of its language."""

    text: str
    stems: frozenset[str]
    analyser: Analyser


def excerpts(pointed: Sequence[Pointed]) -> list[str]:
    """At most about 240 characters of each text: the sentences where most matched words stand.

    Begins at a sentence; starts at the top when nothing matches. Cut ends carry an ellipsis.
    """
    near = Beginnings.of(frozenset().union(*[each.stems for each in pointed]))
    joined = " ".join([each.text for each in pointed])
    # All texts at once: there is as much to begin for one as for five.
    begins, ends = near.places(joined)
    found, first, offset = [], 0, 0
    for each in pointed:
        last = bisect_left(begins, offset + len(each.text) + 1)
        stems_in, wanted = each.analyser.stems_in, each.stems
        matched = [
            (begin - offset, stems)
            for begin, end in zip(begins[first:last], ends[first:last], strict=True)
            if not wanted.isdisjoint(stems := stems_in(joined[begin:end]))
        ]
        found.append(_excerpt(each.text, wanted, matched))
        first, offset = last, offset + len(each.text) + 1
    return found


def _excerpt(
    text: str, wanted: frozenset[str], matched: Sequence[tuple[int, frozenset[str]]]
) -> str:
    """`matched` are the places of words with wanted stems, in order, and all stems of each."""
    if len(text) <= EXCERPT_CHARACTERS:
        return text
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text) + 1]
    best, most = 0, 0
    for begin, stop in pairwise(starts):
        # As many whole sentences as there is room for, at least one.
        last = bisect_right(starts, begin + EXCERPT_CHARACTERS + 1) - 1
        end = max(stop, starts[last])
        seen = [stems for at, stems in matched if begin <= at < end]
        variety = len(wanted.intersection(chain.from_iterable(seen)))
        if variety > most:
            best, most = begin, variety
    chosen = text[best:]
    if len(chosen) > EXCERPT_CHARACTERS:
        chosen = chosen[:EXCERPT_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;: ") + _ELLIPSIS
    return chosen if best == 0 else f"{_ELLIPSIS} {chosen}"
