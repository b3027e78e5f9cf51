"""Articles that were rendered by an earlier version are rendered again, and say the same."""

from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY
from app.accounts.models import Role
from app.db.outbox import index_version
from app.knowledge import queries, service
from app.knowledge.models import Article
from app.knowledge.service import ArticleText
from tests.factories_knowledge import NOW, make_actor, make_article

TASKS = "## Steps\n\n- [x] Save the file\n"
OLD = "<h2>Steps</h2>\n<ul>\n<li>[x] Save the file</li>\n</ul>"


def as_before(session: Session, article: Article) -> None:
    """As a version left it that knew no task lists."""
    for revision in (article.current_revision, article.published_revision):
        if revision is not None:
            revision.html = OLD
            revision.sections = [["steps", "Steps", "[x] Save the file"]]
    session.commit()


def run(app: Flask, session: Session):
    session.rollback()
    answer = app.test_cli_runner().invoke(args=["articles", "render"])
    session.expire_all()
    return answer


def test_what_readers_see_and_find_is_rendered_anew(app: Flask, session: Session) -> None:
    article = make_article(session, body=TASKS)
    as_before(session, article)
    version = index_version(session)
    answer = run(app, session)
    assert answer.exit_code == 0
    assert "1 texts look different now, 0 the same" in answer.output
    found = queries.find_published(session, ANYBODY, "en", article.slug)
    assert '<input type="checkbox"' in found.html
    assert article.published_revision.sections[-1][2] == "Save the file"
    assert article.published_revision.body == TASKS
    assert article.published_revision.number == 1
    assert index_version(session) == version + 1
    assert "0 texts look different now, 1 the same" in run(app, session).output
    assert index_version(session) == version + 1


def test_drafts_are_too_without_a_word_to_readers(app: Flask, session: Session) -> None:
    editor = make_actor(session, Role.EDITOR)
    article = make_article(session, body="As it was.", actor=editor)
    service.save_revision(
        session,
        actor=editor,
        article_id=article.id,
        text=ArticleText("Reset", body=TASKS),
        expected=1,
        now=NOW,
    )
    article.current_revision.html = OLD
    session.commit()
    version = index_version(session)
    assert "1 texts look different now, 1 the same" in run(app, session).output
    assert "<input" in article.current_revision.html
    assert index_version(session) == version


def test_what_cannot_be_rendered_keeps_what_it_had_and_is_named(
    app: Flask, session: Session
) -> None:
    article = make_article(session, slug="brackets")
    article.published_revision.body = "Fine.\n\n" + "[" * 5000
    as_before(session, article)
    answer = run(app, session)
    assert answer.exit_code == 1
    assert "Left as it is: /en/articles/brackets" in answer.output
    assert article.published_revision.html == OLD
