"""When the suggestions are measured by the clock."""

from datetime import datetime, timedelta
from typing import Final

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
_GROWTH: Final = 0.2
_LEAST_GROWTH: Final = 20


def is_too_soon(*, now: datetime, last_at: datetime | None) -> bool:
    """Whether not to measure again, whatever was solved since the last time."""
    return last_at is not None and now - last_at < DAY


def is_due(
    *, now: datetime, last_at: datetime | None, solved_then: int, was_enough: bool, solved: int
) -> bool:
    """Whether to measure again.

    `last_at` is when the last measurement was asked for (None: never), of which `was_enough`
    tells whether there was enough to measure; `solved` is how many tickets an article solved.
    Once a week when there are others, once a day when there are a fifth more, and every day while
    there was not enough.
    """
    if last_at is None:
        return True
    if solved == solved_then or is_too_soon(now=now, last_at=last_at):
        return False
    grown = solved - solved_then >= max(_LEAST_GROWTH, _GROWTH * solved_then)
    return now - last_at >= WEEK or grown or not was_enough
