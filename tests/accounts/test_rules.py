"""Addresses, names, passwords, time zones, and the life of a mailed link."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.accounts import rules
from app.accounts.rules import LinkState, LinkVerdict, judge_link
from app.errors import InvalidError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        (" Ana@Example.ORG ", "ana@example.org"),
        ("ana@españa.example.org", "ana@xn--espaa-rta.example.org"),
        ("ana+help@mail.internal", "ana+help@mail.internal"),
    ],
)
def test_an_address_has_one_form(written, stored):
    assert rules.normalise_email(written) == stored


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ana",
        "ana@",
        "ana@localhost",
        "ana@example..org",
        "ana@example.org\nBcc: eve@example.org",
        "ana @example.org",
        "a" * 250 + "@example.org",
        "ñandú@example.org",
        "Ana <ana@example.org>",
    ],
)
def test_what_is_no_address_is_refused_at_its_field(written):
    with pytest.raises(InvalidError) as refused:
        rules.normalise_email(written)
    assert refused.value.field == "email"


@given(st.emails() | st.text(max_size=60))
def test_normalising_an_address_twice_changes_nothing_more(written):
    try:
        once = rules.normalise_email(written)
    except InvalidError:
        return
    assert once.isascii()
    assert once == once.lower()
    assert once == rules.normalise_email(once) == rules.normalise_email(f" {once.upper()} ")


@given(st.text(max_size=200))
def test_a_name_fits_into_a_mail_header(written):
    try:
        name = rules.check_name(written)
    except InvalidError:
        return
    assert 0 < len(name) <= rules.NAME_MAX_CHARACTERS
    assert len(name.splitlines()) == 1
    assert name == rules.check_name(name)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 201,
        "aaaaaaaaaaaa",
        "abababababab",
        "Password123",
        "CONTRASEÑA123",
        "ana.maria@example.org",
        "Ana.Maria@Example.org",
    ],
)
def test_an_easy_password_is_refused(password):
    with pytest.raises(InvalidError) as refused:
        rules.check_password(password, email="ana.maria@example.org", field="new")
    assert refused.value.field == "new"


def test_the_local_part_of_the_address_is_no_password():
    with pytest.raises(InvalidError):
        rules.check_password("ana.maria.torres", email="ana.maria.torres@example.org")


@pytest.mark.parametrize(
    "password", ["x1y2z3" * 2, "four words make one", "ñandú y colibrí", "a" * 197 + "bcd"]
)
def test_any_other_password_of_ten_to_two_hundred_characters_is_taken(password):
    assert rules.check_password(password, email="ana@example.org") == password


def test_every_common_password_is_long_enough_to_matter():
    assert all(len(each) >= rules.PASSWORD_MIN_CHARACTERS for each in rules.common_passwords())


def test_a_time_zone_is_found_as_people_write_it():
    assert rules.check_timezone("europe/madrid ") == "Europe/Madrid"
    assert rules.check_timezone("America/New York") == "America/New_York"
    assert rules.check_timezone("UTC") == "UTC"
    assert rules.check_timezone("Bogotá") == "America/Bogota"
    assert rules.check_timezone("new york") == "America/New_York"


@pytest.mark.parametrize("written", ["", "Nowhere", "Etc/GMT+3", "../etc/passwd", "posix/UTC"])
def test_what_is_no_time_zone_of_the_list_is_refused(written):
    with pytest.raises(InvalidError):
        rules.check_timezone(written)


def test_the_last_admin_stays_admin_and_enabled():
    with pytest.raises(InvalidError, match="role"):
        rules.check_admins(others=0, is_admin=True, stays_admin=False, disabled=False)
    with pytest.raises(InvalidError, match="disabled"):
        rules.check_admins(others=0, is_admin=True, stays_admin=True, disabled=True)
    rules.check_admins(others=1, is_admin=True, stays_admin=False, disabled=True)
    rules.check_admins(others=0, is_admin=False, stays_admin=False, disabled=True)
    rules.check_admins(others=0, is_admin=True, stays_admin=True, disabled=False)


class MailedLink(RuleBasedStateMachine):
    """Tries with the right and with wrong secrets while time goes by."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.expires_at = NOW + timedelta(hours=1)
        self.used = False
        self.wrong_tries = 0
        self.accepted = 0

    def state(self) -> LinkState:
        return LinkState(self.expires_at, self.used, self.wrong_tries)

    @rule(matches=st.booleans())
    def try_it(self, matches):
        verdict = judge_link(self.state(), secret_matches=matches, now=self.now)
        if verdict is LinkVerdict.ACCEPTED:
            assert matches
            assert self.now < self.expires_at
            assert self.wrong_tries < 5
            self.used = True
            self.accepted += 1
        elif verdict is LinkVerdict.WRONG:
            assert not matches
            self.wrong_tries += 1
        else:
            assert self.used or self.wrong_tries == 5 or self.now >= self.expires_at

    @precondition(lambda self: self.now < self.expires_at)
    @rule(minutes=st.integers(1, 40))
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @invariant()
    def it_is_used_at_most_once(self):
        assert self.accepted <= 1

    @invariant()
    def it_takes_at_most_five_wrong_tries(self):
        assert self.wrong_tries <= 5


TestMailedLink = MailedLink.TestCase
