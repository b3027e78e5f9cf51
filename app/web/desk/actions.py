"""What is done with a ticket besides writing: claim, hand over, move, resolve, reopen."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.errors import N_, ConflictError, InvalidError
from app.tickets import handling, queries, resolving
from app.tickets.loading import MeanwhileError
from app.tickets.models import TicketState
from app.web.access import Access, access
from app.web.desk.context import nearest
from app.web.desk.page import get_ticket, what_is_new
from app.web.desk.ticket import page_of
from app.web.errors import say
from app.web.forms import whole_number
from app.web.request_context import current_actor, db, looking, now, settings

blueprint = Blueprint("desk_actions", __name__, url_prefix="/desk/tickets")


@blueprint.post("/<reference>/claim")
@access(Access.TICKETS)
def claim(reference: str) -> Response:
    """Take a ticket that nobody has."""
    return _do(
        reference,
        lambda number: handling.claim(db(), actor=current_actor(), ticket_id=number, now=now()),
        _("The ticket is yours."),
    )


@blueprint.post("/<reference>/assign")
@access(Access.TICKETS)
def assign(reference: str) -> Response:
    """Give the ticket to somebody, or back to the queue."""
    assignee = request.form.get("assignee", type=whole_number)
    return _do(
        reference,
        lambda number: handling.assign(
            db(),
            actor=current_actor(),
            ticket_id=number,
            assignee_id=assignee,
            expected_id=request.form.get("had", type=whole_number),
            check="had" in request.form,
            now=now(),
        ),
        _("The ticket was handed over.") if assignee else _("Nobody has the ticket now."),
    )


@blueprint.post("/<reference>/move")
@access(Access.TICKETS)
def move(reference: str) -> Response:
    """Put the ticket into another queue, perhaps one that this agent does not work."""
    _do(
        reference,
        lambda number: handling.move(
            db(),
            actor=current_actor(),
            ticket_id=number,
            queue_id=request.form.get("queue", 0, type=whole_number),
            now=now(),
        ),
        _("The ticket was moved."),
    )
    return redirect(url_for("desk_queue.queue", view=request.values.get("view")), 303)


@blueprint.post("/<reference>/state")
@access(Access.TICKETS)
def state(reference: str) -> Response:
    """Say whose turn it is, or reopen."""

    def choose(number: int) -> None:
        chosen = request.form.get("state", "")
        if chosen not in set(TicketState):
            raise InvalidError("state", N_("Choose a state of the list."))
        handling.set_state(
            db(),
            actor=current_actor(),
            ticket_id=number,
            state=TicketState(chosen),
            seen=_seen(),
            settings=settings(),
            now=now(),
        )

    return _do(reference, choose)


@blueprint.post("/<reference>/resolve")
@access(Access.TICKETS)
def resolve(reference: str) -> Response:
    """Resolve by an article (`article`: its id), or with nothing to document."""
    nothing = request.form.get("how") == "nothing"

    def choose(number: int) -> None:
        if nothing:
            resolving.resolve_with_nothing(
                db(),
                actor=current_actor(),
                ticket_id=number,
                seen=_seen(),
                settings=settings(),
                now=now(),
            )
            return
        resolving.resolve_by_article(
            db(),
            actor=current_actor(),
            ticket_id=number,
            article_id=request.form.get("article", type=whole_number),
            seen=_seen(),
            settings=settings(),
            now=now(),
        )

    said = _("The ticket is resolved, and these words lead to the article from now on.")
    return _do(reference, choose, _("The ticket is resolved.") if nothing else said)


@blueprint.post("/<reference>/article")
@access(Access.TICKETS)
def draft_article(reference: str) -> Response:
    """Resolve by beginning the article that was missing, and go on to its editor."""
    with looking() as reading:
        ticket = get_ticket(reading, reference)
        like = nearest(reading, ticket)
    try:
        article = resolving.resolve_by_writing(
            db(),
            actor=current_actor(),
            ticket_id=ticket.id,
            seen=_seen(),
            like_article_id=like,
            settings=settings(),
            now=now(),
        )
    except ConflictError as error:
        _refuse(reference, error)
        return redirect(page_of(reference), 303)
    flash(
        _("The draft begins with the customer’s words and your answer. Make it yours."), "success"
    )
    return redirect(url_for("studio_editor.edit", article_id=article.id), 303)


def _do(reference: str, deed: Callable[[int], object], said: str = "") -> Response:
    """Do it and go back to the ticket; who came too late is told, and nothing is overwritten."""
    number = _id(reference)
    try:
        deed(number)
    except (ConflictError, InvalidError) as error:
        _refuse(reference, error)
    else:
        if said:
            flash(said, "success")
    return redirect(page_of(reference), 303)


def _refuse(reference: str, error: ConflictError | InvalidError) -> None:
    """Say why nothing was done and, when the ticket changed meanwhile, who did what."""
    words = [say(error)]
    if isinstance(error, MeanwhileError):
        db().rollback()
        with looking() as reading:
            ticket = get_ticket(reading, reference)
            entries = queries.conversation(reading, ticket.id, staff=True)
            words += what_is_new(ticket, entries, _seen())
    flash(" ".join(words), "warning")


def _id(reference: str) -> int:
    with looking() as reading:
        return get_ticket(reading, reference).id


def _seen() -> int | None:
    return request.form.get("seen", type=whole_number)
