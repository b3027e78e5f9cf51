import json
import struct
import threading
import time
import zlib
from datetime import date
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import func, select

from app.accounts.actor import ANYBODY
from app.accounts.models import Role
from app.db.outbox import index_version
from app.errors import ConflictError
from app.knowledge import browsing, queries, service, studio
from app.knowledge.exporting import export_articles
from app.knowledge.files import ArticleFiles
from app.knowledge.importing import import_plan
from app.knowledge.models import Article, ArticleRedirect, ArticleRevision
from articles.categories import find_categories
from articles.importing import read_source
from articles.lifecycle import ArticleState, Visibility
from tests.factories_knowledge import NOW, StatementCount, make_actor, make_article

CONTENT = Path(__file__).parents[2] / "articles" / "content"


def png(colour: int = 0) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes([0, colour]))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def document(title: str, body: str = "Text.", **fields: object) -> str:
    lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in fields.items())
    return f"---\ntitle: {json.dumps(title)}\n{lines}---\n\n{body}\n"


@pytest.fixture
def bring(session, database, settings):
    def bring(source: Path, **more):
        session.rollback()  # look again
        return import_plan(
            database,
            read_source(source),
            files=ArticleFiles.under(settings.data),
            categories=find_categories(source),
            now=NOW,
            **more,
        )

    return bring


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "source"
    write(
        source,
        "en/tickets/reopen.md",
        document(
            "Reopen a ticket",
            "See [attach](attach.md#how). ![A picture](../../picture.png)",
            tags=["reopen"],
            redirects_from=["open-again"],
            verified_on="2026-01-02",
        ),
    )
    write(source, "en/tickets/attach.md", document("Attach files", "## How\n\nDrop them."))
    write(
        source,
        "es/tickets/reabrir.md",
        document("Reabrir un ticket", translation_of="reopen"),
    )
    (source / "picture.png").write_bytes(png())
    write(source, "categories.yaml", "tickets:\n  position: 2\n  en: Tickets\n  es: Casos\n")
    return source


def everything(session) -> list[tuple]:
    session.rollback()
    return [
        (row.id, row.slug, row.state, row.updated_at, row.current_revision_id, row.index_version)
        for row in session.scalars(select(Article).order_by(Article.id))
    ]


def test_articles_links_images_translations_redirects_and_categories_come_in(
    session, settings, folder, bring
):
    outcome = bring(folder)
    assert (outcome.created, outcome.refused, outcome.notes) == (3, (), ())
    found = queries.find_published(session, ANYBODY, "en", "reopen")
    assert isinstance(found, queries.PublishedArticle)
    assert found.card.verified_on == date(2026, 1, 2)
    assert 'href="/en/articles/attach#how"' in found.html
    name = found.html.partition('src="/assets/')[2].partition('"')[0]
    asset = queries.find_asset(session, ANYBODY, name)
    assert ArticleFiles.under(settings.data).path(asset.sha256).read_bytes() == png()
    assert queries.find_published(session, ANYBODY, "en", "open-again") == queries.Moved(
        "en", "reopen"
    )
    [translation] = queries.translations(session, ANYBODY, found.card.id)
    assert translation.slug == "reabrir"
    home = browsing.home(session, ANYBODY, "es")
    assert [(each.name, each.count) for each in home.categories] == [("Casos", 2)]


def test_the_same_input_again_changes_nothing(session, folder, bring):
    bring(folder)
    before, version = everything(session), index_version(session)
    outcome = bring(folder)
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 0, 3)
    assert everything(session) == before
    assert index_version(session) == version


def test_a_dry_run_writes_nothing(session, folder, bring, settings):
    assert bring(folder, dry_run=True).created == 3
    assert everything(session) == []
    assert not (settings.data / "files").exists()


def test_a_changed_file_is_a_new_revision_and_the_others_stay(session, folder, bring):
    bring(folder)
    write(folder, "en/tickets/attach.md", document("Attach files", "## How\n\nDrag them."))
    outcome = bring(folder)
    assert (outcome.created, outcome.updated, outcome.unchanged) == (0, 1, 2)
    found = queries.find_published(session, ANYBODY, "en", "attach")
    assert "Drag them" in found.html
    assert session.scalar(select(func.count(ArticleRevision.id))) == 4
    assert bring(folder).unchanged == 3


