"""A customer's tickets: the list, the conversation, and what can be done about it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import TextAreaField

from app.errors import InvalidError, NotFoundError
from app.knowledge.queries import published_by_ids
from app.tickets import conversation, policy, queries, resolving
from app.tickets.drafts import checked_reply
from app.tickets.models import Ticket, TicketState
from app.web import sessions
from app.web.access import Access, access
from app.web.attachments import draft_key, keep_files, waiting_files
from app.web.errors import say
from app.web.forms import obeys, show, whole_number, written
from app.web.limits import limiter, tickets_limit
from app.web.request_context import (
    current_actor,
    db,
    looking,
    now,
    settings,
)

blueprint = Blueprint("help_tickets", __name__)


class ReplyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """What the customer adds to the conversation."""

    body = TextAreaField(_l("Your reply"), [obeys(checked_reply)])


@blueprint.get("/tickets")
@access(Access.PUBLIC)
def mine() -> str:
    """The person's own tickets: of the account, and those that this browser filed or opened."""
    page = request.args.get("page", 1, type=whole_number)
    return render_template(
        "help/tickets.html", found=queries.own_tickets(db(), current_actor(), page=page)
    )


@blueprint.get("/t/<secret>", endpoint="open")
@access(Access.PUBLIC)
@limiter.limit(tickets_limit)
def open_by_link(secret: str) -> Response:
    """Open a ticket by its private link: from now on this browser may see it."""
    ticket = queries.find_by_secret(db(), secret)
    if ticket is None:
        raise NotFoundError("no ticket with this link")
    sessions.remember_ticket(ticket.id)
    return redirect(url_for("help_tickets.show", reference=ticket.reference))


@blueprint.get("/tickets/<reference>", endpoint="show")
@access(Access.PUBLIC)
def show_ticket(reference: str) -> str | Response:
    """The ticket; its agents are sent to the desk, and strangers learn nothing."""
    actor = current_actor()
    ticket = queries.find_by_reference(db(), reference)
    if ticket is not None and policy.owns(actor, ticket):
        return _page(db(), ticket, ReplyForm(formdata=None))
    if ticket is not None and policy.may_work(actor, ticket):
        return redirect(url_for("desk_ticket.show", reference=ticket.reference))
    if actor.is_signed_in:
        raise NotFoundError(f"no ticket {reference} of this person")
    flash(_("Open this ticket by the link in our e-mails, or sign in first."), "warning")
    return redirect(url_for("help_tickets.mine"))


@blueprint.post("/tickets/<reference>/reply")
@access(Access.PUBLIC)
@limiter.limit(tickets_limit)
def reply(reference: str) -> Response | tuple[str, int]:
    """Add to the conversation."""
    ticket_id = _own_id(reference)
    form = ReplyForm()
    try:
        keep_files(form_id(reference))
    except InvalidError as error:
        return _again(reference, form, files_error=say(error))
    if not form.validate_on_submit():
        return _again(reference, form)
    try:
        conversation.customer_reply(
            db(),
            actor=current_actor(),
            ticket_id=ticket_id,
            body=written(form.body),
            settings=settings(),
            now=now(),
            draft_key=draft_key(form_id(reference)),
        )
    except InvalidError as error:
        show(error, form)
        return _again(reference, form)
    flash(_("We have your reply."), "success")
    return redirect(url_for("help_tickets.show", reference=reference), 303)


@blueprint.post("/tickets/<reference>/solved")
@access(Access.PUBLIC)
@limiter.limit(tickets_limit)
def solved(reference: str) -> Response:
    """The customer says that it is solved, and perhaps what helped."""
    resolving.customer_solved(
        db(),
        actor=current_actor(),
        ticket_id=_own_id(reference),
        article_id=request.form.get("article", type=whole_number),
        settings=settings(),
        now=now(),
    )
    flash(_("Good to hear. The ticket is closed; you can reopen it at any time."), "success")
    return redirect(url_for("help_tickets.show", reference=reference), 303)


@blueprint.post("/tickets/<reference>/reopen")
@access(Access.PUBLIC)
@limiter.limit(tickets_limit)
def reopen(reference: str) -> Response:
    """The customer opens a resolved ticket again."""
    resolving.customer_reopened(
        db(),
        actor=current_actor(),
        ticket_id=_own_id(reference),
        settings=settings(),
        now=now(),
    )
    flash(_("The ticket is open again. Tell us below what happens now."), "success")
    return redirect(url_for("help_tickets.show", reference=reference, _anchor="reply"), 303)


def form_id(reference: str) -> str:
    """Under which files wait for the customer's reply."""
    return f"reply {reference}"


def _own_id(reference: str) -> int:
    with looking() as reading:
        return queries.get_own(reading, current_actor(), reference).id


def _again(reference: str, form: ReplyForm, *, files_error: str = "") -> tuple[str, int]:
    """The page once more, with everything typed and what needs attention."""
    db().rollback()
    with looking() as reading:
        ticket = queries.get_own(reading, current_actor(), reference)
        return _page(reading, ticket, form, files_error=files_error), 422


def _page(reading: Session, ticket: Ticket, form: ReplyForm, *, files_error: str = "") -> str:
    actor = current_actor()
    links = queries.linked_articles(reading, ticket.id)
    wanted = [link.article_id for link in links]
    readable = published_by_ids(reading, actor, wanted)
    sent = [readable[each] for each in queries.inserted_ids(links) if each in readable]
    return render_template(
        "help/ticket.html",
        ticket=ticket,
        entries=queries.conversation(reading, ticket.id),
        form=form,
        form_id=form_id(ticket.reference),
        files=waiting_files(form_id(ticket.reference)),
        files_error=files_error,
        sent_articles=sent,
        solved_by=readable.get(ticket.solved_by_article_id or 0),
        resolved=ticket.state is TicketState.RESOLVED,
    )
