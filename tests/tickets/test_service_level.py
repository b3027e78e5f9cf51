"""Business time: it runs while the desk is open and stands still otherwise."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import Settings
from app.tickets.service_level import ServiceLevel

MADRID = ZoneInfo("Europe/Madrid")
OFFICE = ServiceLevel(
    response=timedelta(hours=8),
    days=frozenset({0, 1, 2, 3, 4}),
    opens=time(9),
    closes=time(18),
    zone=MADRID,
)

moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
amounts = st.integers(min_value=0, max_value=60 * 24 * 10).map(lambda m: timedelta(minutes=m))
offices = st.builds(
    lambda days, opens, minutes, zone: ServiceLevel(
        response=timedelta(hours=4),
        days=frozenset(days),
        opens=time(opens // 60, opens % 60),
        closes=time((opens + minutes) // 60, (opens + minutes) % 60),
        zone=ZoneInfo(zone),
    ),
    days=st.sets(st.integers(0, 6), min_size=1),
    opens=st.integers(0, 12 * 60),
    minutes=st.integers(61, 11 * 60),
    zone=st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Pacific/Auckland"]),
)


def at(day: int, clock: str) -> datetime:
    """A moment of March 2026 in Madrid; the second is a Monday."""
    return datetime.combine(datetime(2026, 3, day), time.fromisoformat(clock), MADRID)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (at(2, "09:00"), at(2, "17:00")),
        (at(2, "12:30"), at(3, "11:30")),
        (at(2, "07:00"), at(2, "17:00")),
        (at(2, "22:00"), at(3, "17:00")),
        (at(6, "17:00"), at(9, "16:00")),  # one hour on Friday, seven on Monday
        (at(7, "12:00"), at(9, "17:00")),
    ],
)
def test_an_answer_is_due_after_eight_hours_of_business_time(
    asked: datetime, due: datetime
) -> None:
    assert OFFICE.answer_due(asked) == due


def test_a_clock_change_at_night_does_not_change_the_hours_counted() -> None:
    friday = at(27, "17:00")  # the clocks go forward on Sunday the 29th
    assert OFFICE.after(friday, timedelta(hours=2)) == at(30, "10:00")


def test_time_left_is_negative_once_it_has_passed() -> None:
    assert OFFICE.left(at(2, "10:00"), at(2, "12:00")) == timedelta(hours=2)
    assert OFFICE.left(at(3, "10:00"), at(2, "17:00")) == timedelta(hours=-2)


def test_the_desk_is_open_from_opening_until_just_before_closing() -> None:
    assert OFFICE.is_open(at(2, "09:00"))
    assert not OFFICE.is_open(at(2, "18:00"))
    assert not OFFICE.is_open(at(7, "12:00"))


def test_it_is_read_from_the_settings(settings: Settings) -> None:
    level = ServiceLevel.from_settings(settings)
    assert level.response == timedelta(hours=8)
    assert level.opens == time(9)


@given(offices, moments, amounts)
def test_going_forward_and_measuring_agree(
    office: ServiceLevel, start: datetime, amount: timedelta
) -> None:
    assert office.between(start, office.after(start, amount)) == amount


@given(offices, moments, amounts, amounts)
def test_two_waits_in_a_row_are_one_wait(
    office: ServiceLevel, start: datetime, first: timedelta, second: timedelta
) -> None:
    in_two = office.after(office.after(start, first), second)
    assert office.between(start, in_two) == first + second
    assert in_two == office.after(start, first + second) or second == timedelta()


@given(offices, moments, moments)
def test_who_asks_later_is_not_due_earlier(
    office: ServiceLevel, one: datetime, other: datetime
) -> None:
    earlier, later = sorted((one, other))
    assert office.answer_due(earlier) <= office.answer_due(later)


@given(offices, moments, amounts.filter(bool))
def test_a_promise_always_falls_into_opening_hours(
    office: ServiceLevel, start: datetime, amount: timedelta
) -> None:
    due = office.after(start, amount).astimezone(office.zone)
    assert due.weekday() in office.days
    assert office.opens < due.time() <= office.closes