def test_a_moved_or_hidden_file_changes_its_place_without_a_new_revision(session, folder, bring):
    bring(folder)
    write(
        folder,
        "en/tickets/attach.md",
        document("Attach files", "## How\n\nDrop them.", category="files", visibility="agents"),
    )
    assert bring(folder).updated == 1
    assert queries.find_published(session, ANYBODY, "en", "attach") is None
    assert session.scalar(select(func.count(ArticleRevision.id))) == 3
    assert bring(folder).unchanged == 3


def test_the_state_of_a_file_decides_what_readers_see(session, tmp_path, bring):
    for state in ArticleState:
        write(tmp_path / "s", f"{state.value}.md", document(state.value, state=state.value))
    bring(tmp_path / "s")
    visible = [item.slug for item in queries.sitemap_items(session, ANYBODY)]
    assert visible == ["published"]
    write(tmp_path / "s", "published.md", document("published", "Newer.", state="draft"))
    bring(tmp_path / "s")
    found = queries.find_published(session, ANYBODY, "en", "published")
    assert "Newer" not in found.html
    write(tmp_path / "s", "published.md", document("published", "Newer.", state="archived"))
    assert bring(tmp_path / "s").updated == 1
    gone = queries.find_published(session, ANYBODY, "en", "published")
    assert isinstance(gone, queries.Withdrawn)
    assert bring(tmp_path / "s").unchanged == 4


def test_what_editors_added_stays_when_the_file_says_nothing_of_it(session, folder, bring):
    bring(folder)
    editor = make_actor(session)
    article = session.scalar(select(Article).where(Article.slug == "attach"))
    service.place(
        session,
        actor=editor,
        article_id=article.id,
        placement=service.Placement(category_id=article.category_id, owner_id=editor.user_id),
        now=NOW,
    )
    assert bring(folder).unchanged == 3


def test_a_newer_draft_in_the_studio_survives_the_same_import(session, folder, bring):
    bring(folder)
    editor = make_actor(session)
    article = session.scalar(select(Article).where(Article.slug == "attach"))
    service.save_revision(
        session,
        actor=editor,
        article_id=article.id,
        text=service.ArticleText("Attach", body="In work"),
        expected=1,
        now=NOW,
    )
    assert bring(folder).unchanged == 3
    session.rollback()
    assert [row.number for row in studio.history(session, editor, article.id)] == [2, 1]


def test_bad_files_are_refused_with_line_and_reason_while_the_rest_goes_in(session, folder, bring):
    write(folder, "en/tickets/bad.md", "---\ntitle: [unclosed\n---\nBody\n")
    write(folder, "en/tickets/twice.md", document("Twice", slug="attach"))
    outcome = bring(folder)
    assert outcome.created == 3
    assert {refusal.path for refusal in outcome.refused} == {
        "en/tickets/bad.md",
        "en/tickets/twice.md",
    }
    assert all(refusal.line and refusal.reason for refusal in outcome.refused)


def test_what_leads_nowhere_is_noted(session, tmp_path, bring):
    write(
        tmp_path / "s",
        "a.md",
        document("A", owner="nobody@example.org", translation_of="missing"),
    )
    outcome = bring(tmp_path / "s")
    assert outcome.created == 1
    assert len(outcome.notes) == 2
    assert bring(tmp_path / "s").unchanged == 1


def test_a_change_made_during_the_import_stops_all_of_it(session, folder, bring, database):
    bring(folder)
    editor = make_actor(session)
    for name in ("attach", "reopen"):
        write(folder, f"en/tickets/{name}.md", document("Changed", "By the file."))
    article = session.scalar(select(Article).where(Article.slug == "reopen"))
    session.commit()

    def meddle(phase: str, done: int, total: int) -> None:
        if (phase, done) == ("render", total):
            with database.writing() as other:
                service.save_revision(
                    other,
                    actor=editor,
                    article_id=article.id,
                    text=service.ArticleText("Meanwhile"),
                    expected=1,
                    now=NOW,
                )

    with pytest.raises(ConflictError):
        bring(folder, on_progress=meddle)
    found = queries.find_published(session, ANYBODY, "en", "attach")
    assert "Drop them" in found.html


