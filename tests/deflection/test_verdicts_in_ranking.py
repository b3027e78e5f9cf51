"""What customers say of suggestions moves the next suggestion: at once, a little, never more."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY
from app.db.database import Database
from app.deflection import service
from app.deflection.models import Attempt, Impression
from app.deflection.ranking import RankingPolicy
from app.deflection.service import Origin, Typed
from app.deflection.states import Channel, Verdict
from app.knowledge.models import Article
from app.knowledge.standing import MOST
from search.suggestions import Draft
from tests.factories_deflection import INVOICE_TROUBLE, indexes_of, make_library, token_of

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PUBLIC = frozenset({"public"})
DRAFT = Draft(INVOICE_TROUBLE["subject"], INVOICE_TROUBLE["body"], "en")


def say(
    database: Database,
    app: Flask,
    verdict: Verdict,
    *,
    visitor: str | None,
    channel: Channel = Channel.WEB,
) -> tuple[str, int]:
    """Somebody types, and says this of the first suggestion; the attempt and the article."""
    token = token_of(app)
    with database.writing() as writing:
        shown = service.suggest(
            writing,
            indexes_of(app).suggestions(),
            origin=Origin(ANYBODY, channel, visitor=visitor),
            token=token,
            new_token=None,
            typed=Typed(**INVOICE_TROUBLE, locale="en"),
            policy=RankingPolicy(),
            now=NOW,
        )
    article = shown.suggestions[0].article.id
    with database.writing() as writing:
        service.give_verdict(writing, token=token, article_id=article, verdict=verdict, now=NOW)
    return token, article


def strangers(session: Session, app: Flask, article: int, count: int) -> list[str]:
    """Attempts of so many people to whom the article was suggested; their tokens."""
    attempts = [
        Attempt(
            token=token_of(app),
            visitor=f"{number:064d}",
            locale="en",
            created_at=NOW,
            updated_at=NOW,
            impressions=[
                Impression(article_id=article, rank=1, score=9.0, confidence=0.9, shown_at=NOW)
            ],
        )
        for number in range(count)
    ]
    session.add_all(attempts)
    tokens = [attempt.token for attempt in attempts]
    session.commit()
    return tokens


def counts(session: Session, article: int) -> tuple[int, int]:
    session.rollback()
    statement = select(Article.worked_count, Article.failed_count).where(Article.id == article)
    worked, failed = session.execute(statement).one()
    return worked, failed


def test_a_person_counts_once_and_what_is_taken_back_does_not(
    app: Flask, database: Database, session: Session
):
    make_library(app, session)
    token, article = say(database, app, Verdict.TRIED, visitor="a" * 64)
    assert counts(session, article) == (0, 1)
    say(database, app, Verdict.TRIED, visitor="a" * 64)
    assert counts(session, article) == (0, 1)
    with database.writing() as writing:
        service.give_verdict(
            writing, token=token, article_id=article, verdict=Verdict.SOLVED, now=NOW
        )
    assert counts(session, article) == (0, 1), "they said something else in another attempt"
    other, _ = say(database, app, Verdict.SOLVED, visitor="b" * 64)
    assert counts(session, article) == (1, 1)
    with database.writing() as writing:
        service.undo(writing, token=other, now=NOW)
    assert counts(session, article) == (0, 1)


def test_somebody_whom_nobody_can_tell_counts_for_nothing(
    app: Flask, database: Database, session: Session
):
    make_library(app, session)
    _, article = say(database, app, Verdict.TRIED, visitor=None, channel=Channel.API)
    assert counts(session, article) == (0, 0)


def test_not_my_problem_is_no_fault_of_the_article(
    app: Flask, database: Database, session: Session
):
    make_library(app, session)
    _, article = say(database, app, Verdict.UNRELATED, visitor="a" * 64)
    assert counts(session, article) == (0, 0)


def test_a_thousand_hostile_verdicts_move_an_article_by_no_more_than_the_bound(
    app: Flask, database: Database, session: Session
):
    make_library(app, session)
    indexes = indexes_of(app)
    before = {
        each.document_id: each.score for each in indexes.suggestions().rank(DRAFT, audiences=PUBLIC)
    }
    _, article = say(database, app, Verdict.TRIED, visitor="a" * 64)
    for token in strangers(session, app, article, 999):
        with database.writing() as writing:
            service.give_verdict(
                writing, token=token, article_id=article, verdict=Verdict.TRIED, now=NOW
            )
    assert counts(session, article) == (0, 1_000)
    indexes.refresh()
    after = {
        each.document_id: each.score for each in indexes.suggestions().rank(DRAFT, audiences=PUBLIC)
    }
    assert after[str(article)] < before[str(article)], "it is heard"
    for document_id, score in after.items():
        assert abs(score - before[document_id]) <= MOST + 1e-6
    assert max(after, key=lambda each: after[each]) == str(article), "and not buried"
