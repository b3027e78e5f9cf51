"""What could not be delivered: mail, mostly. Try it again, or discard it."""

from flask import Blueprint, Flask, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from werkzeug.wrappers import Response

from app.errors import ConflictError
from app.mail import undelivered
from app.web.access import Access, access
from app.web.errors import say
from app.web.forms import whole_number
from app.web.request_context import current_actor, db, looking, now

blueprint = Blueprint("studio_undelivered", __name__, url_prefix="/studio/undelivered")

NAMES = {
    "address_known": lazy_gettext("Sign-up with an address that has an account"),
    "article_published": lazy_gettext("An article was published"),
    "article_sent_back": lazy_gettext("A draft was sent back"),
    "confirm_email": lazy_gettext("Confirmation of an address"),
    "invitation": lazy_gettext("Invitation"),
    "reset_password": lazy_gettext("Link for a new password"),
    "ticket_received": lazy_gettext("A ticket has arrived"),
    "ticket_replied": lazy_gettext("An answer to a ticket"),
    "ticket_reopened": lazy_gettext("A ticket was reopened"),
    "ticket_resolved": lazy_gettext("A ticket was resolved"),
}
"""What each mail tells, and each side effect that is no mail."""


@blueprint.get("/")
@access(Access.ADMIN)
def index() -> str:
    """What was given up, the latest first."""
    page = request.args.get("page", 1, type=whole_number)
    return render_template(
        "studio/undelivered.html",
        found=undelivered.undelivered(db(), current_actor(), page=page),
        names=NAMES,
        now=now(),
        url_of=lambda number: url_for(".index", page=number),
    )


@blueprint.post("/try-again")
@access(Access.ADMIN)
def try_all_again() -> Response:
    """Deliver everything after all: a mail server was away for days."""
    count = undelivered.try_all_again(db(), actor=current_actor(), now=now())
    flash(
        ngettext("%(num)s is tried again now.", "%(num)s are tried again now.", count),
        "good" if count else "info",
    )
    return redirect(url_for(".index"))


@blueprint.post("/<int:entry_id>/try-again")
@access(Access.ADMIN)
def try_again(entry_id: int) -> Response:
    """Deliver one after all."""
    try:
        undelivered.try_again(db(), actor=current_actor(), entry_id=entry_id, now=now())
    except ConflictError as error:
        flash(say(error), "warning")
    else:
        flash(_("It is tried again now. If it fails for three days, it is back here."), "good")
    return redirect(url_for(".index"))


@blueprint.get("/<int:entry_id>/discard")
@access(Access.ADMIN)
def confirm_discard(entry_id: int) -> str:
    """Ask before it is gone."""
    entry = undelivered.get_undelivered(db(), current_actor(), entry_id)
    return render_template("studio/undelivered_discard.html", entry=entry, names=NAMES)


@blueprint.post("/<int:entry_id>/discard")
@access(Access.ADMIN)
def discard(entry_id: int) -> Response:
    """Forget it."""
    try:
        undelivered.discard(db(), actor=current_actor(), entry_id=entry_id)
    except ConflictError as error:
        flash(say(error), "warning")
    else:
        flash(_("Discarded. Nobody will get it."), "good")
    return redirect(url_for(".index"))


def undelivered_count() -> int:
    """How much waits for an admin's decision, asked for once a request; for the studio's frame."""
    if "undelivered_count" not in g:
        with looking() as reading:
            g.undelivered_count = undelivered.count_undelivered(reading, current_actor())
    return int(g.undelivered_count)


def install(app: Flask) -> None:
    """Give the count to the templates."""
    app.jinja_env.globals.update(undelivered_count=undelivered_count)
