"""Bring a database to the schema of this code; safe to run twice and from two processes."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from app.accounts import models as accounts
from app.db import models as infrastructure
from app.db.base import Base
from app.db.database import Database
from app.deflection import models as deflection
from app.knowledge import models as knowledge
from app.reports import models as reports
from app.tickets import models as tickets

TOPICS = (infrastructure, accounts, knowledge, tickets, deflection, reports)
SCHEMA = Base.metadata
_ADVISORY_LOCK = 0x616E7465


def config(connection: Connection) -> Config:
    """Alembic's configuration for this connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "db" / "migrations"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    settings.attributes["schema"] = SCHEMA
    return settings


def upgrade(database: Database) -> None:
    """Apply every migration that is missing; another process doing the same is waited for."""
    with _alone(database) as connection:
        command.upgrade(config(connection), "head")
        connection.commit()


def make_revision(database: Database, message: str) -> None:
    """Write a migration for what the models have and the database lacks."""
    with _alone(database) as connection:
        command.revision(config(connection), message, autogenerate=True)


def pending_changes(database: Database) -> list[str]:
    """What the models have and the migrated database lacks; empty when they are in step."""
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, SCHEMA)]


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
            connection.commit()
            try:
                yield connection
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _ADVISORY_LOCK})
                connection.commit()
        return
    lock_path = Path(f"{database.url.database}.migrating")
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with database.engine.connect() as connection:
            yield connection
