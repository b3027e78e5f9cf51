"""The section of an article that answers, cut out of its page."""

import pytest

from app.web.help.answer_html import MAX_ANSWER_CHARACTERS, answer_html
from articles.rendering import render

MARKDOWN = """Lead **words**.

## First *thing*

text[^1] & <b>bold</b> [down](#second)

### Below

- a

    ## nested

- b

## Second

`<script>` end

[^1]: Foot
"""
HTML = render(MARKDOWN).html
LONG = render("Lead.\n\n## One\n\nfirst\n\n## Two\n\n" + "word " * 2000).html


def cut(anchor: str, html: str = HTML) -> str:
    return str(answer_html(html, anchor, "/en/articles/it") or "")


def test_a_section_has_what_is_below_its_heading_and_not_the_heading():
    found = cut("first-thing")
    assert found.startswith("<p>text")
    assert "<h3>Below</h3>" in found
    assert "<h2>nested</h2>" in found, "a heading in a list ends nothing"
    assert "First" not in found
    assert "end" not in found


def test_a_section_below_ends_where_the_one_above_ends():
    assert cut("below").startswith("<ul>")
    assert "end" not in cut("below")


def test_links_within_the_article_lead_to_its_page_and_ids_are_left_out():
    found = cut("first-thing")
    assert 'href="/en/articles/it#second"' in found
    assert 'href="/en/articles/it#fn:1"' in found
    assert " id=" not in found


def test_what_was_escaped_stays_escaped():
    assert "<code>&lt;script&gt;</code>" in cut("second")
    assert "&amp; <b>bold</b>" in cut("first-thing")


def test_the_top_of_a_short_article_is_all_of_it():
    found = cut("")
    assert found.startswith("<p>Lead")
    assert "end" in found


def test_the_top_of_a_long_article_ends_with_its_first_section():
    found = cut("", LONG)
    assert "Lead." in found
    assert "first" in found
    assert "word" not in found


@pytest.mark.parametrize("anchor", ["nested", "unknown"])
def test_without_such_a_section_there_is_no_answer(anchor: str):
    assert answer_html(HTML, anchor, "/x") is None


def test_a_section_that_is_too_long_is_read_on_its_page():
    html = f'<h2 id="long">Long</h2><p>{"a" * MAX_ANSWER_CHARACTERS}</p>'
    assert answer_html(html, "long", "/x") is None
