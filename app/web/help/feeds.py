"""What programs read of the help centre: feeds, the sitemap, robots.txt.

All of it is what anybody may read, whoever asks.
"""

import re
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, abort, make_response, render_template, request

from app.accounts.actor import ANYBODY
from app.knowledge import queries
from app.web.access import Access, access
from app.web.forms import whole_number
from app.web.locale import content_locale
from app.web.request_context import db, now, settings

blueprint = Blueprint("feeds", __name__)

_PER_SITEMAP = queries.MAX_SITEMAP_ITEMS
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@blueprint.get("/<any(en, es):lang>/feed.atom")
@access(Access.PUBLIC)
def atom() -> Response:
    """The latest published articles in a language (RFC 4287)."""
    items = queries.feed_items(db(), ANYBODY, content_locale())
    updated = max((item.updated_at for item in items), default=now())
    body = render_template(
        "feeds/atom.xml",
        items=items,
        locale=content_locale(),
        updated=updated,
        entry_id=lambda number: uuid5(NAMESPACE_URL, f"{settings().public_url}/#{number}").urn,
    )
    return _fresh(body, "application/atom+xml")


@blueprint.get("/sitemap.xml")
@access(Access.PUBLIC)
def sitemap() -> Response:
    """Every public address; with more than 50,000 articles, the list of the files of them."""
    page = request.args.get("page", type=whole_number)
    pages = -(-queries.count_published(db(), ANYBODY) // _PER_SITEMAP)
    if page is None and pages > 1:
        body = render_template("feeds/sitemap_index.xml", pages=range(1, pages + 1))
        return _fresh(body, "application/xml")
    if page is not None and not 1 <= page <= pages:
        abort(404)
    items = queries.sitemap_items(db(), ANYBODY, page=page or 1)
    body = render_template("feeds/sitemap.xml", items=items, first=page in {None, 1})
    return _fresh(body, "application/xml")


@blueprint.get("/robots.txt")
@access(Access.PUBLIC)
def robots() -> Response:
    """What search engines may visit."""
    return _fresh(render_template("feeds/robots.txt"), "text/plain")


def _fresh(body: str, content_type: str) -> Response:
    """A response that may be kept but is asked about each time: what is withdrawn goes at once."""
    response = make_response(_NOT_IN_XML.sub("", body))
    response.content_type = f"{content_type}; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
