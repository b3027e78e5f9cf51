"""The lines that are shown of an article are those where the customer's words stand."""

from hypothesis import given
from hypothesis import strategies as st

from search.analysis import analyser
from search.excerpts import EXCERPT_CHARACTERS, Pointed, excerpts

FILLER = "Nothing of this is about what anybody wrote to us on that day. " * 4
TOLD = "Hold the reset button until the lamp blinks."


def stems_of(words: str, language: str = "en") -> frozenset[str]:
    return frozenset(word.stem for word in analyser(language).words(words))


def pointed(text: str, words: str, language: str = "en") -> Pointed:
    return Pointed(text, stems_of(words, language), analyser(language))


def test_the_sentences_with_most_matched_words_are_shown_from_their_beginning():
    [shown] = excerpts([pointed(f"{FILLER}One button. {TOLD} {FILLER}", "resets blinking lamp")])
    assert shown.startswith("… ")
    assert TOLD in shown
    assert shown.endswith("…")
    assert len(shown) <= EXCERPT_CHARACTERS + len("… …")


def test_where_nothing_matches_the_beginning_is_shown():
    [shown] = excerpts([pointed(FILLER, "volcano")])
    assert FILLER.startswith(shown.removesuffix("…"))


def test_a_short_text_is_shown_whole():
    assert excerpts([pointed(TOLD, "lamp"), pointed("", "lamp")]) == [TOLD, ""]


def test_each_text_is_searched_for_its_own_words_in_its_own_language():
    spanish = "Mantén pulsado el botón hasta que la lámpara parpadee."
    shown = excerpts(
        [
            pointed(f"{FILLER}{TOLD} {FILLER}", "blink"),
            pointed(f"{FILLER}{TOLD} {FILLER}", "volcano"),
            pointed(f"{FILLER}{spanish} {FILLER}", "lámparas", "es"),
        ]
    )
    assert [TOLD in shown[0], TOLD in shown[1], spanish in shown[2]] == [True, False, True]


@given(
    st.lists(
        st.tuples(st.text(alphabet="abéñ .:?-", max_size=600), st.sampled_from(["en", "es"])),
        max_size=4,
    )
)
def test_texts_together_are_shown_as_each_alone(texts):
    every = [pointed(text, "ab ba éa ña", language) for text, language in texts]
    assert excerpts(every) == [excerpts([each])[0] for each in every]
