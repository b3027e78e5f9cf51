import json

import pytest

from articles.importing import ImportDefaults, ImportRefused, read_source
from articles.lifecycle import ArticleState, Visibility

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
DOCUMENT = "---\ntitle: {}\n---\n\n{}\n"


def write(root, files):
    for path, content in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def by_path(plan):
    return {article.source_path: article for article in plan.articles}


def test_language_and_category_come_from_the_place(tmp_path):
    write(
        tmp_path,
        {
            "content/es/pagos/pagar.md": "# Pagar",
            "content/en/getting-started/begin.md": "# Begin",
            "i18n/es/docusaurus-plugin-content-docs/current/guides/linux.md": "# Linux",
            "docs/guides/linux.md": "# Linux",
            "blog/pages/page.es.md": "# Página",
            "hugo/bundle/index.es.md": "# Paquete",
            "_posts/2024-05-01-post.md": "# Post",
            "README.md": "# Not for readers",
            ".git/x.md": "# Hidden",
        },
    )
    plan = read_source(tmp_path, defaults=ImportDefaults(locale="en", category="other"))
    places = {
        path: (meta.locale, meta.category, meta.slug)
        for path, meta in ((path, article.front_matter) for path, article in by_path(plan).items())
    }
    assert places == {
        "content/es/pagos/pagar.md": ("es", "pagos", "pagar"),
        "content/en/getting-started/begin.md": ("en", "getting-started", "begin"),
        "i18n/es/docusaurus-plugin-content-docs/current/guides/linux.md": ("es", "guides", "linux"),
        "docs/guides/linux.md": ("en", "guides", "linux"),
        "blog/pages/page.es.md": ("es", "other", "page"),
        "hugo/bundle/index.es.md": ("es", "hugo", "bundle"),
        "_posts/2024-05-01-post.md": ("en", "other", "post"),
    }
    linux = by_path(plan)["i18n/es/docusaurus-plugin-content-docs/current/guides/linux.md"]
    assert linux.front_matter.translation_of == "linux"
    assert plan.refused == ()


def test_links_of_every_kind_become_links_between_articles(tmp_path):
    links = """[a](pay.md) [b](../account/in.md#forgot 'title') [c](<pay.md>) [d]: not
[e]({{< ref "pay.md#now" >}}) [f]({{< relref "in" >}}) [g]({% link _docs/billing/pay.md %})
[h]({{ site.baseurl }}{% post_url 2024-01-01-news %}) [i](/billing/pay/) [j](../pay/)
<a href="pay.md">k</a> [l][ref] `[m](pay.md)` [n](https://x.org/pay.md) [o](#ña) [p](gone.md)

```
[q](pay.md)
```

[ref]: pay.md#x
"""
    write(
        tmp_path,
        {
            "_docs/billing/links.md": DOCUMENT.format("Links", links),
            "_docs/billing/pay.md": "---\ntitle: Pay\nslug: paying\n---\n",
            "_docs/account/in.md": "# In",
            "_posts/2024-01-01-news.md": "# News",
        },
    )
    plan = read_source(tmp_path)
    assert (
        by_path(plan)["_docs/billing/links.md"].body
        == """\
[a](article:en/paying) [b](article:en/in#forgot 'title') [c](article:en/paying) [d]: not
[e](article:en/paying#now) [f](article:en/in) [g](article:en/paying)
[h](article:en/news) [i](article:en/paying) [j](article:en/paying)
<a href="article:en/paying">k</a> [l][ref] `[m](pay.md)` [n](https://x.org/pay.md) [o](#na) [p](gone.md)

```
[q](pay.md)
```

[ref]: article:en/paying#x
"""
    )
    assert [(note.line, note.reason) for note in plan.notes] == [
        (8, "gone.md: there is no such file")
    ]


def test_a_link_stays_in_its_language_unless_it_names_another(tmp_path):
    write(
        tmp_path,
        {
            "a.md": "# A",
            "a.es.md": "# A",
            "b.es.md": "# B\n\n[a](a.md)",
            "es/c/d.md": "---\ntitle: D\nslug: de\n---\n",
            "en/c/d.md": "# D\n\n[d](../../es/c/d.md) [a](../../b.es.md)",
        },
    )
    articles = by_path(read_source(tmp_path))
    assert articles["b.es.md"].body == "[a](article:es/a)\n"
    assert articles["en/c/d.md"].body == "[d](article:es/de) [a](article:es/b)\n"


def test_images_come_along_and_dangerous_ones_are_told(tmp_path):
    write(
        tmp_path,
        {
            "docs/a.md": "# A\n\n![x](img/x.png) ![y](/logo.png)\n\n![z](bad.svg) ![w](no.png)\n![q](text.png)",
            "docs/img/x.png": PNG,
            "static/logo.png": PNG + b"1",
            "docs/bad.svg": b"<svg onload='x'/>",
            "docs/text.png": b"hello",
            "docs/unused.png": PNG + b"2",
        },
    )
    plan = read_source(tmp_path)
    (article,) = plan.articles
    assert {asset.content for asset in plan.assets} == {PNG, PNG + b"1"}
    assert set(article.assets) == {asset.name for asset in plan.assets}
    names = {asset.content: asset.name for asset in plan.assets}
    assert f"![x](asset:{names[PNG]})" in article.body
    assert [note.line for note in plan.notes] == [5, 5, 6]
    assert "SVG" in plan.notes[0].reason


