"""Hashing and checking passwords."""

import unicodedata

from app.accounts import passwords


def test_a_password_is_stored_as_argon2id_with_a_salt_of_its_own():
    first, second = (passwords.hash_password("four words make one") for _ in range(2))
    assert first.startswith("$argon2id$")
    assert first != second


def test_only_the_password_matches_its_hash():
    stored = passwords.hash_password("four words make one")
    assert passwords.matches(stored, "four words make one")
    assert not passwords.matches(stored, "four words make two")
    assert not passwords.matches(stored, "")


def test_composed_and_decomposed_letters_are_the_same_password():
    stored = passwords.hash_password(unicodedata.normalize("NFC", "ñandú y colibrí"))
    assert passwords.matches(stored, unicodedata.normalize("NFD", "ñandú y colibrí"))


def test_nobody_has_a_password_that_matches():
    assert not passwords.matches(None, "the password of nobody")


def test_a_damaged_hash_matches_nothing():
    assert not passwords.matches("damaged", "anything")


def test_a_hash_of_weaker_parameters_is_outdated():
    assert not passwords.is_outdated(passwords.hash_password("four words make one"))
    assert passwords.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$YWJjZGVmZ2hpamtsbW5vcA")
