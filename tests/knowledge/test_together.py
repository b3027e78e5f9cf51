"""Editors and readers at the same moment."""

from collections.abc import Callable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY
from app.db.database import Database
from app.db.models import IndexVersion
from app.db.outbox import index_version
from app.knowledge import service
from app.knowledge.models import Article, ArticleVote
from tests.factories_knowledge import NOW, make_actor, make_article
from tests.together import at_once


def test_the_first_publications_of_all_each_raise_the_version(
    database: Database, session: Session
) -> None:
    editor = make_actor(session)
    drafts = [make_article(session, published=False).id for _ in range(4)]
    session.execute(delete(IndexVersion))
    session.commit()

    def publish(article_id: int) -> Callable[[Session], object]:
        return lambda own: service.publish(own, actor=editor, article_id=article_id, now=NOW)

    for each in drafts:
        service.submit(session, actor=editor, article_id=each, now=NOW)
    at_once(database, *(publish(each) for each in drafts))
    assert index_version(session) == len(drafts)


def test_one_reader_has_one_vote_however_often_they_press(
    database: Database, session: Session
) -> None:
    article = make_article(session)
    session.rollback()

    def vote(own: Session) -> object:
        return service.vote(
            own, actor=ANYBODY, article_id=article.id, voter="v" * 64, helpful=True, now=NOW
        )

    at_once(database, *[vote] * 4)
    assert session.scalar(select(func.count(ArticleVote.id))) == 1
    assert session.scalar(select(Article.helpful_count)) == 1
