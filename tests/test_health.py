"""The process says that it is up; the product says whether it is ready, and why not."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db.database import Database
from app.db.heartbeat import WORKER, beat
from tests.factories_knowledge import make_article


def test_a_running_process_says_so(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ok"}


def test_a_product_without_worker_and_index_says_what_is_missing(
    client: FlaskClient, session: Session
) -> None:
    make_article(session)
    response = client.get("/readyz")
    assert response.status_code == 503
    checks = response.get_json()["checks"]
    assert checks["database"] == "ok"
    assert "no index yet" in checks["index"]
    assert "never seen" in checks["worker"]


def test_a_whole_product_is_ready(app: Flask, client: FlaskClient, session: Session) -> None:
    make_article(session)
    app.extensions["antesala"].indexes.refresh()
    beat(session, WORKER, now=datetime.now(UTC))
    response = client.get("/readyz")
    assert response.get_json() == {
        "status": "ready",
        "checks": {"database": "ok", "index": "ok", "worker": "ok"},
    }


def test_a_silent_worker_is_noticed(client: FlaskClient, session: Session) -> None:
    beat(session, WORKER, now=datetime.now(UTC) - timedelta(minutes=5))
    assert "last seen" in client.get("/readyz").get_json()["checks"]["worker"]


def test_a_database_that_is_away_is_told(client: FlaskClient, database: Database) -> None:
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE index_version")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "does not answer" in response.get_json()["checks"]["database"]
    with database.engine.begin() as connection:
        # The cluster's database is shared by the tests of this process.
        from app.db.models import IndexVersion

        IndexVersion.__table__.create(connection)
