import contextlib
import threading
import time

import pytest

from articles.rendering import RefusalCode, RenderRefused, TocEntry, render, render_message

MARKDOWN = """
Lead with a note[^1] and a [link](https://example.org).

# ¿Cómo sigo?

## Paso uno

| a | b |
|---|--:|
| 1 | 2 |

```python
print("hola")
```

!!! warning
    Careful.

Term
:   Meaning

## Paso uno

[^1]: The note.
"""


def test_the_dialect_has_what_articles_need():
    html = render(MARKDOWN, locale="es").html
    assert "<table>" in html
    assert '<td align="right">2</td>' in html
    assert '<span class="nb">print</span>' in html
    assert '<div class="admonition warning">\n<p class="admonition-title">Aviso</p>' in html
    assert "<dt>Term</dt>" in html
    assert '<li id="fn:1">' in html
    assert "style=" not in html


def test_the_table_of_contents_has_stable_folded_anchors_and_skips_no_level():
    rendered = render(MARKDOWN)
    assert rendered.toc == (
        TocEntry(2, "como-sigo", "¿Cómo sigo?"),
        TocEntry(3, "paso-uno", "Paso uno"),
        TocEntry(3, "paso-uno_1", "Paso uno"),
    )
    assert '<h2 id="como-sigo">' in rendered.html


def test_headings_begin_at_the_second_level_and_skip_none():
    levels = [entry.level for entry in render("### a\n\n##### b\n\n##### c\n\n## d\n").toc]
    assert levels == [2, 3, 3, 2]


TASKS = """
- [ ] Save **the file**
- [x] Restart, see [how](article:en/restart)
    - [X] the router
    - no task
- Just a point with [ ] in it
- [y] no state

1. [x] First

    More of it.
"""


def test_tasks_are_boxes_that_nobody_can_operate_labelled_by_their_words():
    html = render(TASKS, link_resolver=lambda _: "/en/articles/restart").html
    assert html.count("<input") == 4
    assert html.count('type="checkbox"') == html.count('disabled=""') == 4
    assert html.count('checked=""') == 3
    box = '<label><input type="checkbox" disabled="">'
    assert f'<li class="task-list-item">{box} Save <strong>the file</strong></label></li>' in html
    assert 'Restart, see <a href="/en/articles/restart">how</a></label>' in html  # not the list
    assert "the router</label></li>" in html
    assert "<p>More of it.</p>" in html
    assert "<li>Just a point with [ ] in it</li>" in html
    assert "<li>[y] no state</li>" in html


def test_words_are_struck_out_between_two_tildes():
    assert "<p>Now <del>ten</del> five</p>" in render("Now ~~ten~~ five").html
    assert "~5 of ~10" in render("~5 of ~10").html
    assert "<code>~~x~~</code>" in render("`~~x~~`").html
    assert "<del>ten</del>" in render_message("~~ten~~")
    assert "<code>" in render("~~~ text\n~~x~~\n~~~").html


def test_an_article_brings_no_other_field_in():
    html = render('<input name="q" value="x" autofocus> <label for="q">a</label> - [ ] b').html
    assert "<input" not in html
    assert "for=" not in html
    html = render('<label><input type="text" name="q" onfocus="x"> a</label>').html
    assert '<label><input type="checkbox" disabled=""> a</label>' in html
    assert "<input" not in render_message("- [ ] a <input>")


def test_many_tildes_and_boxes_are_answered_in_time():
    for text in ("~~a" * 20_000, "~~ " * 20_000, "- [ ] a\n" * 8_000, "~" * 200_000):
        begun = time.monotonic()
        with contextlib.suppress(RenderRefused):
            render(text)
        assert time.monotonic() - begun < 5


def test_an_anchor_may_be_given():
    assert render("## Long words {#short}\n").toc[0].anchor == "short"


