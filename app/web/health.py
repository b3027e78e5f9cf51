"""Whether the process is up, and whether the product is ready."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db.heartbeat import WORKER, last_beat
from app.db.outbox import index_version
from app.web.access import Access, access
from app.web.request_context import db, now, product

blueprint = Blueprint("health", __name__)
HEARTBEAT_OLD_AFTER = timedelta(seconds=60)


@blueprint.get("/healthz")
@access(Access.PUBLIC)
def healthz() -> Response:
    """The process is up."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@access(Access.PUBLIC)
def readyz() -> tuple[Response, int]:
    """Database, index and worker: each "ok" or the reason why not; 503 unless all are."""
    checks = {"database": _database()}
    if checks["database"] == "ok":
        checks |= {"index": _index(), "worker": _worker()}
    ready = all(state == "ok" for state in checks.values())
    status = 200 if ready else 503
    return jsonify(status="ready" if ready else "not ready", checks=checks), status


def _database() -> str:
    try:
        db().execute(text("SELECT 1"))
        index_version(db())
    except SQLAlchemyError as error:
        return f"the database does not answer: {type(error).__name__}"
    return "ok"


def _index() -> str:
    wanted = index_version(db())
    index = product().indexes.suggestions()
    if index is None:
        return "no index yet: it is built within seconds" if wanted else "ok"
    if index.version < wanted:
        return f"the index is at version {index.version}, the content at {wanted}"
    return "ok"


def _worker() -> str:
    beaten = last_beat(db(), WORKER)
    if beaten is None:
        return "the worker was never seen: start it with the server"
    if now() - beaten > HEARTBEAT_OLD_AFTER:
        return f"the worker was last seen at {beaten.isoformat(timespec='seconds')}"
    return "ok"
