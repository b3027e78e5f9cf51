from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.exporting import ExportError, export_files, write_export
from articles.front_matter import FrontMatter
from articles.images import read_image
from articles.importing import ImportedArticle, read_source

from .strategies import bodies, front_matters

IMAGE = read_image(b"\x89PNG\r\n\x1a\n" + b"\x00" * 30)


def article(slug="a", body="", locale="en", category="pay"):
    meta = FrontMatter(title=slug, summary="", locale=locale, slug=slug, category=category)
    return ImportedArticle("", meta, body)


@st.composite
def libraries(draw):
    names = draw(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True))
    articles = []
    for name in names:
        meta = draw(front_matters(slug=st.just(name)))
        body = draw(bodies) + draw(st.sampled_from(["", f"![i](asset:{IMAGE.name})"]))
        articles.append(
            ImportedArticle("", replace(meta, category=draw(st.sampled_from(["x", "y"]))), body)
        )
    return articles


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(libraries())
def test_export_import_export_gives_the_same_bytes(tmp_path, articles):
    first = export_files(articles, [IMAGE])
    target = tmp_path / "export.zip"
    write_export(articles, [IMAGE], target)
    plan = read_source(target)
    assert plan.refused == ()
    unused = [] if plan.assets else [IMAGE]
    assert export_files(plan.articles, [*plan.assets, *unused]) == first


def test_links_and_images_are_paths_in_the_files_and_come_back(tmp_path):
    body = f"[b](article:es/b#x) [c](article:en/c) [d](article:en/gone) ![i](asset:{IMAGE.name})\n"
    articles = [article("a", body), article("b", locale="es"), article("c", category="account")]
    target = tmp_path / "export"
    assert write_export(articles, [IMAGE], target) == 4
    text = (target / "en/pay/a.md").read_text(encoding="utf-8")
    assert "[b](../../es/pay/b.md#x) [c](../account/c.md) [d](article:en/gone)" in text
    assert f"![i](../../assets/{IMAGE.name})" in text
    plan = read_source(target)
    assert plan.articles[1].body == body
    assert plan.assets == (IMAGE,)


def test_a_translation_of_the_same_place_is_not_mistaken(tmp_path):
    articles = [
        article("a", "[a](article:es/a)\n"),
        article("a", "[a](article:en/a)\n", locale="es"),
    ]
    write_export(articles, [], tmp_path / "export.zip")
    assert [a.body for a in read_source(tmp_path / "export.zip").articles] == [
        "[a](article:es/a)\n",
        "[a](article:en/a)\n",
    ]


def test_an_archive_is_the_same_bytes_every_time(tmp_path):
    articles = [article("a"), article("b", "text")]
    write_export(articles, [IMAGE], tmp_path / "1.zip")
    write_export(list(reversed(articles)), [IMAGE], tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"1.zip", "2.zip"}


def test_exporting_again_replaces_the_old_files_and_spares_what_is_not_ours(tmp_path):
    target = tmp_path / "export"
    write_export([article("a"), article("b")], [], target)
    write_export([article("b")], [], target)
    assert [path.name for path in target.rglob("*.md")] == ["b.md"]
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExportError):
        write_export([article("c")], [], target)
    assert (target / "notes.txt").exists()


def test_two_articles_in_one_place_are_refused():
    with pytest.raises(ExportError):
        export_files([article("a"), article("a")], [])