def test_links_are_resolved_and_outside_ones_marked():
    html = render(
        "[a](article:es/pagar#ya) [b](article:en/none) [c](/es/inicio) [d](https://x.org/?a=1&b=2)"
        " [e](//x.org) [f](#x)",
        link_resolver=lambda link: "/es/a/pagar#ya" if link == "article:es/pagar#ya" else None,
    ).html
    assert '<a href="/es/a/pagar#ya">a</a>' in html
    assert "<a>b</a>" in html
    assert '<a href="/es/inicio">c</a>' in html
    assert '<a href="https://x.org/?a=1&amp;b=2" rel="noopener nofollow">d</a>' in html
    assert '<a href="//x.org" rel="noopener nofollow">e</a>' in html
    assert '<a href="#x">f</a>' in html


def test_only_our_own_images_are_shown():
    html = render(
        "![ours](asset:ab.png) ![gone](asset:cd.png) ![out](https://x.org/a.png)"
        " [![in](https://x.org/b.png)](/local) ![rel](a.png) ![static](/static/a.png)",
        image_resolver=lambda image: "/files/ab.png" if image == "asset:ab.png" else None,
    ).html
    assert '<img src="/files/ab.png" alt="ours" loading="lazy" decoding="async">' in html
    assert html.count("<img") == 2
    assert '<a href="https://x.org/a.png" rel="noopener nofollow">out</a>' in html
    assert '<a href="/local">in</a>' in html
    assert "gone" in html


def test_a_resolver_cannot_bring_a_script_in():
    html = render(
        "[a](article:es/x) ![b](asset:x.png)",
        link_resolver=lambda _: "javascript:alert(1)",
        image_resolver=lambda _: "data:text/html,x",
    ).html
    assert "javascript" not in html
    assert "data:" not in html


VIDEO = '!video[How to](https://www.youtube.com/watch?v=abcdefgh "article:en/words")'


def test_a_video_is_a_figure_to_click_with_title_and_transcript():
    html = render(
        f"Before\n{VIDEO}\nAfter",
        video_hosts=frozenset({"www.youtube.com"}),
        link_resolver=lambda link: "/" + link.partition(":")[2],
        locale="es",
    ).html
    assert 'data-video-src="https://www.youtube-nocookie.com/embed/abcdefgh"' in html
    assert 'data-video-title="How to"' in html
    assert (
        '<a href="https://www.youtube.com/watch?v=abcdefgh" rel="noopener nofollow">How to</a>'
        in html
    )
    assert '<a href="/en/words" class="video-transcript">Transcripción</a>' in html
    assert "<iframe" not in html
    assert "<p>Before</p>" in html
    assert "<p>After</p>" in html


@pytest.mark.parametrize(
    "url",
    [
        "https://youtube.com.evil.org/watch?v=abcdefgh",
        "https://evil.org/www.youtube.com/watch?v=abcdefgh",
        "https://www.youtube.com@evil.org/watch?v=abcdefgh",
        "https://www.youtube.com:8443/watch?v=abcdefgh",
        "https://www.youtube.com./watch?v=abcdefgh",
        "https://sub.www.youtube.com/watch?v=abcdefgh",
        "https://www.youtube.com/watch?v=a/../b",
    ],
)
def test_a_video_of_another_host_is_a_link(url):
    html = render(f"!video[T]({url})", video_hosts=frozenset({"www.youtube.com"})).html
    assert "<figure" not in html
    assert ">T</a>" in html


def test_raw_html_cannot_name_another_player():
    html = render(
        '<figure class="video" data-video-src="https://evil.org/x">x</figure>',
        video_hosts=frozenset({"www.youtube.com"}),
    ).html
    assert "evil.org" not in html


def test_a_message_shows_html_as_text_and_has_no_headings_or_images():
    html = render_message(
        "# Hi\nfirst\nsecond <b>x</b>\n\n![i](https://x.org/a.png) ![j](/a.png) https://x.org/b_c_d."
    )
    assert "<strong>Hi</strong>" in html
    assert "first<br>" in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "<img" not in html
    assert "<h1" not in html
    assert '<a href="https://x.org/b_c_d" rel="noopener nofollow">https://x.org/b_c_d</a>.' in html


