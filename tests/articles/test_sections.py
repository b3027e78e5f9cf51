from articles.rendering import render
from articles.sections import Section, plain_text, sections

MARKDOWN = """Lead **words**[^1].

## Primer paso

- one
- two

### Code & more

```python
x = 1
```

| a | b |
|---|---|
| c | d |

[^1]: A note.
"""


def test_sections_follow_the_headings():
    assert sections(MARKDOWN) == (
        Section("", "", "Lead words."),
        Section("primer-paso", "Primer paso", "one\ntwo"),
        Section("code-more", "Code & more", "x = 1\na\nb\nc\nd\nA note."),
    )


def test_anchors_are_those_of_the_page():
    rendered = render(MARKDOWN)
    assert [section.anchor for section in sections(rendered)][1:] == [
        entry.anchor for entry in rendered.toc
    ]


def test_an_empty_article_has_an_empty_lead():
    assert sections("") == (Section("", "", ""),)


def test_plain_text_has_no_markup():
    text = plain_text(render("# T\n\na & <b>b</b> `c < d`").html)
    assert text == "T\na & b c < d"
