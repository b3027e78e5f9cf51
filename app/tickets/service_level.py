"""Service levels: moments reckoned in business time.

Business time runs on business days from opening to closing, in the desk's own time zone, and
stands still otherwise. A clock change lengthens or shortens the night, never the hours counted:
opening hours are read off the wall clock and measured in real time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DAYS_LOOKED_AHEAD = 3660
"""Ten years: more than the longest target needs, so that the search always ends."""


class ServiceLevelSettings(Protocol):
    """The part of the product's settings that this module reads."""

    @property
    def first_response_hours(self) -> float: ...
    @property
    def business_days(self) -> tuple[int, ...]: ...
    @property
    def business_opens(self) -> str: ...
    @property
    def business_closes(self) -> str: ...
    @property
    def timezone(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """When the desk is open, and how soon a customer hears from it.

    `days` are business days from 0 (Monday) to 6; `response` is business time.
    """

    response: timedelta
    days: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo

    @classmethod
    def from_settings(cls, settings: ServiceLevelSettings) -> "ServiceLevel":
        """The installation's service level."""
        return cls(
            response=timedelta(hours=settings.first_response_hours),
            days=frozenset(settings.business_days),
            opens=time.fromisoformat(settings.business_opens),
            closes=time.fromisoformat(settings.business_closes),
            zone=ZoneInfo(settings.timezone),
        )

    def answer_due(self, asked_at: datetime) -> datetime:
        """By when somebody who asked at this moment hears from a person (UTC)."""
        return self.after(asked_at, self.response)

    def after(self, start: datetime, business: timedelta) -> datetime:
        """The first moment (UTC) by which so much business time has passed since `start`.

        Raises ValueError when the opening hours hold too little time in ten years.
        """
        left = business
        for opens, closes in self._openings(start):
            begins = max(opens, start)
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        raise ValueError("the opening hours never hold that much time")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Business time from `start` to `end`; zero when `end` is not later."""
        passed = timedelta()
        for opens, closes in self._openings(start):
            if opens >= end:
                break
            passed += max(timedelta(), min(closes, end) - max(opens, start))
        return passed

    def left(self, now: datetime, due: datetime) -> timedelta:
        """Business time left until `due`; negative business time once it has passed."""
        return self.between(now, due) if due >= now else -self.between(due, now)

    def is_open(self, moment: datetime) -> bool:
        """Whether business time runs at this moment."""
        opens, closes = next(self._openings(moment))
        return opens <= moment < closes

    def _openings(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing (UTC) of the business days that end after `start`, in order."""
        first = start.astimezone(self.zone).date()
        for offset in range(DAYS_LOOKED_AHEAD):
            day = first + timedelta(days=offset)
            if day.weekday() not in self.days:
                continue
            opens, closes = self._moment(day, self.opens), self._moment(day, self.closes)
            if closes > start and closes > opens:
                yield opens, closes

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)
