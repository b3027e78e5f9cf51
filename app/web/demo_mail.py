"""The mail that was "sent", readable in demo mode."""

from flask import Blueprint, abort, render_template

from app.mail.folder import find_mail, list_mail
from app.web.access import Access, access
from app.web.request_context import settings

blueprint = Blueprint("demo_mail", __name__, url_prefix="/demo/mail")


@blueprint.before_request
def _only_in_demo_mode() -> None:
    if not settings().demo:
        abort(404)


@blueprint.get("/")
@access(Access.PUBLIC)
def inbox() -> str:
    """Every message, the newest first."""
    return render_template("demo/mail.html", messages=list_mail(settings().data / "mail"))


@blueprint.get("/<name>")
@access(Access.PUBLIC)
def message(name: str) -> str:
    """One message as its recipient reads it."""
    found = find_mail(settings().data / "mail", name)
    if found is None:
        abort(404)
    return render_template("demo/message.html", message=found)
