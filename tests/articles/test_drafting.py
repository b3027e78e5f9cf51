import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.customer_words import customer_words
from articles.drafting import (
    PrivateKind,
    draft_from_ticket,
    find_private,
    has_private_marks,
    hint_left,
    mark_private,
)

NAMES = ["Ana Ruiz", "Acme SL"]


def found(text, names=NAMES):
    return [(span.kind, span.text) for span in find_private(text, names)]


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("write to ana.ruiz+x@example.co.uk now", PrivateKind.EMAIL, "ana.ruiz+x@example.co.uk"),
        ("llama al +34 600 12 34 56 ya", PrivateKind.PHONE, "+34 600 12 34 56"),
        ("tel. 600.123.456", PrivateKind.PHONE, "600.123.456"),
        ("call (212) 555-0123", PrivateKind.PHONE, "(212) 555-0123"),
        ("card 4111 1111 1111 1111", PrivateKind.CARD, "4111 1111 1111 1111"),
        ("ES91 2100 0418 4502 0005 1332", PrivateKind.IBAN, "ES91 2100 0418 4502 0005 1332"),
        ("GB29NWBK60161331926819", PrivateKind.IBAN, "GB29NWBK60161331926819"),
        ("pedido 20034567", PrivateKind.NUMBER, "20034567"),
        ("DNI 12345678Z", PrivateKind.NUMBER, "12345678Z"),
        ("https://x.org/reset?token=abc", PrivateKind.URL, "https://x.org/reset?token=abc"),
        (
            "https://x.org/i/aB3dE5gH7jK9mN1pQ3",
            PrivateKind.URL,
            "https://x.org/i/aB3dE5gH7jK9mN1pQ3",
        ),
        ("ha sido ANA   ruiz", PrivateKind.NAME, "ANA   ruiz"),
        ("Soy Ruiz", PrivateKind.NAME, "Ruiz"),
        ("me llamo Luis de la Fuente y no", PrivateKind.NAME, "Luis de la Fuente"),
        ("my name is Sam Lee and", PrivateKind.NAME, "Sam Lee"),
        ("la Sra. Pérez dice", PrivateKind.NAME, "Pérez"),
    ],
)
def test_private_words_are_found(text, kind, span):
    assert (kind, span) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "error 0x80070057",
        "version 12.3.4",
        "on 2025-03-01 or 1/3/2025",
        "https://docs.example.org/guide#start",
        "banana and anagram",
        "error 404, port 8000",
    ],
)
def test_what_readers_need_is_left_alone(text):
    assert found(text) == []


@given(st.text(), st.lists(st.text(max_size=10), max_size=3))
def test_marks_stand_around_every_private_span_and_are_never_doubled(text, names):
    marked = mark_private(text, names)
    bare = text.replace("⟦", "").replace("⟧", "")
    assert marked.replace("⟦", "").replace("⟧", "") == bare
    assert has_private_marks(marked) == bool(find_private(bare, names))
    assert mark_private(marked, names) == marked


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Hola Ana:\n\nNo puedo entrar.\n\nUn saludo,\nLuis", "No puedo entrar."),
        ("Buenos días, no me deja pagar. Gracias", "No me deja pagar. Gracias"),
        ("Hello team,\nthe page is blank.\n\nKind regards\nSam Lee\nAcme", "The page is blank."),
        ("hola no puedo entrar", "No puedo entrar"),
        ("Dear Sir or Madam,\n\nIt fails.\n-- \nSam\n+44 20 7946 0000", "It fails."),
        ("Thanks, but it still fails", "Thanks, but it still fails"),
        ("Muchas gracias por su ayuda!", ""),
        ("It fails.\n\nOn Mon, 3 Mar 2025 at 10:00, Help <h@x.org> wrote:\n> old", "It fails."),
        (
            "Falla.\n\nEl lun, 3 mar 2025 a las 10:00,\nAyuda (<h@x.org>) escribió:\n\n> viejo",
            "Falla.",
        ),
        ("> quoted\n\nMy answer", "My answer"),
        ("Falla.\n\n-----Mensaje original-----\nDe: x\nviejo", "Falla."),
        ("It fails\n\nSent from my iPhone", "It fails"),
    ],
)
def test_greeting_signature_and_quoted_mail_are_left_out(message, words):
    assert customer_words(message) == words


@given(st.text(max_size=300))
def test_any_message_can_be_read(message):
    customer_words(message)


def test_a_draft_has_the_three_sections_in_its_language():
    draft = draft_from_ticket(
        "RE: Fwd: no puedo entrar con ana@example.org [ANT-1234]",
        ["Hola:\n\nSoy Ana Ruiz de Acme, mi teléfono es 600 123 456.\n\nGracias", "Gracias!"],
        ["Hola Ana:\n\n# Pasos\n\n1. Abre **Ajustes**\n\nUn saludo,\nLuis"],
        locale="es",
        known_names=NAMES,
        category="cuenta",
        tags=["acceso", "acceso"],
    )
    assert draft.title == "No puedo entrar con ⟦ana@example.org⟧"
    assert draft.body == (
        "## El problema\n\n> Soy ⟦Ana Ruiz⟧ de ⟦Acme⟧, mi teléfono es ⟦600 123 456⟧.\n\n"
        "## Por qué ocurre\n\n*Explica en una o dos frases por qué ocurre.*\n\n"
        "## Solución\n\n### Pasos\n\n1. Abre **Ajustes**\n"
    )
    assert draft.tags == ("acceso",)
    assert [draft.body[span.start : span.end] for span in draft.private_spans] == [
        "⟦Ana Ruiz⟧",
        "⟦Acme⟧",
        "⟦600 123 456⟧",
    ]
    assert has_private_marks(draft.body)


def test_a_hint_is_found_until_it_is_written_over_or_taken_out():
    body = draft_from_ticket("A", ["It fails."], ["Do this."], locale="en").body
    assert hint_left(body) == "Explain in one or two sentences why this happens."
    assert hint_left(body.replace("*Explain in one", "*Because in one")) == ""
    assert hint_left("*Solution*\n\nExplain it.") == ""


def test_a_ticket_without_words_still_gives_a_draft():
    draft = draft_from_ticket("", [], [], locale="en")
    assert draft.title == "Untitled"
    assert draft.body.count("## ") == 3
    assert hint_left(draft.body) == "Say what people see when this happens, in their own words."
    assert not has_private_marks(draft.body)


@pytest.mark.parametrize(
    "message",
    [
        "x" + "\n" * 60_000 + "x",
        "x" + "\t\n" * 30_000 + "x",
        "Hola,\n" * 10_000,
        "thanks" + " " * 60_000 + "x",
        "saludos\n" * 8_000,
    ],
    ids=["empty lines", "blank lines", "greetings", "a long line", "closings"],
)
def test_a_hostile_message_is_drafted_from(message: str) -> None:
    draft = draft_from_ticket("Hello", [message], [message], locale="es")
    assert draft.body.startswith("## El problema")
