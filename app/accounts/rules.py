"""What makes an address, a password, a name and a mailed link acceptable."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from app.errors import N_, InvalidError
from articles.slugs import fold

PASSWORD_MIN_CHARACTERS = 10
PASSWORD_MAX_CHARACTERS = 200
PASSWORD_MIN_DISTINCT = 4
NAME_MAX_CHARACTERS = 120
EMAIL_MAX_CHARACTERS = 254
WRONG_TRIES_ALLOWED = 5
CONFIRMATION_LASTS = timedelta(days=2)
RESET_LASTS = timedelta(hours=1)
INVITATION_LASTS = timedelta(days=7)

_COMMON = Path(__file__).with_name("common_passwords.txt")


def normalise_email(text: str) -> str:
    """The one form under which an address is stored and found: ASCII, lower case, at most 254.

    A domain in another script becomes its IDNA form, so that any mail server takes it. Raises
    InvalidError("email") for anything that is not an address.
    """
    refusal = InvalidError("email", N_("Write an e-mail address, such as ana@example.org."))
    try:
        found = validate_email(
            text.strip(),
            check_deliverability=False,
            allow_smtputf8=False,
            globally_deliverable=False,  # an installation may serve an internal network
        )
    except EmailNotValidError:
        raise refusal from None
    address = (found.ascii_email or "").lower()
    if "." not in address.rpartition("@")[2] or len(address) > EMAIL_MAX_CHARACTERS:
        raise refusal
    return address


def check_name(text: str) -> str:
    """A person's or organisation's name with its spaces tidied.

    Raises InvalidError("name") when it is empty, longer than 120 characters, or has control
    characters (a line break would end up in a mail header).
    """
    name = unicodedata.normalize("NFC", text.strip(" "))
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in name):
        raise InvalidError("name", N_("Write the name in one line."))
    name = " ".join(name.split())
    if not name:
        raise InvalidError("name", N_("Write a name."))
    if len(name) > NAME_MAX_CHARACTERS:
        raise InvalidError(
            "name", N_("Use at most %(count)s characters."), count=NAME_MAX_CHARACTERS
        )
    return name


def check_password(password: str, *, email: str, field: str = "password") -> str:
    """The password as given. Raises InvalidError(field) when it is too easy or too long."""
    if len(password) < PASSWORD_MIN_CHARACTERS:
        raise InvalidError(
            field,
            N_("Use at least %(count)s characters. A phrase of several words is easy to remember."),
            count=PASSWORD_MIN_CHARACTERS,
        )
    if len(password) > PASSWORD_MAX_CHARACTERS:
        raise InvalidError(
            field, N_("Use at most %(count)s characters."), count=PASSWORD_MAX_CHARACTERS
        )
    plain = unicodedata.normalize("NFKC", password).strip().casefold()
    if plain in {email.casefold(), email.partition("@")[0].casefold()}:
        raise InvalidError(field, N_("Choose a password that is not your e-mail address."))
    if len(set(plain)) < PASSWORD_MIN_DISTINCT or plain in common_passwords():
        raise InvalidError(
            field, N_("This password is among the first that anybody would try. Choose another.")
        )
    return password


@cache
def common_passwords() -> frozenset[str]:
    """Passwords of ten characters and more that everybody tries first, case folded."""
    return frozenset(_COMMON.read_text(encoding="utf-8").casefold().split())


@cache
def timezones() -> tuple[str, ...]:
    """The names of time zones that a person may choose, in order."""
    places = {name for name in available_timezones() if "/" in name}
    outside = ("Etc/", "posix/", "right/", "SystemV/", "US/", "Canada/", "Brazil/", "Mexico/")
    return ("UTC", *sorted(name for name in places if not name.startswith(outside)))


def check_timezone(name: str) -> str:
    """The name of a time zone, also found by its city: "Bogotá" is America/Bogota.

    Raises InvalidError("timezone") for anything else.
    """
    wanted = fold(name.strip()).replace(" ", "_")
    whole = (zone for zone in timezones() if zone.casefold() == wanted)
    # Zones with the same city are other names of one zone.
    city = (zone for zone in timezones() if zone.casefold().rpartition("/")[2] == wanted)
    found = next(whole, None) or next(city, None)
    if found is None:
        raise InvalidError("timezone", N_("Choose a time zone of the list, such as Europe/Madrid."))
    return found


class LinkVerdict(StrEnum):
    """What a try with a mailed link comes to."""

    ACCEPTED = "accepted"
    WRONG = "wrong"  # counts towards the five
    DEAD = "dead"  # used, out of time, or out of tries


@dataclass(frozen=True, slots=True)
class LinkState:
    """What decides whether a mailed link still works."""

    expires_at: datetime
    used: bool
    wrong_tries: int


def is_alive(link: LinkState, *, now: datetime) -> bool:
    """Whether a link would work with the right secret."""
    return not link.used and link.wrong_tries < WRONG_TRIES_ALLOWED and now < link.expires_at


def judge_link(link: LinkState, *, secret_matches: bool, now: datetime) -> LinkVerdict:
    """The outcome of one try: a dead link is dead even for who knows its secret."""
    if not is_alive(link, now=now):
        return LinkVerdict.DEAD
    return LinkVerdict.ACCEPTED if secret_matches else LinkVerdict.WRONG


def check_admins(*, others: int, is_admin: bool, stays_admin: bool, disabled: bool) -> None:
    """Keep somebody who may do all: `others` is how many more admins can sign in.

    Raises InvalidError for "role" or "disabled" when the change would take the last one.
    """
    if not is_admin or others:
        return
    if not stays_admin:
        raise InvalidError("role", N_("This is the last admin. Make somebody else an admin first."))
    if disabled:
        raise InvalidError(
            "disabled", N_("This is the last admin. Make somebody else an admin first.")
        )
