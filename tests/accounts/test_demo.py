"""The people of demo mode."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.accounts import passwords
from app.accounts.demo import SIGN_INS, ensure_demo_people
from app.accounts.models import Role, User

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_there_are_no_demo_people_outside_of_demo_mode(session, settings):
    with pytest.raises(RuntimeError):
        ensure_demo_people(session, settings, NOW)
    assert session.scalar(select(func.count()).select_from(User)) == 0


def test_demo_mode_has_every_role_both_languages_and_two_organisations(session, settings):
    people = ensure_demo_people(session, settings.model_copy(update={"demo": True}), NOW)
    everybody = session.scalars(select(User)).all()
    assert {user.role for user in everybody} == set(Role)
    assert {user.locale for user in everybody} == {"en", "es"}
    assert people.customer.organisation_id != people.other_customer.organisation_id
    assert people.agent.id != people.other_agent.id


def test_the_printed_passwords_are_the_right_ones_and_a_second_start_changes_nothing(
    session, settings
):
    demo = settings.model_copy(update={"demo": True})
    people = ensure_demo_people(session, demo, NOW)
    people.admin.name = "Somebody renamed"
    session.commit()
    again = ensure_demo_people(session, demo, NOW)
    assert again.admin.name == "Somebody renamed"
    assert session.scalar(select(func.count()).select_from(User)) == len(SIGN_INS)
    admin = next(each for each in SIGN_INS if each.role is Role.ADMIN)
    assert passwords.matches(again.admin.password_hash, admin.password)
