"""One database: its engine, and sessions that say whether they will write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session

from app.db.prepared import run

BUSY_TIMEOUT_SECONDS = 30
# SQLite's words for whether a commit waits for the disk. With a write-ahead log, both leave the
# database whole when the power fails.
_DURABLE = "FULL"
_RELAXED = "NORMAL"


class Database:
    """The engine and its sessions.

    A session for writing takes SQLite's write lock when its transaction begins, so that what
    it read cannot have changed when it writes; a session for reading never waits for a writer.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = _sqlite(url) if self.is_sqlite else _postgresql(url)
        self._writing = self.engine.execution_options(writes=True)

    def session(self, *, writes: bool) -> Session:
        """A new session; the caller closes it. Nothing is kept without `commit()`."""
        return Session(self._writing if writes else self.engine, expire_on_commit=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that is rolled back and closed on leaving, unless it was committed."""
        with self.session(writes=True) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reads, closed on leaving."""
        with self.session(writes=False) as session:
            yield session

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def relaxed(session: Session) -> Connection:
    """Begin a session's transaction as one whose commit does not wait for the disk.

    Once committed it is seen by everybody and outlives the process like any other; when the power
    fails, the last of such transactions may be lost, though never one after which a usual one was
    committed, for both databases write one log in order; the worker's sign of life is such a one,
    every ten seconds. Only for what nobody was promised.
    A transaction that has begun already stays as it is.
    """
    if session.in_transaction():
        return session.connection()
    return session.connection(execution_options={"relaxed": True})


def _postgresql(url: str) -> Engine:
    engine = create_engine(
        url, pool_pre_ping=True, pool_size=10, max_overflow=20, hide_parameters=True
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("relaxed", False):
            run(connection, "SET LOCAL synchronous_commit TO OFF")

    return engine


def _sqlite(url: str) -> Engine:
    # Errors go to the log, and what was about to be written is personal.
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: object) -> None:
        # The driver must not begin transactions by itself: see _begin.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={_DURABLE}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_SECONDS * 1000}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        wanted = _RELAXED if options.get("relaxed", False) else _DURABLE
        if connection.info.get("synchronous", _DURABLE) != wanted:
            run(connection, f"PRAGMA synchronous={wanted}")
            connection.info["synchronous"] = wanted
        writes = options.get("writes", False)
        run(connection, "BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
