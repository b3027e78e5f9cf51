"""Whether two texts of a customer are about the same thing."""

import pytest

from app.deflection.likeness import same_thing


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Invoice PDF is blank\nWhen I download the invoice as PDF the page is empty.",
            "Still a blank invoice\nThe PDF of my invoice that I download stays blank.",
        ),
        (
            "La factura sale en blanco\nDescargo la factura en PDF y la página está vacía",
            "Otra vez la factura\nLas facturas en PDF que descargo salen en blanco",
        ),
        (
            "Cannot sign in\nThe password is refused",
            "Password refused again when I sign in. I waited, restarted the computer, called Ana.",
        ),
    ],
)
def test_other_words_for_the_same_problem(one: str, other: str):
    assert same_thing(one, other)
    assert same_thing(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I cannot change my password", "I cannot change my e-mail address"),
        ("Invoice PDF is blank", "Add a colleague to the organisation"),
        ("La factura sale en blanco", "No puedo borrar mi cuenta"),
        ("", "Invoice PDF is blank"),
        ("hello please thanks", "hello please thanks"),
    ],
)
def test_another_problem(one: str, other: str):
    assert not same_thing(one, other)
