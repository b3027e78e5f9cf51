"""Tokens of attempts: ours are known, others are not."""

from hypothesis import given
from hypothesis import strategies as st

from app.deflection.tokens import is_token, new_token


def test_a_token_is_known_by_the_key_that_made_it_and_by_no_other():
    token = new_token("key")
    assert len(token) == 43
    assert is_token("key", token)
    assert not is_token("other", token)


def test_no_two_are_the_same():
    assert len({new_token("key") for _ in range(100)}) == 100


def test_a_changed_token_is_not_ours():
    token = new_token("key")
    for place in range(42):  # the last character has bits that mean nothing
        changed = "A" if token[place] != "A" else "B"
        assert not is_token("key", token[:place] + changed + token[place + 1 :])


@given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
def test_anything_else_is_refused_without_an_error(text: str):
    assert not is_token("key", text)
