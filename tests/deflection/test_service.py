"""What time does to attempts, and what a ticket carries of them, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY, Actor
from app.accounts.models import Role
from app.db.database import Database
from app.deflection import service
from app.deflection.models import Attempt
from app.deflection.queries import find_packet, rejected_articles
from app.deflection.ranking import RankingPolicy
from app.deflection.service import Origin, Typed
from app.deflection.states import Channel, Outcome, Verdict
from app.errors import NotFoundError
from tests.factories_deflection import (
    INVOICE_TROUBLE,
    attempt_of,
    impressions_of,
    indexes_of,
    make_attempt,
    make_library,
    token_of,
)
from tests.factories_knowledge import StatementCount

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
STAFF = Actor(user_id=1, role=Role.ADMIN)


def test_the_sweep_ends_what_was_silent_for_a_day_and_nothing_else(
    app: Flask, database: Database, session: Session
):
    silent = make_attempt(session, app, now=NOW - DAY)
    talking = make_attempt(session, app, now=NOW - DAY + timedelta(seconds=1))
    solved = make_attempt(session, app, now=NOW - 3 * DAY, outcome=Outcome.SOLVED)
    escalated = make_attempt(session, app, now=NOW - 3 * DAY, outcome=Outcome.ESCALATED)
    with database.writing() as writing:
        assert service.sweep_abandoned(writing, now=NOW) == 1
    with database.writing() as writing:
        assert service.sweep_abandoned(writing, now=NOW) == 0, "once"
    assert attempt_of(session, silent.token).outcome is Outcome.ABANDONED
    assert attempt_of(session, silent.token).ended_at == NOW
    assert attempt_of(session, talking.token).outcome is Outcome.OPEN
    assert attempt_of(session, solved.token).outcome is Outcome.SOLVED
    assert attempt_of(session, escalated.token).outcome is Outcome.ESCALATED


def test_the_sweep_waits_for_as_long_as_the_installation_says(
    app: Flask, database: Database, session: Session
):
    make_attempt(session, app, now=NOW - timedelta(hours=3))
    with database.writing() as writing:
        assert service.sweep_abandoned(writing, now=NOW, quiet_for=timedelta(hours=2)) == 1


def suggest(database: Database, app: Flask, token: str, now: datetime = NOW) -> service.Shown:
    with database.writing() as writing:
        return service.suggest(
            writing,
            indexes_of(app).suggestions(),
            origin=Origin(ANYBODY, Channel.WEB, visitor="v" * 64),
            token=token,
            new_token=lambda: token_of(app),
            typed=Typed(**INVOICE_TROUBLE, locale="en"),
            policy=RankingPolicy(),
            now=now,
        )


def test_typing_takes_an_abandoned_attempt_up_again(
    app: Flask, database: Database, session: Session
):
    make_library(app, session)
    token = token_of(app)
    suggest(database, app, token, NOW - 2 * DAY)
    with database.writing() as writing:
        service.sweep_abandoned(writing, now=NOW)
    assert suggest(database, app, token).token == token
    attempt = attempt_of(session, token)
    assert attempt.outcome is Outcome.OPEN
    assert attempt.ended_at is None


def test_a_packet_tells_what_was_shown_opened_and_said_best_first(
    app: Flask, database: Database, session: Session
):
    library = make_library(app, session)
    token = token_of(app)
    suggest(database, app, token)
    later = NOW + timedelta(minutes=5)
    with database.writing() as writing:
        service.record_reading(
            writing, token=token, article_id=library.invoice.id, seconds=0, now=NOW
        )
    with database.writing() as writing:
        service.record_reading(
            writing, token=token, article_id=library.invoice.id, seconds=40.5, now=later
        )
    with database.writing() as writing:
        service.give_verdict(
            writing,
            token=token,
            article_id=library.invoice.id,
            verdict=Verdict.TRIED,
            now=later,
        )
    attempt = attempt_of(session, token)
    with StatementCount(database.engine) as statements:
        packet = find_packet(session, STAFF, attempt.id)
    assert statements.count <= 3
    assert packet is not None
    first = packet.tried[0]
    assert first.article_id == library.invoice.id
    assert first.title == "Invoice PDF shows a blank page"
    assert first.rank == 1
    assert first.score > packet.tried[1].score
    assert first.opened_at == NOW
    assert first.open_seconds == pytest.approx(40.5)
    assert first.verdict is Verdict.TRIED
    assert first.verdict_at == later
    assert first.was_rejected
    assert packet.tried[1].opened_at is None
    assert packet.body == INVOICE_TROUBLE["body"]
    assert rejected_articles(session, attempt.id) == {library.invoice.id}


def test_a_ticket_without_an_attempt_has_no_packet(session: Session):
    assert find_packet(session, STAFF, None) is None
    assert rejected_articles(session, None) == frozenset()


def test_the_same_verdict_again_keeps_its_moment(app: Flask, database: Database, session: Session):
    library = make_library(app, session)
    token = token_of(app)
    suggest(database, app, token)
    for minutes in (1, 2, 3):
        with database.writing() as writing:
            service.give_verdict(
                writing,
                token=token,
                article_id=library.invoice.id,
                verdict=Verdict.SOLVED,
                now=NOW + timedelta(minutes=minutes),
            )
    attempt = attempt_of(session, token)
    assert attempt.solved_at == NOW + timedelta(minutes=1)
    shown = impressions_of(session, attempt)[library.invoice.id]
    assert shown.verdict_at == NOW + timedelta(minutes=1)


def test_who_does_not_have_the_token_changes_nothing(
    app: Flask, database: Database, session: Session
):
    with database.writing() as writing, pytest.raises(NotFoundError):
        service.undo(writing, token=token_of(app), now=NOW)
    assert session.query(Attempt).count() == 0
