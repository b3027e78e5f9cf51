"""Images of articles, by the hash of their content."""

from flask import Blueprint, Response, send_file

from app.accounts.actor import ANYBODY
from app.errors import NotFoundError
from app.knowledge import queries
from app.knowledge.files import ArticleFiles
from app.web.access import Access, access
from app.web.request_context import current_actor, db, settings

blueprint = Blueprint("help_assets", __name__, url_prefix="/assets")

_LASTS_SECONDS = 3600


@blueprint.get("/<name>")
@access(Access.PUBLIC)
def show(name: str) -> Response:
    """An image that an article shows which this person may read.

    It may be kept for an hour, since an article may be withdrawn: by anybody when anybody may see
    it, else by the reader's browser alone.
    """
    asset = queries.find_asset(db(), current_actor(), name)
    if asset is None:
        raise NotFoundError(f"no image {name}")
    path = ArticleFiles.under(settings().data).path(asset.sha256).absolute()
    if not path.is_file():
        raise NotFoundError(f"the file of image {name} is missing")
    response = send_file(path, mimetype=asset.content_type, etag=asset.sha256, conditional=True)
    anybody = queries.find_asset(db(), ANYBODY, name) is not None
    who = "public" if anybody else "private"
    response.headers["Cache-Control"] = f"{who}, max-age={_LASTS_SECONDS}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