def test_other_programs_notes_and_videos_become_ours(tmp_path):
    body = (
        ":::tip[Try]\ninside\n:::\n\n> [!WARNING]\n> careful\n\n{{< youtube abcdefgh >}}\n\n"
        "{% highlight ruby %}\nx\n{% endhighlight %}\n"
    )
    write(tmp_path, {"a.md": DOCUMENT.format("T", body)})
    (article,) = read_source(tmp_path).articles
    assert article.body == (
        '!!! tip "Try"\n    inside\n\n\n!!! warning\n    careful\n\n\n'
        "!video[T](https://www.youtube.com/watch?v=abcdefgh)\n\n```ruby\nx\n```\n"
    )


def test_one_bad_file_is_told_with_its_line_while_the_rest_goes_in(tmp_path):
    write(
        tmp_path,
        {
            "good.md": "# Good",
            "latin.md": "# T\n\ncaf\xe9".encode("latin-1"),
            "state.md": "---\ntitle: x\nstate: perhaps\n---\n",
            "hostile.md": "---\ntitle: x\n---\n\nok\n\n" + "[" * 5_000,
            "again/good.md": "# Good again",
            "big.md": "x " * 140_000,
        },
    )
    (tmp_path / "link.md").symlink_to(tmp_path / "good.md")
    plan = read_source(tmp_path)
    refused = {refusal.path: (refusal.line, refusal.reason) for refusal in plan.refused}
    assert [article.source_path for article in plan.articles] == ["again/good.md"]
    assert refused["latin.md"][0] == 3
    assert "UTF-8" in refused["latin.md"][1]
    assert refused["state.md"][0] == 3
    assert refused["hostile.md"][0] == 7
    assert "again/good.md" in refused["good.md"][1]
    assert "256 KB" in refused["big.md"][1]
    assert "symbolic" in refused["link.md"][1]


def test_what_a_document_does_not_say_comes_from_the_defaults(tmp_path):
    write(
        tmp_path,
        {"a.md": "# A", "b.md": "---\ntitle: B\ndraft: true\n---\n", "_drafts/c.md": "# C"},
    )
    defaults = ImportDefaults("es", "ayuda", ArticleState.REVIEW, Visibility.AGENTS)
    articles = by_path(read_source(tmp_path, defaults=defaults))
    first = articles["a.md"].front_matter
    assert (first.locale, first.category, first.state) == ("es", "ayuda", ArticleState.REVIEW)
    assert first.visibility is Visibility.AGENTS
    assert articles["b.md"].front_matter.state is ArticleState.DRAFT
    assert articles["_drafts/c.md"].front_matter.state is ArticleState.DRAFT


def test_reading_shows_progress_to_the_end(tmp_path):
    write(tmp_path, {f"{number}.md": f"# {number}" for number in range(5)})
    steps: list[tuple[int, int]] = []
    read_source(tmp_path, on_progress=lambda done, total: steps.append((done, total)))
    assert steps[-1] == (10, 10)
    assert steps == sorted(steps)


def test_a_corpus_names_articles_by_id(tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    lines = [
        json.dumps({"id": "Get_Card", "title": "Get card", "body": "", "lang": "en"}),
        "",
        json.dumps({"id": "pagar", "title": "Pagar", "body": "Texto", "lang": "es-ES"}),
        "{not json",
        json.dumps({"id": "pagar", "title": "Otra vez", "body": "", "lang": "es"}),
        json.dumps({"id": "fr", "title": "x", "body": "", "lang": "fr"}),
        json.dumps({"title": "no id", "body": "", "lang": "en"}),
        json.dumps(["list"]),
        json.dumps({"id": "n", "title": "x", "body": {"a": 1}, "lang": "en"}),
        json.dumps({"id": "long", "title": "x", "body": "y " * 700_000, "lang": "en"}),
        json.dumps({"id": "last", "title": "", "body": "z", "lang": ""}),
    ]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    plan = read_source(corpus)
    assert [(a.front_matter.locale, a.front_matter.slug, a.body) for a in plan.articles] == [
        ("en", "Get_Card", ""),
        ("es", "pagar", "Texto\n"),
        ("en", "last", "z\n"),
    ]
    assert [refusal.line for refusal in plan.refused] == [4, 5, 6, 7, 8, 9, 10]
    assert plan.articles[0].front_matter.state is ArticleState.PUBLISHED
    assert plan.articles[2].front_matter.title == "Last"


def test_a_missing_source_is_refused(tmp_path):
    with pytest.raises(ImportRefused):
        read_source(tmp_path / "nothing")