def test_a_vote_at_the_same_moment_waits_for_the_import_or_it_for_the_vote(
    session, folder, bring, database
):
    bring(folder)
    write(folder, "en/tickets/reopen.md", document("Changed", "By the file."))
    article = session.scalar(select(Article).where(Article.slug == "reopen"))
    session.commit()
    imported = threading.Thread(target=bring, args=(folder,))
    with database.writing() as other:
        other.scalar(select(Article).where(Article.id == article.id).with_for_update())
        imported.start()
        time.sleep(0.5)  # long enough for the import to wait
        service.vote(
            other, actor=ANYBODY, article_id=article.id, voter="v" * 64, helpful=True, now=NOW
        )
    imported.join()
    found = queries.find_published(session, ANYBODY, "en", "reopen")
    assert "By the file" in found.html
    session.rollback()
    assert session.scalar(select(Article.helpful_count).where(Article.id == article.id)) == 1


def test_organisations_of_articles_are_made_and_drafts_stay_hidden(session, tmp_path, bring):
    write(
        tmp_path / "s",
        "a.md",
        document("A", visibility="organisation", organisation="Acme", state="draft"),
    )
    bring(tmp_path / "s")
    article = session.scalar(select(Article))
    assert (article.visibility, article.organisation.name) == (Visibility.ORGANISATION, "Acme")
    assert article.published_at is None
    assert bring(tmp_path / "s").unchanged == 1


def test_export_import_export_gives_the_same_bytes(
    session, database, settings, folder, bring, tmp_path
):
    bring(folder)
    make_article(
        session,
        title='Tricky: "quotes" # and\tblanks',
        body="No heading\n\n    code\n",
        visibility=Visibility.AGENTS,
        tags=("a b", "año"),
        category="odd",
    )
    make_article(session, title="Draft", published=False)
    files = ArticleFiles.under(settings.data)
    first, second = tmp_path / "first", tmp_path / "second"
    session.rollback()
    assert export_articles(session, files, first) == (5, 7)
    outcome = bring(first)
    assert (outcome.unchanged, outcome.refused, outcome.notes) == (5, (), ())
    with database.writing() as emptied:
        for table in reversed(Article.metadata.sorted_tables):
            if table.name.startswith(("article", "revision", "category", "review")):
                if table.name == "article":
                    emptied.execute(
                        table.update().values(current_revision_id=None, published_revision_id=None)
                    )
                if table.name == "article_revision":
                    emptied.execute(
                        Article.__table__.update().values(
                            current_revision_id=None,
                            published_revision_id=None,
                            translation_of_id=None,
                        )
                    )
                emptied.execute(table.delete())
        emptied.commit()
    assert bring(first).created == 5
    with database.reading() as reading:
        export_articles(reading, files, second)
        export_articles(reading, files, tmp_path / "archive.zip")
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes()
    assert bring(tmp_path / "archive.zip").unchanged == 5


def test_the_content_that_ships_goes_in_whole(session, bring):
    outcome = bring(CONTENT)
    assert outcome.refused == ()
    assert outcome.notes == ()
    for locale in ("en", "es"):
        home = browsing.home(session, ANYBODY, locale)
        assert all(category.name for category in home.categories)
        assert "general" not in {category.slug for category in home.categories}
    assert bring(CONTENT).unchanged == outcome.created


def test_a_corpus_goes_in_by_batches_of_statements(session, database, tmp_path, bring):
    corpus = tmp_path / "corpus.jsonl"
    rows = [
        {"id": f"kb_{number}", "title": f"Title {number}", "body": "", "lang": "en"}
        for number in range(1200)
    ]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with StatementCount(database.engine) as counted:
        assert bring(corpus).created == 1200
    assert counted.count < 60
    assert queries.count_published(session, ANYBODY, "en") == 1200
    with StatementCount(database.engine) as counted:
        assert bring(corpus).unchanged == 1200
    assert counted.count < 20
    assert isinstance(
        queries.find_published(session, ANYBODY, "en", "kb_77"), queries.PublishedArticle
    )


def run(app, *arguments: str) -> Result:
    result: Result = app.test_cli_runner().invoke(args=list(arguments))
    return result


