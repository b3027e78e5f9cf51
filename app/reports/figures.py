"""What an evaluation comes to, as it is kept in SQL, and what a threshold would have done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from search.desk_evaluation import (
    ANY_CONFIDENCE,
    METHODS,
    Answered,
    Band,
    DeskEvaluation,
    Method,
    MethodFigures,
    Offer,
    shown_at,
)
from search.desk_history import ASKED_SHARE, SplitHistory

MIN_ASKED: Final = 20
"""With fewer tickets to ask, figures would be chance."""


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figures(_Kept):
    """The figures of one evaluation; shares are in [0, 1].

    `solved` is how many tickets an article solved, `taught` and `asked` how many texts of them did
    which, `outside` how many texts without an article were asked. With fewer than `MIN_ASKED` asked
    there are no methods, no bands and no error.
    """

    articles: int
    solved: int
    taught: int
    asked: int
    outside: int
    is_capped: bool = False
    is_trained: bool = False
    threshold: float = 0.0
    """In force when it was measured."""
    limit: int = 5
    since: str = ""
    """When the first of those asked was written, ISO 8601."""
    methods: dict[Method, MethodFigures] = {}
    expected_calibration_error: float = 0.0
    bands: tuple[Band, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether the figures say anything."""
        return self.asked >= MIN_ASKED

    @property
    def missing(self) -> int:
        """About how many more solved tickets it takes until there is enough to ask."""
        return max(round((MIN_ASKED - self.asked) / ASKED_SHARE), 1)

    @property
    def compared(self) -> list[tuple[Method, MethodFigures]]:
        """The methods in the order in which they are shown."""
        return [(method, self.methods[method]) for method in METHODS if method in self.methods]


class AskedTicket(_Kept):
    """One ticket that was asked: see `search.desk_evaluation.Answered`."""

    source: str
    right: tuple[str, ...]
    own: tuple[Offer, ...]
    other: tuple[Offer, ...]

    def shown(self, threshold: float) -> list[str]:
        """The ids of the articles that the threshold lets pass."""
        return [
            each.document_id
            for each in shown_at(self.own, self.other, max(threshold, ANY_CONFIDENCE))
        ]


class Miss(_Kept):
    """An article that solved tickets to which it was not suggested.

    `missed` of the `asked` tickets that it solved; `words` are what those customers wrote and the
    article lacks, each with the number of tickets; `tickets` are the newest of them.
    """

    article: str
    asked: int
    missed: int
    words: tuple[tuple[str, int], ...]
    tickets: tuple[str, ...]


class Detail(_Kept):
    """What is behind the figures: every ticket that was asked, and the worst misses.

    Missed is what was not shown under the threshold of the figures.
    """

    asked: tuple[AskedTicket, ...] = ()
    outside: tuple[AskedTicket, ...] = ()
    misses: tuple[Miss, ...] = ()


@dataclass(frozen=True, slots=True)
class ThresholdOutcome:
    """What the tickets that were asked would have been shown under a threshold.

    Of those with an article: how many something (`shown`), how many the right one (`right`), and
    from how many the threshold would have kept a right one that the ranker had (`held_back`). Of
    those without an article: how many something (`false`).
    """

    threshold: float
    shown: int
    right: int
    held_back: int
    false: int


def outcome(detail: Detail, threshold: float) -> ThresholdOutcome:
    """Recount the tickets of an evaluation under a threshold in (0, 1]."""
    right = sum(_is_right(each, threshold) for each in detail.asked)
    return ThresholdOutcome(
        threshold=threshold,
        shown=sum(bool(each.shown(threshold)) for each in detail.asked),
        right=right,
        held_back=sum(_is_right(each, ANY_CONFIDENCE) for each in detail.asked) - right,
        false=sum(bool(each.shown(threshold)) for each in detail.outside),
    )


def figures_of(
    history: SplitHistory,
    evaluation: DeskEvaluation | None,
    *,
    articles: int,
    solved: int,
    threshold: float,
    limit: int,
) -> Figures:
    """The figures; without an evaluation, what there was to ask."""
    counts: dict[str, Any] = {
        "articles": articles,
        "solved": solved,
        "taught": len(history.taught),
        "asked": len(history.asked),
        "outside": len(history.outside_asked),
        "is_capped": history.is_capped,
        "threshold": threshold,
        "limit": limit,
        "since": history.since.isoformat() if history.since else "",
    }
    if evaluation is None:
        return Figures(**counts)
    return Figures(
        **counts,
        is_trained=evaluation.is_trained,
        methods=evaluation.methods,
        expected_calibration_error=evaluation.expected_calibration_error,
        bands=evaluation.bands,
    )


def asked_tickets(answered: Sequence[Answered]) -> tuple[AskedTicket, ...]:
    """The answers as they are kept."""
    return tuple(
        AskedTicket(
            source=each.ticket.id,
            right=tuple(sorted(each.ticket.articles)),
            own=each.own,
            other=each.other,
        )
        for each in answered
    )


def _is_right(ticket: AskedTicket, threshold: float) -> bool:
    return not set(ticket.right).isdisjoint(ticket.shown(threshold))
