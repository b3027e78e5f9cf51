import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from articles.rendering import render, render_message
from articles.sanitising import clean_article

HOSTS = frozenset({"www.youtube.com"})

fragments = st.sampled_from(
    [
        "<script>", "</script>", "alert(1)", "<img src=x onerror=alert(1)>", "<svg onload=x>",
        "<a href='javascript:x'>", "[a](javascript:alert(1))", "[a](JaVaScRiPt:x)", "<style>", "</style>",
        "<iframe src=//x>", "<math><mi xlink:href='data:x'>", "<p style='color:red'>", "onclick=x",
        "![a](data:image/png;base64,x)", "<a href='vbscript:x'>", "{: onclick=x }", "{: style=x #id .c }",
        "[a](x){: onmouseover=alert(1) }", "<figure data-video-src='https://evil.org/'>", '"', "'", "<", ">", "`",
        "&#106;avascript:", "&lt;script&gt;", "\n\n", "# h", "|a|b|\n|-|-|\n|<b onx=1>|c|", "<!--", "-->",
        "<form action=x><input name=q>", "<base href=x>", "<meta http-equiv=refresh>", "[x]: javascript:y\n",
        "[y][x]", "!video[<script>](https://www.youtube.com/watch?v=abcdefgh)", "- [x] ", "~~", "<label>", "<input type=text autofocus>",
        "<noscript><p title='</noscript><img src=x onerror=1>'>",
        "<object data=x>", "<a target=_blank href=//x>", "<div id=main class='btn fixed-top'>", "\x02", "\x03", "é",
    ]
)  # fmt: skip


class Inspector(HTMLParser):
    def handle_starttag(self, tag, attrs):
        assert tag not in {
            "script",
            "style",
            "iframe",
            "svg",
            "math",
            "form",
            "base",
            "meta",
            "object",
        }
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in {"style", "srcset", "target", "formaction"}, name
            assert not (name == "id" and value == "main")
            if name in {"href", "src"}:
                scheme = re.match(r"\s*([a-zA-Z][\w+.-]*):", value or "")
                assert scheme is None or scheme[1].lower() in {"http", "https", "mailto", "tel"}
            if name == "data-video-src":
                assert (value or "").startswith("https://www.youtube-nocookie.com/embed/")
            if name == "class":
                assert "btn" not in (value or "")
        if tag == "input":
            given = dict(attrs)
            assert set(given) <= {"type", "disabled", "checked"}
            assert given["type"] == "checkbox"
            assert "disabled" in given
        if tag == "img":
            assert (dict(attrs).get("src") or "").startswith("/")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(fragments, st.text(max_size=8)), max_size=12).map("".join))
def test_no_script_survives(text):
    for html in (
        render(
            text, video_hosts=HOSTS, link_resolver=lambda _: "/a", image_resolver=lambda _: "/f"
        ).html,
        render_message(text),
    ):
        inspector = Inspector()
        inspector.feed(html)
        inspector.close()


@settings(deadline=None)
@given(st.lists(st.one_of(fragments, st.text(max_size=8)), max_size=12).map("".join))
def test_cleaning_twice_is_cleaning_once(text):
    once = clean_article(text, video_hosts=HOSTS)
    assert clean_article(once, video_hosts=HOSTS) == once


def test_outside_links_are_followed_by_nobody():
    assert 'rel="noopener nofollow"' in render('<a href="HTTPS://x.org" rel="me">x</a>').html
