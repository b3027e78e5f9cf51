"""How tickets are spoken of: states, kinds, what happened, and where one stands."""

from datetime import timedelta

from flask import Flask
from flask_babel import format_date, format_number
from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _nl

from app.tickets.attachment_types import PREVIEWED
from app.tickets.customer_text import customer_html
from app.tickets.desk_queries import TicketRow
from app.tickets.models import Resolution, Ticket, TicketKind, TicketState
from app.tickets.references import link_secret, private_link
from app.tickets.rules import OURS
from app.tickets.service_level import ServiceLevel
from app.web.locale import weekday_time
from app.web.request_context import now, settings
from app.web.ticket_events import event_sentence

STATES = {
    TicketState.NEW: _l("New"),
    TicketState.OPEN: _l("Open"),
    TicketState.WAITING: _l("Waiting"),
    TicketState.RESOLVED: _l("Resolved"),
}
STATES_FOR_CUSTOMERS = {**STATES, TicketState.WAITING: _l("Waiting for you")}
KINDS = {
    TicketKind.QUESTION: _l("Question"),
    TicketKind.PROBLEM: _l("Problem"),
    TicketKind.REQUEST: _l("Request"),
}
RESOLUTIONS = {
    Resolution.ARTICLE: _l("An article solved it"),
    Resolution.DRAFTED: _l("An article is written from it"),
    Resolution.NOTHING: _l("Nothing to document"),
    Resolution.CUSTOMER: _l("The customer said that it is solved"),
}
_NOT_OUR_TURN = {
    (TicketState.WAITING, False): _l(
        "We have answered: it is your turn. Write below if something is missing."
    ),
    (TicketState.RESOLVED, True): _l("You told us that it is solved. If it comes back, reopen it."),
    (TicketState.RESOLVED, False): _l(
        "We consider it resolved. If it is not, reopen it and say what still fails."
    ),
}
"""By state, and whether the customer said that it is solved."""
_OUR_TURN = {
    TicketState.NEW: _l("It is with us. A person reads it; you will hear from us by %(due)s."),
    TicketState.OPEN: _l("We are working on it. You will hear from us by %(due)s."),
}
_LATE = _l("We promised to write by %(due)s and are late. Your question is still in our queue.")
SOON = timedelta(hours=1)
"""Business time left from which on a ticket is marked."""
_KILOBYTE = 1000


def state_word(state: TicketState) -> str:
    """A state as the desk calls it."""
    return str(STATES[state])


def state_for_customers(state: TicketState) -> str:
    """A state as customers read it."""
    return str(STATES_FOR_CUSTOMERS[state])


def where_it_stands(ticket: Ticket) -> str:
    """Where a ticket stands and what happens next, for its customer, in one or two sentences."""
    if ticket.state not in OURS:
        return str(_NOT_OUR_TURN[ticket.state, ticket.resolution is Resolution.CUSTOMER])
    due = ticket.answer_due_at
    if due is None:
        return str(_l("It is with us; a person will write to you."))
    words = _OUR_TURN[ticket.state] if due >= now() else _LATE
    return str(words) % {"due": weekday_time(due)}


def time_left(ticket: Ticket | TicketRow) -> tuple[str, str]:
    """How urgent a ticket (or its row) is: its tone (late, soon, calm, none) and the words.

    No words once it is resolved.
    """
    if ticket.state is TicketState.RESOLVED:
        return "none", ""
    due = ticket.answer_due_at
    if ticket.state not in OURS or due is None:
        return "none", str(_l("Customer’s turn"))
    level = ServiceLevel.from_settings(settings())
    left = level.left(now(), due)
    if due < now():
        return "late", str(_l("%(time)s late")) % {"time": business_span(-left, level)}
    tone = "soon" if left <= SOON else "calm"
    return tone, str(_l("%(time)s left")) % {"time": business_span(left, level)}


def business_span(span: timedelta, level: ServiceLevel) -> str:
    """A length of business time: "40 min", "5 h 20 min", "3 working days"."""
    minutes = int(span.total_seconds() // 60)
    day = (level.closes.hour - level.opens.hour) * 60 + level.closes.minute - level.opens.minute
    if minutes >= 2 * day:
        return str(_nl("%(num)s working day", "%(num)s working days", minutes // day))
    hours, minutes = divmod(minutes, 60)
    words = _l("%(hours)s h %(minutes)s min")
    if not hours:
        words = _l("%(minutes)s min")
    elif not minutes or hours >= 5:  # noqa: PLR2004 - nobody plans by the minute that far ahead
        words = _l("%(hours)s h")
    return str(words) % {"hours": hours, "minutes": minutes}


def file_size(size: int) -> str:
    """A file's size: "340 KB", "1.2 MB"."""
    if size < _KILOBYTE**2:
        return str(_l("%(size)s KB")) % {"size": format_number(max(1, round(size / _KILOBYTE)))}
    return str(_l("%(size)s MB")) % {"size": format_number(round(size / _KILOBYTE**2, 1))}


def open_time(seconds: float) -> str:
    """For how long an article was open: "40 s", "3 min"."""
    if seconds < 90:  # noqa: PLR2004 - a minute and a half
        return str(_l("%(seconds)s s")) % {"seconds": round(seconds)}
    return str(_l("%(minutes)s min")) % {"minutes": round(seconds / 60)}


def ticket_link(reference: str, locale: str) -> str:
    """The private link of a ticket, for mail."""
    secret = link_secret(settings().key(), reference)
    return private_link(settings().public_url, locale, secret)


def install(app: Flask) -> None:
    """Give these words to the templates."""
    app.jinja_env.filters.update(
        state_word=state_word,
        state_for_customers=state_for_customers,
        customer_html=customer_html,
        file_size=file_size,
        open_time=open_time,
    )
    app.jinja_env.globals.update(
        ticket_link=ticket_link,
        where_it_stands=where_it_stands,
        event_sentence=event_sentence,
        time_left=time_left,
        TICKET_KINDS=KINDS,
        RESOLUTIONS=RESOLUTIONS,
        PREVIEWED=PREVIEWED,
        format_day=format_date,
    )