def test_the_command_tells_what_went_in_and_what_did_not(app, session, folder, tmp_path):
    assert run(app, "articles", "import", str(folder), "--dry-run").exit_code == 0
    good = run(app, "articles", "import", str(folder))
    assert good.exit_code == 0
    assert "3 articles new, 0 changed, 0 the same, 0 refused." in good.output
    write(folder, "en/tickets/bad.md", "---\ntitle: [unclosed\n---\nBody\n")
    bad = run(app, "articles", "import", str(folder))
    assert bad.exit_code == 1
    assert "Refused: en/tickets/bad.md:" in bad.output
    assert "3 the same, 1 refused" in bad.output
    out = tmp_path / "out"
    assert run(app, "articles", "export", str(out)).exit_code == 0
    assert (out / "en" / "tickets" / "attach.md").exists()
    write(folder, "categories.yaml", "tickets:\n  fr: Billets\n")
    wrong = run(app, "articles", "import", str(folder))
    assert wrong.exit_code == 1
    assert "categories.yaml:2" in wrong.output


def test_a_line_of_a_corpus_that_cannot_be_a_page_is_refused(app, session, tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    rows = [{"id": "good", "title": "Good", "lang": "en"}, {"id": "bad", "body": "[" * 5000}]
    corpus.write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = run(app, "articles", "import", str(corpus))
    assert result.exit_code == 1
    assert "Refused: corpus.jsonl:2:" in result.output
    assert session.scalars(select(Article.slug)).all() == ["good"]


def test_options_hold_where_the_files_are_silent(app, session, tmp_path):
    write(tmp_path / "s", "hola.md", "# Hola\n\nTexto.\n")
    options = ["--locale", "es", "--category", "saludos", "--state", "draft"]
    result = run(app, "articles", "import", str(tmp_path / "s"), *options, "--visibility", "agents")
    assert result.exit_code == 0
    article = session.scalar(select(Article))
    assert (article.locale, article.category.slug) == ("es", "saludos")
    assert (article.state, article.visibility) == (ArticleState.DRAFT, Visibility.AGENTS)


def test_the_search_commands_build_answer_and_measure(app, session, tmp_path):
    make_article(session, title="Reset a forgotten password")
    make_article(session, title="Download invoices")
    session.commit()
    assert "2 articles" in run(app, "search", "rebuild").output
    answer = run(app, "search", "query", "forgotten password reset", "--all")
    assert "/en/articles/reset-a-forgotten-password" in answer.output
    labelled = tmp_path / "set"
    write(labelled, "corpus.jsonl", '{"id": "a", "title": "Cats", "body": "", "lang": "en"}\n')
    write(labelled, "queries.jsonl", '{"id": "q", "text": "my cats are lost", "lang": "en"}\n')
    write(labelled, "qrels.tsv", "query\tarticle\trelevance\nq\ta\t1\n")
    figures = run(app, "search", "evaluate", str(labelled), "--json")
    assert json.loads(figures.stdout)["recall_at_1"] == 1.0
    assert "recall_at_1" in run(app, "search", "evaluate", str(labelled)).output
    assert run(app, "search", "evaluate", str(labelled), "--warm", "x").exit_code == 2
    unknown = run(app, "search", "evaluate", str(labelled), "--outside", "far")
    assert unknown.exit_code == 1
    assert "no draft out of scope is of the kind 'far'" in unknown.output


def test_redirects_are_added_and_never_taken_from_another(session, tmp_path, bring):
    write(tmp_path / "s", "a.md", document("A", redirects_from=["old", "b"]))
    write(tmp_path / "s", "b.md", document("B", redirects_from=["old"]))
    bring(tmp_path / "s")
    redirects = session.execute(
        select(ArticleRedirect.slug, Article.slug).join(
            Article, Article.id == ArticleRedirect.article_id
        )
    ).all()
    assert [tuple(row) for row in redirects] == [("old", "a")]
    assert bring(tmp_path / "s").unchanged == 2


def test_staff_alone_see_images_of_drafts(session, folder, bring, settings):
    bring(folder)
    editor = make_actor(session, Role.EDITOR)
    asset = service.add_asset(
        session, ArticleFiles.under(settings.data), filename="x.png", content=png(9), now=NOW
    )
    service.create_draft(
        session,
        actor=editor,
        text=service.ArticleText("Draft", body=f"![x](asset:{asset.name})"),
        locale="en",
        now=NOW,
    )
    assert queries.find_asset(session, ANYBODY, asset.name) is None
    assert queries.find_asset(session, editor, asset.name) is not None
