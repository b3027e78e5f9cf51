import pytest

from app.errors import InvalidError, NotFoundError
from app.knowledge import synonyms
from tests.factories_knowledge import NOW


def add(session, *phrases, locale="en"):
    return synonyms.add_set(session, locale=locale, phrases=phrases, now=NOW)


def test_a_set_is_kept_tidied(session):
    kept = add(session, "  laptop ", "note\tbook", "Laptops", "")
    assert kept.phrases == ("laptop", "note book")
    assert synonyms.kept_sets(session) == [kept]


@pytest.mark.parametrize(
    ("phrases", "says"),
    [
        (("laptop",), "two phrases"),
        (("laptop", "laptops"), "two phrases"),
        (("laptop", "…"), "no letters"),
        (("laptop", "a computer that you can carry"), "Shorten"),
        (("laptop", "x" * 61), "Shorten"),
        (tuple(f"word{number}" for number in range(21)), "at most 20"),
    ],
)
def test_what_is_no_set_is_refused_and_says_why(session, phrases, says):
    with pytest.raises(InvalidError, match=says) as refused:
        add(session, *phrases)
    assert refused.value.field == "phrases"


def test_a_phrase_stands_in_one_set_of_its_language(session):
    add(session, "laptop", "notebook")
    with pytest.raises(InvalidError, match="another set"):
        add(session, "laptops", "portable")
    add(session, "laptop", "portátil", locale="es")


def test_an_unknown_language_is_refused(session):
    with pytest.raises(InvalidError) as refused:
        add(session, "laptop", "notebook", locale="fr")
    assert refused.value.field == "locale"


def test_a_set_is_removed_once(session):
    kept = add(session, "laptop", "notebook")
    synonyms.remove_set(session, kept.id, now=NOW)
    assert synonyms.kept_sets(session) == []
    with pytest.raises(NotFoundError):
        synonyms.remove_set(session, kept.id, now=NOW)


def test_the_commands_keep_list_and_remove(app):
    runner = app.test_cli_runner()
    assert "no synonyms yet" in runner.invoke(args=["synonyms", "list"]).output
    added = runner.invoke(args=["synonyms", "add", "en", "laptop", "notebook"])
    assert "laptop = notebook" in added.output
    number = added.output.split()[0]
    assert number in runner.invoke(args=["synonyms", "list"]).output
    refused = runner.invoke(args=["synonyms", "add", "en", "laptop", "computer"])
    assert refused.exit_code != 0
    assert "another set" in refused.output
    assert "is gone" in runner.invoke(args=["synonyms", "remove", number]).output
    assert "no set" in runner.invoke(args=["synonyms", "remove", number]).output
