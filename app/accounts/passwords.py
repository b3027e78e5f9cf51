"""Argon2id. Slow on purpose: call it outside of a write transaction."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.accounts.rules import PASSWORD_MAX_CHARACTERS

_hasher = PasswordHasher()  # RFC 9106, second recommendation: 64 MiB, three passes


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters and salt.

    The same letters typed on another keyboard (composed or not) give the same password.
    """
    return _hasher.hash(_same_letters(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password.

    Without a hash, as for an address that nobody has, the same work is done in vain, so that
    the time tells nothing.
    """
    try:
        accepted = _hasher.verify(
            password_hash or _nobodys(), _same_letters(password[: PASSWORD_MAX_CHARACTERS + 1])
        )
    except (VerificationError, InvalidHashError):
        return False
    return accepted and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _same_letters(password: str) -> str:
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody")
