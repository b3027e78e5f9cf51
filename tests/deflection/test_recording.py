"""What is kept of answers: at once, once, and right whoever else writes at that moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY
from app.db.database import Database
from app.deflection import service
from app.deflection.models import Answer, Attempt, Impression
from app.deflection.ranking import RankingPolicy
from app.deflection.service import Handover, Origin, Typed
from app.deflection.states import Arm, Channel, Outcome, Verdict
from app.tickets.drafts import TicketDraft
from tests.factories_deflection import (
    INVOICE_TROUBLE,
    Library,
    attempt_of,
    impressions_of,
    indexes_of,
    make_library,
    product_of,
    token_of,
)
from tests.factories_knowledge import StatementCount
from tests.together import at_once

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AT_ONCE = 6


@pytest.fixture
def library(app: Flask, session: Session) -> Library:
    return make_library(app, session)


@pytest.fixture
def elsewhere(database_url: str, database: Database) -> Iterator[Database]:
    """Another process's connections to the same database."""
    other = Database(database_url)
    yield other
    other.dispose()


def suggest(
    writing: Session, app: Flask, token: str, *, is_new: bool = False, now: datetime = NOW
) -> service.Shown:
    return service.suggest(
        writing,
        indexes_of(app).suggestions(),
        origin=Origin(ANYBODY, Channel.API),
        token=token,
        is_new=is_new,
        new_token=lambda: token_of(app),
        typed=Typed(**INVOICE_TROUBLE, locale="en"),
        policy=RankingPolicy(),
        now=now,
    )


def begin(database: Database, app: Flask) -> str:
    with database.writing() as writing:
        return suggest(writing, app, token_of(app), is_new=True).token


def test_a_token_serves_for_a_verdict_in_another_process_at_once(
    app: Flask, library: Library, database: Database, elsewhere: Database, session: Session
):
    token = begin(database, app)
    with elsewhere.writing() as writing:
        service.give_verdict(
            writing, token=token, article_id=library.invoice.id, verdict=Verdict.SOLVED, now=NOW
        )
    attempt = attempt_of(session, token)
    assert attempt.outcome is Outcome.SOLVED
    assert impressions_of(session, attempt)[library.invoice.id].verdict is Verdict.SOLVED


def test_a_token_serves_for_a_ticket_in_another_process_at_once(
    app: Flask, library: Library, database: Database, elsewhere: Database, session: Session
):
    token = begin(database, app)
    draft = TicketDraft(**INVOICE_TROUBLE, email="ana@example.org")
    with elsewhere.writing() as writing:
        sent = service.send_to_person(
            writing,
            origin=Origin(ANYBODY, Channel.API),
            handover=Handover(draft=draft, token=token, request_id="api 1"),
            new_token=lambda: token_of(app),
            settings=product_of(app).settings,
            now=NOW,
        )
        ticket_attempt = sent.filed.ticket.attempt_id
    attempt = attempt_of(session, token)
    assert attempt.id == ticket_attempt
    assert attempt.outcome is Outcome.ESCALATED
    assert library.invoice.id in impressions_of(session, attempt)


def test_an_attempt_is_begun_with_every_column(
    app: Flask, library: Library, database: Database, session: Session
):
    attempt = attempt_of(session, begin(database, app))
    assert (attempt.arm, attempt.outcome) == (Arm.SHOWN, Outcome.OPEN)
    assert (attempt.feedback, attempt.visitor, attempt.user_id) == ("", None, None)
    assert attempt.created_at == attempt.updated_at == NOW
    shown = impressions_of(session, attempt)[library.invoice.id]
    assert (shown.shown_count, shown.open_seconds, shown.opened_at) == (1, 0, None)
    assert shown.verdict is None


def test_answers_of_one_attempt_at_the_same_moment_are_all_counted(
    app: Flask, library: Library, database: Database, session: Session
):
    token = token_of(app)
    shown = at_once(
        database, *[lambda writing: suggest(writing, app, token) for _ in range(AT_ONCE)]
    )
    assert {each.token for each in shown} == {token}
    attempt = attempt_of(session, token)
    impressions = impressions_of(session, attempt)
    assert impressions[library.invoice.id].shown_count == AT_ONCE
    assert {each.shown_count for each in impressions.values()} == {AT_ONCE}
    assert session.scalar(select(func.count(Answer.id))) == 1, "the same answer"


def test_attempts_begun_at_the_same_moment_are_all_kept(
    app: Flask, library: Library, database: Database, session: Session
):
    shown = at_once(
        database,
        *[
            lambda writing: suggest(writing, app, token_of(app), is_new=True)
            for _ in range(AT_ONCE)
        ],
    )
    tokens = {each.token for each in shown}
    assert len(tokens) == AT_ONCE
    session.rollback()
    assert set(session.scalars(select(Attempt.token))) == tokens
    per_attempt = session.execute(
        select(func.count(Impression.id)).group_by(Impression.attempt_id)
    ).scalars()
    assert set(per_attempt) == {len(shown[0].suggestions)}


def test_typing_after_the_end_begins_another_attempt_and_leaves_the_ended_one(
    app: Flask, library: Library, database: Database, session: Session
):
    token = begin(database, app)
    with database.writing() as writing:
        service.give_verdict(
            writing, token=token, article_id=library.invoice.id, verdict=Verdict.SOLVED, now=NOW
        )
    with database.writing() as writing:
        again = suggest(writing, app, token, now=NOW + timedelta(minutes=1))
    assert again.token != token
    assert not again.repeated
    assert attempt_of(session, token).solved_by_article_id == library.invoice.id
    assert attempt_of(session, again.token).outcome is Outcome.OPEN


def test_answers_take_few_statements(app: Flask, library: Library, database: Database):
    with StatementCount(database.engine) as first:
        token = begin(database, app)
    with database.writing() as writing, StatementCount(database.engine) as second:
        suggest(writing, app, token)
    beside = 0 if database.is_sqlite else 1  # PostgreSQL is told not to wait in a statement
    assert first.count <= 4 + beside
    assert second.count <= 7 + beside
