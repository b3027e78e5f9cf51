import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidError
from app.knowledge.rendering import ArticleText, prepare, resolve_image, resolve_link, tidy_text


@pytest.mark.parametrize(
    ("reference", "address"),
    [
        ("article:es/reabrir", "/es/articles/reabrir"),
        ("article:en/kb_12#Step-2", "/en/articles/kb_12#Step-2"),
        ("article:en/../admin", None),
        ("article:reabrir", None),
        ('article:es/a" onclick="x', None),
    ],
)
def test_links_between_articles_get_their_address(reference, address):
    assert resolve_link(reference) == address


def test_images_get_their_address_and_nothing_else_does():
    name = "0123456789abcdef0123456789abcdef.png"
    assert resolve_image(f"asset:{name}") == f"/assets/{name}"
    assert resolve_image("asset:../../etc/passwd") is None
    assert resolve_image(f"asset:{name}.html") is None


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=10))
def test_tidying_twice_changes_nothing(title, tags):
    once = tidy_text(ArticleText(f"T {title}"[:300], body=title, tags=tuple(tags)))
    assert tidy_text(once) == once


def test_a_text_that_cannot_become_a_page_is_refused_at_its_line():
    with pytest.raises(InvalidError) as caught:
        prepare(ArticleText("T", body="Fine.\n\n" + "[" * 5000), locale="en")
    assert caught.value.field == "body"
    assert caught.value.params == {"line": 3}
