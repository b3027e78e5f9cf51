"""How sure the ranker must be of an article before it is suggested: what the admins decided.

Kept in SQL as a line of changes, of which the newest holds. A change without a number goes back
to the default: the environment's, or else the product's own.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, joinedload

from app.db.database import Database
from app.deflection.models import ThresholdChange
from app.errors import N_, InvalidError
from search.suggestions import DEFAULT_THRESHOLD

LOOK_EVERY_SECONDS: Final = 1.0
"""How often a process looks whether the threshold was changed."""
LEAST: Final = 0.01
MOST: Final = 0.99
_MOST_DIGITS: Final = 6

log = structlog.get_logger()


class SuggestionThreshold:
    """The threshold in force, as one process knows it: read from SQL once a second at most."""

    def __init__(
        self,
        database: Database,
        default: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`default` is the environment's, in [0, 1], if any; `clock` gives seconds."""
        self._database = database
        self._clock = clock
        self.default = DEFAULT_THRESHOLD if default is None else default
        """What holds while no admin has decided, in [0, 1]."""
        self._known: float | None = None
        self._read_at = float("-inf")

    def current(self) -> float:
        """The least confidence at which an article is suggested, in [0, 1].

        While the database does not answer, what it was before.
        """
        moment = self._clock()
        if moment - self._read_at >= LOOK_EVERY_SECONDS:
            # Set first: whoever comes meanwhile goes on with what is known.
            self._read_at = moment
            try:
                with self._database.reading() as session:
                    self._known = decided(session)
            except SQLAlchemyError:
                log.exception("threshold.not_read")
        return self.default if self._known is None else self._known

    def look_again(self) -> None:
        """Read it afresh when it is asked for next."""
        self._read_at = float("-inf")


def decided(session: Session) -> float | None:
    """What the admins decided last; None: the default holds. One statement."""
    return session.scalar(
        select(ThresholdChange.threshold).order_by(ThresholdChange.id.desc()).limit(1)
    )


def changes(session: Session, limit: int) -> Sequence[ThresholdChange]:
    """The last changes with whoever made them, the newest first. One statement."""
    return session.scalars(
        select(ThresholdChange)
        .options(joinedload(ThresholdChange.changed_by))
        .order_by(ThresholdChange.id.desc())
        .limit(limit)
    ).all()


def change(session: Session, *, threshold: float | None, by: int | None, now: datetime) -> None:
    """Decide on a threshold, or (None) on the default. The same again changes nothing.

    Raises InvalidError for the field `sure`.
    """
    if threshold is not None and not LEAST <= threshold <= MOST:
        raise InvalidError("sure", N_("Write a number from 1 to 99."))
    if threshold != decided(session):
        session.add(ThresholdChange(threshold=threshold, changed_by_id=by, changed_at=now))
    session.commit()


def read_percent(text: str) -> float:
    """A share in [0, 1] from what somebody wrote: "5", "7.5", "7,5 %".

    Raises InvalidError for the field `sure`.
    """
    written = text.strip().removesuffix("%").strip().replace(",", ".")
    whole, _, fraction = written.partition(".")
    digits = f"{whole}{fraction}"
    if not (digits.isascii() and digits.isdecimal() and whole and len(digits) <= _MOST_DIGITS):
        raise InvalidError("sure", N_("Write a number from 1 to 99."))
    share = round(float(written) / 100, 6)
    if not LEAST <= share <= MOST:
        raise InvalidError("sure", N_("Write a number from 1 to 99."))
    return share
