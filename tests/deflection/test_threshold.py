"""How sure a suggestion must be, as the admins decide it."""

from datetime import UTC, datetime

import pytest

from app.accounts.models import Role
from app.db.database import Database
from app.deflection import threshold
from app.deflection.threshold import SuggestionThreshold, read_percent
from app.errors import InvalidError
from app.migrate import SCHEMA
from search.suggestions import DEFAULT_THRESHOLD
from tests.factories import make_user

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def decide(database, share, by=None):
    with database.writing() as session:
        threshold.change(session, threshold=share, by=by, now=NOW)


@pytest.mark.parametrize(
    ("text", "share"),
    [("5", 0.05), (" 7,5 % ", 0.075), ("7.5", 0.075), ("1", 0.01), ("99", 0.99), ("012", 0.12)],
)
def test_a_number_is_read_as_people_write_it(text, share):
    assert read_percent(text) == share


@pytest.mark.parametrize(
    "text", ["", "0", "0.5", "100", "-5", "five", "5 5", "1e1", "٥", "nan", "9" * 40, "1,2,3"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(InvalidError) as refused:
        read_percent(text)
    assert refused.value.field == "sure"


def test_the_default_holds_until_an_admin_decides_and_after_they_take_it_back(database):
    from_settings = SuggestionThreshold(database, 0.3)
    of_product = SuggestionThreshold(database, None)
    assert (from_settings.current(), of_product.current()) == (0.3, DEFAULT_THRESHOLD)
    decide(database, 0.2)
    for known in (from_settings, of_product):
        known.look_again()
        assert known.current() == 0.2
    decide(database, None)
    from_settings.look_again()
    assert from_settings.current() == 0.3


def test_another_process_follows_within_two_seconds(database):
    moment = 100.0
    known = SuggestionThreshold(database, None, clock=lambda: moment)
    assert known.current() == DEFAULT_THRESHOLD
    decide(database, 0.4)
    assert known.current() == DEFAULT_THRESHOLD, "not read for every suggestion"
    moment += 2
    assert known.current() == 0.4


def test_who_changed_it_is_kept_and_the_same_again_is_no_change(database, session):
    admin = make_user(session, role=Role.ADMIN, name="Alex")
    session.rollback()
    decide(database, 0.2, admin.id)
    decide(database, 0.2, admin.id)
    decide(database, None, admin.id)
    decide(database, None, admin.id)
    kept = threshold.changes(session, 10)
    assert [(each.threshold, each.changed_by.name) for each in kept] == [
        (None, "Alex"),
        (0.2, "Alex"),
    ]


def test_a_database_that_is_away_changes_nothing(tmp_path):
    own = Database(f"sqlite:///{tmp_path / 'away.sqlite3'}")
    SCHEMA.create_all(own.engine)
    known = SuggestionThreshold(own, None)
    decide(own, 0.2)
    assert known.current() == 0.2
    SCHEMA.drop_all(own.engine)
    known.look_again()
    assert known.current() == 0.2
    own.dispose()
