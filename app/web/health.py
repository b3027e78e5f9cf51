"""Whether the process is up, and whether the product is ready."""

from flask import Blueprint, Response, jsonify

from app.web.access import Access, access

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access(Access.PUBLIC)
def healthz() -> Response:
    """The process is up."""
    return jsonify(status="ok")
