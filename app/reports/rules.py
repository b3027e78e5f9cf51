"""When the suggestions are measured by the clock."""

from datetime import datetime, timedelta
from typing import Final

WEEK: Final = timedelta(days=7)
DAY: Final = timedelta(days=1)
_GROWTH: Final = 0.2
_LEAST_GROWTH: Final = 20


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
    if solved == solved_then:
        return False
    age = now - last_at
    grown = solved - solved_then >= max(_LEAST_GROWTH, _GROWTH * solved_then)
    return age >= WEEK or (age >= DAY and (grown or not was_enough))
