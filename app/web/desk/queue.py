"""The queue: which tickets there are, the one with the least time left first."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.tickets import desk_queries
from app.tickets.desk_queries import QueueFilter, View
from app.tickets.models import TicketState
from app.tickets.references import read_reference
from app.web.access import Access, access
from app.web.forms import whole_number
from app.web.request_context import current_actor, db

blueprint = Blueprint("desk_queue", __name__, url_prefix="/desk")


@blueprint.get("/")
@access(Access.TICKETS)
def queue() -> str | Response:
    """The chosen view; a reference that is found leads straight to its ticket."""
    actor, wanted = current_actor(), asked_filter()
    page = desk_queries.queue_page(db(), actor, wanted)
    if read_reference(wanted.words) and page.total == 1:
        return redirect(url_for("desk_ticket.show", reference=page.rows[0].reference))
    return render_template(
        "desk/queue.html",
        wanted=wanted,
        found=page,
        counts=desk_queries.counts(db(), actor, queue_id=wanted.queue_id),
        queues=desk_queries.own_queues(db(), actor),
        views=list(View),
        states=list(TicketState),
        address=lambda **changes: address(wanted, **changes),
    )


def asked_filter() -> QueueFilter:
    """What the address asks for; what is no view, state or number is left out."""
    view, state = request.args.get("view", ""), request.args.get("state", "")
    words = request.args.get("q", "").strip()
    # A search looks everywhere, unless a view was chosen with it.
    otherwise = View.ALL if words else View.UNASSIGNED
    return QueueFilter(
        view=View(view) if view in set(View) else otherwise,
        state=TicketState(state) if state in set(TicketState) else None,
        words=words,
        queue_id=request.args.get("queue", type=whole_number),
        page=request.args.get("page", 1, type=whole_number),
    )


def address(wanted: QueueFilter, **changes: Any) -> str:
    """The address of the queue with something else chosen; back on the first page."""
    chosen = {
        "view": wanted.view.value,
        "state": wanted.state.value if wanted.state else None,
        "q": wanted.words or None,
        "queue": wanted.queue_id,
        **changes,
    }
    return url_for("desk_queue.queue", **chosen)