N = 256 * 1024
HOSTILE = {
    "open brackets": "[" * 5_000,
    "brackets a little apart": "[a " * 20_000,
    "open links": "[a](" * 1_900,
    "open images": "![" * 1_900,
    "quotes": ">" * 30_000,
    "quotes with blanks": "> " * 39 + "a\n" * 200,
    "lists": "".join("    " * depth + "- a\n" for depth in range(35)) * 20,
    "numbered line": "1. " * (N // 3),
    "stars": "*" * 100_000,
    "stars apart": "**a" * (N // 3),
    "underscores": "_" * 100_000,
    "backticks": "`" * 100_000,
    "backticks growing": " ".join("`" * n for n in range(1, 300)),
    "table": "a|b|c\n-|-|-\n" + "1|2|3\n" * 40_000,
    "wide table": "|a" * 20_000 + "\n" + "|-" * 20_000 + "\n" + "|1" * 20_000,
    "footnotes": "".join(f"x[^{n}]\n\n[^{n}]: y\n\n" for n in range(10_000)),
    "tags": "<a " * (N // 3),
    "comments": "<!--" * (N // 4),
    "elements": "<b><i>" * (N // 6),
    "fonts and paragraphs": "".join(f"<font size={n}>" for n in range(1_500)) + "<p>x" * 20_000,
    "entities": "&" * N,
    "backslashes": "\\" * N,
    "fences": "~~~\n" * (N // 4),
    "rules": "---\n" * (N // 4),
    "headings": "# a\n" * (N // 4),
    "contents": "[TOC]\n\n" * (N // 7),
    "paragraphs": "a\n\n" * (N // 3),
    "definitions": "a\n: b\n\n" * (N // 6),
    "addresses": "http://a " * (N // 9),
    "references": "".join(f"[{n}]: x\n" for n in range(20_000)),
    "prose": ("Hello **you** and [link](http://x.y) with `code`. " * 5 + "\n\n") * 1_050,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("convert", [render, render_message])
def test_whatever_the_text_there_is_an_answer_or_a_refusal_in_words(name, convert):
    # The bound on time is the kernel's and the parent's: a text over it would hang this test.
    said = ""
    try:
        said = str(convert(HOSTILE[name][:N]))
    except RenderRefused as refused:
        said = refused.reason
    assert said


def test_too_long_a_text_is_refused_by_its_bytes():
    with pytest.raises(RenderRefused) as caught:
        render("ñ" * (N // 2 + 1))
    assert caught.value.code is RefusalCode.TOO_LONG
    assert render("word " * (N // 5)).html


def test_a_refusal_names_the_line():
    with pytest.raises(RenderRefused) as caught:
        render("fine\n\n" + "[" * 5_000)
    assert (caught.value.code, caught.value.line) == (RefusalCode.BRACKETS, 3)


@pytest.mark.parametrize("text", [">" * 100 + "a", "- " * 60 + "a", "1. " * 60 + "a"])
def test_deep_nesting_is_refused_by_name(text):
    with pytest.raises(RenderRefused) as caught:
        render(text)
    assert caught.value.code is RefusalCode.NESTED


@pytest.mark.parametrize("text", ["* * * * *", "-" * 80, "    " * 30 + "code", "2026. A year."])
def test_rules_code_and_years_are_not_nesting(text):
    assert render("a\n\n" + text).html


def test_threads_render_side_by_side_and_a_slow_text_spoils_none():
    outcomes: dict[int, str] = {}

    def work(number: int) -> None:
        text = "\\" * N if number % 2 else f"number {number} " + "word " * 9_000
        try:
            outcomes[number] = render(text).html[:20]
        except RenderRefused as refused:
            outcomes[number] = refused.code

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(0, 6, 2):
        assert outcomes[number].startswith(f"<p>number {number} ")
    assert all(outcomes[number] == RefusalCode.SLOW for number in range(1, 6, 2))
