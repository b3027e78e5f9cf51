"""No word with a stem that is looked for is missed, though few words are looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import analyser
from search.beginnings import Beginnings

LANGUAGES = ("es", "en")


def chunks_near(text: str, stems: frozenset[str]) -> list[str]:
    begins, ends = Beginnings.of(stems).places(text)
    return [text[begin:end] for begin, end in zip(begins, ends, strict=True)]


@given(
    st.text(alphabet="abeiglnorstuyñéáíЖя -.'(,\u2014\u00a0IA1", max_size=60),
    st.sampled_from(LANGUAGES),
)
def test_the_stems_looked_for_are_found_wherever_they_stand(text, language):
    analysis = analyser(language)
    stems = frozenset(word.stem for word in analysis.words(text) if not word.common)
    found = [analysis.stems_in(chunk) for chunk in chunks_near(text, stems | {"never"})]
    assert frozenset().union(*found) == stems


@pytest.mark.parametrize("word", ["using", "lying", "ugly", "skies", "flies", "aging", "día"])
def test_a_stem_is_found_in_a_word_that_begins_differently(word):
    for language in LANGUAGES:
        [own] = analyser(language).words(word)
        if not own.common:
            assert chunks_near(f"a {word}, b", frozenset({own.stem})) == [f"{word},"]


def test_words_that_begin_otherwise_are_left_alone():
    text = "Choose a new password, then sign in again; café, naïve and wi-fi stand beside it."
    assert chunks_near(text, frozenset({"password", "sign"})) == [
        "password,",
        "sign",
        "naïve",
        "wi-fi",
    ]


@pytest.mark.parametrize("text", ["", " ", "   \t\n"])
def test_nothing_but_spaces_has_no_words(text):
    assert chunks_near(text, frozenset({"password"})) == []
