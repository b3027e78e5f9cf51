"""Statements that the driver runs, beside the same ones run in SQLAlchemy's usual way."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.database import Database, relaxed
from app.db.models import Heartbeat, OutboxEntry
from app.db.prepared import Prepared
from tests.factories_knowledge import StatementCount

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OUTBOX = OutboxEntry.__table__
ADD = Prepared(insert(OUTBOX))
PUT_OFF = Prepared(update(OUTBOX).where(OUTBOX.c.id == bindparam("entry")))
FIND = Prepared(
    select(OUTBOX.c.id, OUTBOX.c.payload, OUTBOX.c.available_at, OUTBOX.c.delivered_at)
    .where(OUTBOX.c.kind == bindparam("kind"), OUTBOX.c.attempts == 0)
    .order_by(OUTBOX.c.id)
    .limit(2)
)


def entry(key: str) -> dict[str, object]:
    return {
        "key": key,
        "kind": "mail",
        "payload": {"to": "ana@example.org", "percent": "100 %s"},
        "created_at": NOW,
        "available_at": NOW,
        "attempts": 0,
    }


def test_rows_come_back_in_their_types(database: Database, session: Session):
    with database.writing() as writing:
        added = ADD.add(writing.connection(), entry("one"))
        ADD.write(writing.connection(), [entry("two"), entry("three")])
        writing.commit()
    row = session.get_one(OutboxEntry, added)
    assert (row.key, row.payload, row.available_at) == ("one", entry("one")["payload"], NOW)
    found = FIND.fetch(session.connection(), {"kind": "mail"})
    assert found[0] == (added, entry("one")["payload"], NOW, None)
    assert len(found) == 2, "the limit holds"
    assert FIND.fetch(session.connection(), {"kind": "other"}) == []


def test_an_update_sets_what_its_row_names_and_nothing_else(database: Database, session: Session):
    with database.writing() as writing:
        added = ADD.add(writing.connection(), entry("one"))
        PUT_OFF.write(writing.connection(), [{"entry": added, "attempts": 2}])
        PUT_OFF.write(writing.connection(), [{"entry": added, "last_error": "away"}])
        writing.commit()
    row = session.get_one(OutboxEntry, added)
    assert (row.attempts, row.last_error, row.key) == (2, "away", "one")


def test_what_the_database_refuses_is_the_usual_error_without_the_values(database: Database):
    with database.writing() as writing:
        ADD.add(writing.connection(), entry("one"))
        with pytest.raises(IntegrityError) as refused, writing.begin_nested():
            ADD.add(writing.connection(), entry("one"))
        assert "ana@example.org" not in str(refused.value)
        assert len(FIND.fetch(writing.connection(), {"kind": "mail"})) == 1


def test_whoever_listens_to_statements_hears_of_them(database: Database, session: Session):
    with StatementCount(database.engine) as statements:
        FIND.fetch(session.connection(), {"kind": "mail"})
    assert statements.count == 1


def waits_for_disk(database: Database, session: Session) -> bool:
    """Whether the commit of this session's transaction does."""
    if database.is_sqlite:
        return session.connection().exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    return session.connection().exec_driver_sql("SHOW synchronous_commit").scalar_one() != "off"


def test_a_relaxed_commit_is_seen_at_once_and_the_next_transaction_is_durable(
    database: Database, session: Session
):
    with database.writing() as writing:
        usually = waits_for_disk(database, writing)
        assert usually or not database.is_sqlite, "a cluster for tests may be relaxed itself"
        writing.rollback()
        connection = relaxed(writing)
        assert not waits_for_disk(database, writing)
        Prepared(insert(Heartbeat.__table__)).write(
            connection, [{"name": "somebody", "beaten_at": NOW}]
        )
        writing.commit()
        assert session.get_one(Heartbeat, "somebody").beaten_at == NOW
        assert waits_for_disk(database, writing) is usually
        writing.rollback()
    for _ in range(3):
        with database.writing() as writing:
            assert waits_for_disk(database, writing) is usually


def test_a_transaction_that_has_begun_stays_as_durable_as_it_was(database: Database):
    with database.writing() as writing:
        before = waits_for_disk(database, writing)
        relaxed(writing)
        assert waits_for_disk(database, writing) is before
