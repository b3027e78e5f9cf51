"""The front door without a language: on to the reader's own."""

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from app.web.access import Access, access
from app.web.locale import interface_locale

blueprint = Blueprint("root", __name__)


@blueprint.get("/")
@access(Access.PUBLIC)
def front_door() -> Response:
    """Send the reader to the help centre in their language."""
    return redirect(url_for("help_home.home", lang=interface_locale()))
