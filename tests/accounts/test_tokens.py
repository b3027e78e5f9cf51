"""Links against the real database."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.accounts import sessions, tokens
from app.accounts.models import OneTimeToken, TokenPurpose
from app.errors import GoneError
from tests.factories import make_user

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RESET = TokenPurpose.RESET_PASSWORD
CONFIRM = TokenPurpose.CONFIRM_EMAIL


@pytest.fixture
def user(session):
    return make_user(session)


@pytest.fixture
def link(session, user):
    text = tokens.issue(session, user_id=user.id, purpose=RESET, lasts=HOUR, now=NOW)
    session.commit()
    return text


def wrong(link):
    return f"{link.partition('.')[0]}.wrong"


def test_a_link_works_once(session, user, link):
    assert tokens.redeem(session, link, purpose=RESET, now=NOW).user.id == user.id
    session.commit()
    with pytest.raises(GoneError):
        tokens.redeem(session, link, purpose=RESET, now=NOW)


def test_a_link_dies_after_its_time(session, link):
    with pytest.raises(GoneError):
        tokens.redeem(session, link, purpose=RESET, now=NOW + HOUR)
    assert tokens.find_alive(session, link, purpose=RESET, now=NOW + HOUR) is None


def test_a_link_survives_four_wrong_tries_and_dies_of_the_fifth(session, user, link):
    for _ in range(4):
        with pytest.raises(GoneError):
            tokens.redeem(session, wrong(link), purpose=RESET, now=NOW)
        session.rollback()
    assert tokens.find_alive(session, link, purpose=RESET, now=NOW) is not None
    with pytest.raises(GoneError):
        tokens.redeem(session, wrong(link), purpose=RESET, now=NOW)
    session.rollback()
    with pytest.raises(GoneError):
        tokens.redeem(session, link, purpose=RESET, now=NOW)


def test_a_link_serves_its_own_purpose_only(session, link):
    with pytest.raises(GoneError):
        tokens.redeem(session, link, purpose=CONFIRM, now=NOW)


def test_looking_at_a_link_burns_nothing_and_tells_nothing_about_its_secret(session, link):
    assert tokens.find_alive(session, link, purpose=RESET, now=NOW)
    assert tokens.find_alive(session, wrong(link), purpose=RESET, now=NOW)
    assert tokens.redeem(session, link, purpose=RESET, now=NOW)


def test_of_links_for_a_new_password_only_the_latest_works(session, user, link):
    newer = tokens.issue(session, user_id=user.id, purpose=RESET, lasts=HOUR, now=NOW)
    with pytest.raises(GoneError):
        tokens.redeem(session, link, purpose=RESET, now=NOW)
    assert tokens.redeem(session, newer, purpose=RESET, now=NOW)


def test_a_used_link_takes_every_other_of_the_person_with_it(session, user, link):
    other = tokens.issue(
        session,
        user_id=user.id,
        purpose=CONFIRM,
        lasts=HOUR,
        now=NOW,
        pending_password_hash="somebody else's",
    )
    tokens.redeem(session, link, purpose=RESET, now=NOW)
    session.commit()
    assert tokens.find_alive(session, other, purpose=CONFIRM, now=NOW) is None
    assert session.scalars(select(OneTimeToken.pending_password_hash)).all() == [None, None]


def test_the_link_of_a_disabled_person_is_dead(session, user, link):
    user.disabled_at = NOW
    session.commit()
    with pytest.raises(GoneError):
        tokens.redeem(session, link, purpose=RESET, now=NOW)


def test_a_decoy_opens_nothing(session):
    decoy = tokens.issue(session, user_id=None, purpose=RESET, lasts=HOUR, now=NOW)
    with pytest.raises(GoneError):
        tokens.redeem(session, decoy, purpose=RESET, now=NOW)


@pytest.mark.parametrize(
    "text", ["", ".", "no-such-selector.secret", "x" * 5000, "nul\x00character.x"]
)
def test_what_was_never_sent_opens_nothing(session, link, text):
    with pytest.raises(GoneError):
        tokens.redeem(session, text, purpose=RESET, now=NOW)


def test_secrets_are_stored_as_hashes_only(session, link):
    row = session.scalar(select(OneTimeToken))
    assert link.partition(".")[2] not in repr(vars(row))


def test_what_ended_is_forgotten(session, user, link):
    sessions.start(session, user_id=user.id, lasts=HOUR, now=NOW)
    session.commit()
    assert sessions.forget_ended(session, now=NOW) == 0
    assert sessions.forget_ended(session, now=NOW + HOUR) == 2
