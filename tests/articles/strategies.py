"""Articles of every kind, for properties."""

from datetime import date

from hypothesis import strategies as st

from articles.front_matter import FrontMatter
from articles.lifecycle import ArticleState, Visibility

words = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "null",
            "true",
            "no",
            "2024-01-02",
            "12",
            "a: b",
            "# x",
            "- y",
            "¿Qué?",
            "\u2028",
            "~",
            "'",
        ]
    ),
)
slugs = st.from_regex(r"[a-z0-9][a-zA-Z0-9_.-]{0,12}", fullmatch=True)
pieces = st.sampled_from(
    [
        "# Title\n", "text ", "\n", "\n\n", "---\n", "+++\n", "```\n", "`", "[a](b.md)", "[x](../c/d.md#é)",
        "![i](../../assets/a.png)", "[q](article:en/a)", "[q](article:es/b#x)", '<a href="b.md">',
        "[r]: b.md\n", '{{< ref "b" >}}', "    code\n", "\t", "\r\n", "\x00", "\x0b", "\ufeff", ":::note\n",
        ":::\n", "é", "]( ", "(", ")", "<a.md>", "%20", "{% link b.md %}",
    ]
)  # fmt: skip
bodies = st.lists(st.one_of(pieces, st.text(max_size=10)), max_size=20).map("".join)


@st.composite
def front_matters(draw, slug=slugs):
    visibility = draw(st.sampled_from(Visibility))
    needs_name = visibility is Visibility.ORGANISATION
    name = st.text(alphabet="abñ ", min_size=1, max_size=20).filter(str.strip)
    return FrontMatter(
        title=draw(words),
        summary=draw(words),
        locale=draw(st.sampled_from(["en", "es"])),
        slug=draw(slug),
        category=draw(words),
        tags=tuple(draw(st.lists(words, max_size=4))),
        visibility=visibility,
        organisation=draw(name if needs_name else st.none() | name),
        state=draw(st.sampled_from(ArticleState)),
        owner=draw(st.sampled_from([None, "ana@example.org"])),
        verified_on=draw(st.none() | st.dates(min_value=date(1000, 1, 1))),
        translation_of=draw(st.none() | slugs),
        redirects_from=tuple(draw(st.lists(slugs, max_size=3))),
    )
