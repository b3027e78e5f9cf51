"""The front page of the help centre, and the page of a category."""

from flask import Blueprint, render_template

from app.web.access import Access, access

blueprint = Blueprint("help_home", __name__)


@blueprint.get("/")
@access(Access.PUBLIC)
def home() -> str:
    """The front door: search, the shelves, a way to people."""
    return render_template("help/home.html")
