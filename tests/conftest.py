"""The parts that every test may ask for: a real database, the product, a client.

The suite runs on SQLite, or on the PostgreSQL cluster that TEST_DATABASE_URL names.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.orm import Session

from app import migrate
from app.db.database import Database
from app.factory import create_app
from app.settings import Settings

CLUSTER = os.environ.get("TEST_DATABASE_URL", "")


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database: a file to copy, or this worker's own PostgreSQL database."""
    if not CLUSTER:
        path = tmp_path_factory.mktemp("schema") / "empty.sqlite3"
        database = Database(f"sqlite:///{path}")
        migrate.upgrade(database)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.dispose()
        yield str(path)
        return
    name = f"antesala_{uuid.uuid4().hex[:12]}"
    cluster = create_engine(CLUSTER, isolation_level="AUTOCOMMIT")
    with cluster.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    url = make_url(CLUSTER).set(database=name).render_as_string(hide_password=False)
    database = Database(url)
    migrate.upgrade(database)
    database.dispose()
    yield url
    with cluster.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    cluster.dispose()


def empty_database(migrated: str, folder: Path) -> str:
    """The address of an empty, migrated database: a copy in the folder, or the cleared one."""
    if not CLUSTER:
        path = folder / "antesala.sqlite3"
        shutil.copyfile(migrated, path)
        return f"sqlite:///{path}"
    engine = create_engine(migrated)
    tables = ", ".join(f'"{name}"' for name in migrate.SCHEMA.tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    engine.dispose()
    return migrated


def settings_for(database_url: str, folder: Path) -> Settings:
    """Settings of a product under test: no rate limits, mail into a folder, demo mode off."""
    return Settings(
        _env_file=None,
        data=folder / "var",
        database_url=database_url,
        base_url="http://localhost",
        secret_key="only for tests",
        rate_limits="off",
        semantic="off",
        mail_from="help@example.org",
    )


@pytest.fixture
def database_url(migrated_database: str, tmp_path: Path) -> str:
    """The address of an empty database that belongs to this test alone."""
    return empty_database(migrated_database, tmp_path)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of the product under test; a module may change them in a fixture of this name."""
    return settings_for(database_url, tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The product."""
    product = create_app(settings)
    product.testing = True
    yield product
    product.extensions["antesala"].database.dispose()


@pytest.fixture
def database(app: Flask) -> Database:
    """The product's database."""
    found: Database = app.extensions["antesala"].database
    return found


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session for arranging and looking.

    Commit what the product shall see, and before the product writes: nothing else lets it see
    or change what this session holds.
    """
    with database.reading() as opened:
        yield opened


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript, signed out."""
    return app.test_client()
