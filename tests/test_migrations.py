"""The schema: in step with the models, and safe to bring up from two processes at once."""

import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url, text

from app import migrate
from app.db.database import Database
from tests.conftest import CLUSTER

ROOT = Path(__file__).parent.parent


def empty_address(folder: Path) -> str:
    """A database without any table."""
    if not CLUSTER:
        return f"sqlite:///{folder / 'new.sqlite3'}"
    name = f"antesala_new_{os.getpid()}"
    cluster = create_engine(CLUSTER, isolation_level="AUTOCOMMIT")
    with cluster.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    cluster.dispose()
    return make_url(CLUSTER).set(database=name).render_as_string(hide_password=False)


def test_models_and_migrations_are_in_step(database_url: str) -> None:
    database = Database(database_url)
    assert migrate.pending_changes(database) == []
    database.dispose()


def test_upgrading_twice_and_from_several_processes_at_once(tmp_path: Path) -> None:
    address = empty_address(tmp_path)
    environment = {**os.environ, "DATABASE_URL": address, "ANTESALA_DATA": str(tmp_path / "var")}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "db", "upgrade"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
        for _process in range(3)
    ]
    errors = [process.communicate(timeout=60)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    again = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert "up to date" in again.stdout.decode()
    engine = create_engine(address)
    assert set(migrate.SCHEMA.tables) <= set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
    engine.dispose()


def test_sqlite_is_durable_and_holds_references(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'pragmas.sqlite3'}")
    with database.reading() as session:
        settings = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    database.dispose()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }
