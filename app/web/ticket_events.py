"""What happened to a ticket, in sentences: one for the desk, and one for its customer."""

from flask_babel import lazy_gettext as _l

from app.tickets.events import Event
from app.tickets.models import Resolution, TicketState
from app.tickets.rules import EventCode

_FOR_THE_DESK = {
    EventCode.CLAIMED: _l("%(name)s took the ticket."),
    EventCode.ASSIGNED: _l("%(name)s gave the ticket to %(to)s."),
    EventCode.UNASSIGNED: _l("%(name)s gave the ticket back to the queue."),
    EventCode.MOVED: _l("%(name)s moved the ticket to %(to)s."),
    EventCode.REOPENED: _l("%(name)s opened the ticket again."),
    EventCode.RESOLVED: _l("%(name)s resolved the ticket."),
    EventCode.DOCUMENTED: _l("%(name)s said how it was solved."),
    EventCode.SOLVED_BY_CUSTOMER: _l("The customer said that it is solved."),
    EventCode.REOPENED_BY_CUSTOMER: _l("The customer opened the ticket again."),
    EventCode.PUBLISHED: _l("The article was published, and the customer is told of it:"),
}
_STATES = {
    TicketState.OPEN: _l("%(name)s set the state to “open”."),
    TicketState.WAITING: _l("%(name)s set the state to “waiting”."),
}
_RESOLUTIONS = {
    Resolution.ARTICLE: _l("%(name)s resolved the ticket by an article: “%(article)s”."),
    Resolution.DRAFTED: _l("%(name)s resolved the ticket and began an article from it."),
    Resolution.NOTHING: _l("%(name)s resolved the ticket; there is nothing to document."),
}
_FOR_CUSTOMERS = {
    EventCode.RESOLVED: _l("We marked the ticket as resolved."),
    EventCode.SOLVED_BY_CUSTOMER: _l("You said that it is solved."),
    EventCode.REOPENED: _l("We opened the ticket again."),
    EventCode.REOPENED_BY_CUSTOMER: _l("You opened the ticket again."),
    EventCode.PUBLISHED: _l("Thanks to your question there is now an article about it:"),
}


def event_sentence(event: Event, author: str, *, for_customer: bool = False) -> str:
    """What an entry of the conversation tells; `author` is who did it."""
    if for_customer:
        return str(_FOR_CUSTOMERS[event.code])
    words = _FOR_THE_DESK.get(event.code)
    if event.code is EventCode.STATE:
        words = _STATES[TicketState(event.names["to"])]
    how = event.names.get("how")
    if how in _RESOLUTIONS:
        words = _RESOLUTIONS[Resolution(how)]
    return str(words) % {"to": "", "article": "", **event.names, "name": author}
