import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language import as_language, detect


@pytest.mark.parametrize(
    "text",
    [
        "no puedo devolver la bicicleta porque la estación está llena",
        "donde descargo la factura del mes pasado",
        "vos sabés si puedo pagar con tarjeta de otra persona",
        "el candado no se abre y me sigue cobrando minutos",
        "quiero darme de baja y que borren mis datos",
        "¿Cómo cambio el correo de mi cuenta?",
    ],
)
def test_spanish_is_told_in_about_ten_words(text):
    assert detect(text) == "es"
    assert detect(text, hint="en") == "es"


@pytest.mark.parametrize(
    "text",
    [
        "I cannot return the bicycle because the station is full",
        "where do I download the invoice of last month",
        "can I pay with the card of another person please",
        "the lock does not open and it keeps charging me",
        "please delete my account and all of my data",
        "how do I change the email of my account",
    ],
)
def test_english_is_told_in_about_ten_words(text):
    assert detect(text) == "en"
    assert detect(text, hint="es") == "en"


def test_the_hint_decides_what_the_text_leaves_open():
    assert detect("wifi", hint="es") == "es"
    assert detect("wifi", hint="en-GB") == "en"
    assert detect("4410 ???", hint="es_MX") == "es"


def test_a_text_without_letters_has_no_language():
    assert detect("12345 !!!") is None
    assert detect("") is None


def test_locales_are_reduced_to_the_two_languages():
    assert as_language("es_AR") == "es"
    assert as_language("EN-us") == "en"
    assert as_language("fr") is None
    assert as_language(None) is None


@given(st.text(max_size=400))
def test_any_text_is_answered(text):
    assert detect(text) in {"es", "en", None}
