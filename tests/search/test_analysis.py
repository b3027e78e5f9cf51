import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import (
    MAX_WORD_CHARACTERS,
    analyser,
    clean,
    fold,
)
from search.keys import gram_keys


def stems(text: str, language: str | None = "en") -> list[str]:
    return [word.stem for word in analyser(language).words(clean(text))]


def test_accents_do_not_separate_words():
    assert stems("instalación", "es") == stems("instalacion", "es") == stems("INSTALACIÓN", "es")


def test_forms_of_a_word_share_a_stem_in_both_languages():
    assert stems("facturas", "es") == stems("factura", "es")
    assert stems("invoices") == stems("invoice")


def test_voseo_and_accents_typed_in_a_hurry_share_a_stem():
    assert stems("instalá", "es") == stems("instala", "es")


def test_enye_is_a_weaker_distinction():
    year, other = (analyser("es").words(word)[0] for word in ("año", "ano"))
    assert year.stem == other.stem
    assert year.exact == ("=año",)
    assert other.exact == ()


def test_error_codes_and_versions_stay_whole_beside_their_parts():
    word = analyser("en").words(clean("error E-4410"))[1]
    assert "=e-4410" in word.exact
    assert "=v2.3.1" in analyser("en").words(clean("v2.3.1"))[0].exact


def test_hyphenated_words_match_the_joined_word():
    assert analyser("en").words("e-mail")[0].exact == ("email",)
    assert stems("email") == ["email"]


def test_apostrophes_do_not_cut_words():
    assert stems("can't") == stems("can’t") == stems("cant")


def test_stop_words_belong_to_their_language():
    assert analyser("en").words("with")[0].common
    assert not analyser("es").words("with")[0].common
    assert analyser("es").words("está")[0].common


def test_invisible_characters_do_not_hide_words():
    assert clean("pass\u200bword") == "password"
    assert clean("\u202epassword\u202c") == "password"
    assert clean("a\x00b") == "a b"


def test_a_flood_of_accents_is_cut():
    flooded = clean("a" + "\u0301\u0316" * 20_000)
    assert len(flooded) < 10


@given(st.text(max_size=300), st.sampled_from(["es", "en", None]))
def test_any_text_becomes_bounded_words_without_accents(text, language):
    for word in analyser(language).words(clean(text)):
        assert word.stem
        assert len(word.surface) <= MAX_WORD_CHARACTERS
        assert not any(unicodedata.combining(c) for c in word.folded)
        assert all(word.exact)


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_that_words_show(text):
    once = clean(text)
    assert stems(clean(once)) == stems(once)


@given(st.text(max_size=200))
def test_folding_is_idempotent_for_letters_of_both_languages(text):
    kept = "".join(c for c in text if c in "abcdefghijklmnñopqrstuvwxyzáéíóúü ")
    assert fold(fold(kept)) == fold(kept)


@given(st.text(max_size=300), st.sampled_from(["es", "en", None]))
def test_places_and_words_agree(text, language):
    cleaned = clean(text)
    from_places = [
        word
        for start, end, token in analyser(language).places(cleaned)
        for word in analyser(language).of_token(token)
        if cleaned[start:end] == token
    ]
    assert [w.stem for w in from_places] == [w.stem for w in analyser(language).words(cleaned)]


@given(st.text(alphabet="abcñ123", min_size=1, max_size=20))
def test_grams_have_three_to_five_characters_with_the_edges(word):
    keys, owners = gram_keys([word])
    size = len(word) + 2
    assert len(keys) == sum(max(size - length + 1, 0) for length in (3, 4, 5))
    assert not owners.any()


@given(st.lists(st.text(min_size=1, max_size=9), max_size=6))
def test_grams_of_a_word_do_not_depend_on_the_words_beside_it(words):
    keys, owners = gram_keys(words)
    for number, word in enumerate(words):
        np.testing.assert_array_equal(
            np.sort(keys[owners == number]), np.sort(gram_keys([word])[0])
        )


def test_grams_know_the_edges_of_a_word():
    shared = set(gram_keys(["lock"])[0].tolist()) & set(gram_keys(["clock"])[0].tolist())
    # loc, ock, ck_, lock, ock_, lock_
    assert len(shared) == 6
    assert set(gram_keys(["lock"])[0].tolist()) - shared  # _lo, _loc, _lock


def test_a_limit_bounds_the_words():
    assert len(analyser("en").words("a-b-c " * 1_000, 50)) == 50
