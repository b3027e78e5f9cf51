"""What votes and verdicts do to an article's rank: a little, and never more."""

from math import log
from typing import Final

MOST: Final = 0.4
"""In log-odds: with equal evidence, one and a half times as likely at most."""
_DOUBT: Final = 4
_STEP: Final = 0.05


def standing(helpful: int, unhelpful: int) -> float:
    """Log-odds that an article's rank gains, between -0.4 and 0.4, in steps of 0.05.

    `helpful` and `unhelpful` are readers' votes, and customers' verdicts on it as a suggestion. Half
    the smoothed log-ratio. Few votes say little, and a thousand, by whomever, no more than
    the bound; steps keep single votes from making indexes anew.
    """
    raw = 0.5 * log((helpful + _DOUBT) / (unhelpful + _DOUBT))
    return round(round(max(-MOST, min(MOST, raw)) / _STEP) * _STEP, 2)
