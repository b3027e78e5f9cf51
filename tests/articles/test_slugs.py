import re

from hypothesis import given
from hypothesis import strategies as st

from articles.slugs import MAX_SLUG_LENGTH, SLUG, slug_from_id, slugify, unique_slug


def test_spanish_letters_are_folded():
    assert slugify("¿Cómo añado un artículo?") == "como-anado-un-articulo"
    assert slugify("Straße & Œuvre — 5 €") == "strasse-oeuvre-5-euro"
    assert slugify("I can't sign in") == "i-cant-sign-in"


def test_a_text_without_latin_letters_gives_the_fallback():
    assert slugify("日本語", fallback="section") == "section"


def test_a_long_title_is_cut_at_a_word():
    slug = slugify("palabra " * 40)
    assert len(slug) <= MAX_SLUG_LENGTH
    assert slug.endswith("palabra")


@given(st.text())
def test_slugs_are_ascii_words_and_slugifying_again_changes_nothing(text):
    slug = slugify(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug)
    assert len(slug) <= MAX_SLUG_LENGTH
    assert slugify(slug) == slug


def test_another_programs_identifier_is_kept_when_it_can_be():
    assert slug_from_id("Refund_not_showing_up") == "Refund_not_showing_up"
    assert slug_from_id("reverted_card_payment?") == "reverted_card_payment"
    assert slug_from_id("no%20hay%20sonido") == "no-hay-sonido"
    assert slug_from_id("../../etc/passwd") == "etc-passwd"


@given(st.text())
def test_any_identifier_becomes_a_slug_that_stays_the_same(text):
    slug = slug_from_id(text)
    assert SLUG.fullmatch(slug)
    assert slug_from_id(slug) == slug


@given(st.lists(st.sampled_from(["a", "b", "a-2", "x" * 120]), max_size=30))
def test_unique_slugs_never_meet(bases):
    taken: set[str] = set()
    for base in bases:
        slug = unique_slug(base, taken)
        assert slug not in taken
        assert len(slug) <= MAX_SLUG_LENGTH
        taken.add(slug)


def test_the_second_of_a_name_gets_a_number():
    assert unique_slug("pay", {"pay", "pay-2"}) == "pay-3"
