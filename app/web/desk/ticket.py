"""A ticket on the desk: reading it, answering it, writing notes."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import InvalidError
from app.tickets import conversation
from app.tickets.loading import MeanwhileError
from app.tickets.models import TicketState
from app.web.access import Access, access
from app.web.attachments import draft_key, keep_files
from app.web.desk import context
from app.web.desk.composer import (
    ComposerForm,
    already_rejected,
    chosen_article,
    insertion,
    with_article,
)
from app.web.desk.page import Shown, form_id, get_ticket, ticket_page
from app.web.errors import say
from app.web.forms import show as show_error
from app.web.forms import written
from app.web.request_context import current_actor, db, looking, now, settings

blueprint = Blueprint("desk_ticket", __name__, url_prefix="/desk/tickets")


@blueprint.get("/<reference>")
@access(Access.TICKETS)
def show(reference: str) -> str:
    """The ticket with everything that helps to answer it."""
    ticket = get_ticket(db(), reference)
    form = ComposerForm(formdata=None)
    form.find.data = request.args.get("find", "")
    return ticket_page(db(), ticket, form)


@blueprint.post("/<reference>/write")
@access(Access.TICKETS)
def write(reference: str) -> Response | str | tuple[str, int]:
    """What the composer's buttons do: send, preview, insert an article, find one."""
    form = ComposerForm()
    action = request.form.get("action", "send")
    with looking() as reading:
        ticket = get_ticket(reading, reference)
        ticket_id, key = ticket.id, draft_key(form_id(ticket))
        rejected = already_rejected(reading, ticket, written(form.body))
    try:
        keep_files(form_id(ticket))
    except InvalidError as error:
        return _again(reference, form, Shown(files_error=say(error))), 422
    if action in {"find", "preview", "attach"} or chosen_article() is not None:
        return _prepared(reference, form, action)
    if rejected and not form.is_note and action != "anyway":
        return _again(reference, form, Shown(rejected=rejected)), 422
    return _sent(reference, ticket_id, form, key)


@blueprint.post("/<reference>/preview")
@access(Access.TICKETS)
def preview(reference: str) -> str | tuple[str, int]:
    """The text as the customer will see it: a fragment for the script."""
    with looking() as reading:
        get_ticket(reading, reference)
    try:
        html = conversation.rendered(request.form.get("body", ""))
    except InvalidError as error:
        return render_template("desk/_preview.html", error=say(error), html=""), 422
    return render_template("desk/_preview.html", error="", html=html)


@blueprint.get("/<reference>/articles")
@access(Access.TICKETS)
def articles(reference: str) -> str:
    """Articles that a search finds: a fragment for the script."""
    ticket = get_ticket(db(), reference)
    found = context.found(db(), ticket, request.args.get("find", ""))
    return render_template("desk/_found.html", ticket=ticket, found=found, insertion=insertion)


def page_of(reference: str) -> str:
    """The ticket's page, with the view that the agent came from."""
    view = request.values.get("view")
    return url_for("desk_ticket.show", reference=reference, view=view)


def _sent(
    reference: str, ticket_id: int, form: ComposerForm, key: str
) -> Response | tuple[str, int]:
    """What was written, kept; or the page once more with what needs attention."""
    if not form.validate_on_submit():
        return _again(reference, form, Shown()), 422
    try:
        _send(ticket_id, form, key)
    except InvalidError as error:
        show_error(error, form)
        return _again(reference, form, Shown()), 422
    except MeanwhileError as error:
        return _again(reference, form, Shown(warning=say(error))), 409
    flash(_("The note is kept.") if form.is_note else _("Your reply is on its way."), "success")
    return redirect(page_of(reference), 303)


def _send(ticket_id: int, form: ComposerForm, key: str) -> None:
    if form.is_note:
        conversation.note(
            db(),
            actor=current_actor(),
            ticket_id=ticket_id,
            body=written(form.body),
            now=now(),
            seen=form.last_seen,
            draft_key=key,
        )
        return
    conversation.reply(
        db(),
        actor=current_actor(),
        ticket_id=ticket_id,
        body=written(form.body),
        then=TicketState(form.then.data),
        settings=settings(),
        now=now(),
        seen=form.last_seen,
        draft_key=key,
    )


def _prepared(reference: str, form: ComposerForm, action: str) -> str | tuple[str, int]:
    """The page with a preview, with an article in the text, or with what a search found."""
    if action == "preview":
        try:
            html = conversation.rendered(written(form.body))
        except InvalidError as error:
            show_error(error, form)
            return _again(reference, form, Shown()), 422
        return _again(reference, form, Shown(preview=html))
    article_id = chosen_article()
    if article_id is not None:
        with looking() as reading:
            offers = context.offers(reading, get_ticket(reading, reference), [article_id])
        if offers:
            form.body.data = with_article(written(form.body), offers[0].card)
    return _again(reference, form, Shown())


def _again(reference: str, form: ComposerForm, shown: Shown) -> str:
    """The page once more, with everything that was typed."""
    db().rollback()
    with looking() as reading:
        return ticket_page(reading, get_ticket(reading, reference), form, shown)
