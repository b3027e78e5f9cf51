"""Customers' text is shown as they wrote it, and never as HTML."""

import re

from hypothesis import given
from hypothesis import strategies as st

from app.tickets.customer_text import customer_html


def test_paragraphs_breaks_and_links() -> None:
    html = customer_html("One\ntwo\n\nSee https://example.org/a?b=1&c=2.")
    assert html == (
        "<p>One<br>\ntwo</p>\n<p>See "
        '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow ugc noopener noreferrer">'
        "https://example.org/a?b=1&amp;c=2</a>.</p>"
    )


def test_a_link_in_brackets_ends_before_the_bracket() -> None:
    assert '">https://example.org/a</a>)' in customer_html("(https://example.org/a)")
    assert '">https://example.org/a_(b)</a>' in customer_html("https://example.org/a_(b)")


def test_only_web_addresses_become_links() -> None:
    assert "<a" not in customer_html("javascript:alert(1) data:text/html,x mailto:a@example.org")


@given(st.text(alphabet=st.sampled_from("<>&\"' ahtps:/.\n()javscrip"), max_size=200))
def test_nothing_that_is_typed_becomes_markup(text: str) -> None:
    html = str(customer_html(text))
    tags = set(re.findall(r"<(/?[a-z]+)", html))
    assert tags <= {"p", "/p", "br", "a", "/a"}
    assert "<" not in re.sub(r"</?(?:p|br|a)(?: href=\"[^\"<>]*\" rel=\"[a-z ]*\")?>", "", html)
