"""The three panes of a ticket: the queue, the ticket, and what lies beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.deflection.queries import find_packet
from app.errors import ForbiddenError, NotFoundError
from app.knowledge.cards import ArticleCard
from app.knowledge.queries import published_by_ids
from app.tickets import desk_queries, policy, queries
from app.tickets.desk_queries import QueueFilter, View
from app.tickets.models import LinkKind, MessageKind, Ticket, TicketState
from app.tickets.queries import Entry
from app.tickets.rules import OURS
from app.web.attachments import waiting_files
from app.web.desk import context
from app.web.desk.composer import ComposerForm, insertion
from app.web.request_context import current_actor
from app.web.ticket_events import event_sentence

STRIP = 15


@dataclass(frozen=True, slots=True)
class Shown:
    """What the last request adds to the page: a refusal, a preview, a search."""

    warning: str = ""
    rejected: list[ArticleCard] = field(default_factory=list)
    preview: str = ""
    files_error: str = ""


def get_ticket(reading: Session, reference: str) -> Ticket:
    """The ticket, for an agent who works it.

    Raises NotFoundError when they may not know of it, ForbiddenError when it is theirs only as a
    customer.
    """
    actor = current_actor()
    ticket = queries.find_by_reference(reading, reference)
    if ticket is None or not policy.may_see(actor, ticket):
        raise NotFoundError(f"no ticket {reference} for this person")
    if not policy.may_work(actor, ticket):
        raise ForbiddenError("this person does not work the ticket's queue")
    return ticket


def form_id(ticket: Ticket) -> str:
    """Under which files wait for what an agent writes in a ticket."""
    return f"desk {ticket.reference}"


def ticket_page(
    reading: Session, ticket: Ticket, form: ComposerForm, shown: Shown | None = None
) -> str:
    """The page, in a fixed number of SQL statements."""
    actor = current_actor()
    entries = queries.conversation(reading, ticket.id, staff=True)
    first_words = entries[0].message.body
    news = what_is_new(ticket, entries, form.last_seen)
    form.seen.data = str(entries[-1].message.id)
    links = queries.linked_articles(reading, ticket.id)
    packet = find_packet(reading, actor, ticket.attempt_id)
    rejected = packet.rejected_ids if packet else frozenset()
    wanted = strip_filter()
    strip = desk_queries.queue_strip(reading, actor, wanted, limit=STRIP)
    drafted = [link.article_id for link in links if link.kind is LinkKind.DRAFTED]
    solved_by = published_by_ids(reading, actor, [ticket.solved_by_article_id or 0])
    return render_template(
        "desk/ticket.html",
        ticket=ticket,
        entries=entries,
        form=form,
        form_id=form_id(ticket),
        files=waiting_files(form_id(ticket)),
        shown=shown or Shown(),
        news=news,
        insertion=insertion,
        packet=packet,
        inserted=context.offers(reading, ticket, queries.inserted_ids(links), rejected=rejected),
        suggested=context.suggested(reading, ticket, first_words, rejected=rejected),
        found=context.found(reading, ticket, form.find.data or "", rejected=rejected),
        similar=context.similar(reading, ticket, first_words),
        others=desk_queries.other_tickets(reading, actor, ticket),
        drafted_id=drafted[-1] if drafted else None,
        solved_by=next(iter(solved_by.values()), None),
        strip=strip,
        wanted=wanted,
        neighbours=_neighbours(ticket, strip),
        workers=desk_queries.workers(reading, ticket.queue_id),
        queues=desk_queries.all_queues(reading),
        is_mine=ticket.assignee_id == actor.user_id,
        is_ours=ticket.state in OURS,
        resolved=ticket.state is TicketState.RESOLVED,
    )


def what_is_new(ticket: Ticket, entries: Sequence[Entry], seen: int | None) -> list[str]:
    """Who did what after the entry with the id `seen`, in sentences; None for no page."""
    return [_tell(ticket, entry) for entry in entries if seen and entry.message.id > seen]


def _tell(ticket: Ticket, entry: Entry) -> str:
    message = entry.message
    customer = ticket.requester_name or ticket.requester_email
    author = message.author.name if message.author else customer
    if entry.event is not None:
        return event_sentence(entry.event, author)
    if message.from_customer:
        return str(_("The customer, %(name)s, wrote again.", name=customer))
    if message.kind is MessageKind.NOTE:
        return str(_("%(name)s wrote an internal note.", name=author))
    return str(_("%(name)s replied to the customer.", name=author))


def strip_filter() -> QueueFilter:
    """The view that the agent came from, for the pane on the left."""
    view = request.values.get("view", "")
    return QueueFilter(view=View(view) if view in set(View) else View.UNASSIGNED)


def _neighbours(
    ticket: Ticket, strip: tuple[desk_queries.TicketRow, ...]
) -> tuple[str | None, str | None]:
    """References of the tickets before and after this one in the queue."""
    references = [row.reference for row in strip]
    if ticket.reference not in references:
        return None, references[0] if references else None
    place = references.index(ticket.reference)
    before = references[place - 1] if place else None
    after = references[place + 1] if place + 1 < len(references) else None
    return before, after
