"""How a ticket goes on: whose turn it is after each thing that somebody does.

    new ──answer──► waiting ──the customer writes──► open ──answer──► waiting …
     └──────┴──────────────┴── solved ──► resolved ──reopened, or the customer writes──► open

*New* and *open* are our turn, and a clock runs; *waiting* is the customer's; *resolved* nobody's.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from app.errors import N_, ConflictError
from app.tickets.models import Resolution, TicketState

OURS = frozenset({TicketState.NEW, TicketState.OPEN})
"""States in which the customer waits for us."""
AFTER_REPLY = (TicketState.WAITING, TicketState.OPEN, TicketState.RESOLVED)
"""States that an agent may choose for the moment after a public reply."""


class EventCode(StrEnum):
    """What happened, as the conversation tells it. Those of `PUBLIC_EVENTS` customers see."""

    CLAIMED = "claimed"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    MOVED = "moved"
    STATE = "state"
    RESOLVED = "resolved"
    DOCUMENTED = "documented"
    SOLVED_BY_CUSTOMER = "solved_by_customer"
    REOPENED = "reopened"
    REOPENED_BY_CUSTOMER = "reopened_by_customer"
    PUBLISHED = "published"


PUBLIC_EVENTS = frozenset(
    {
        EventCode.RESOLVED,
        EventCode.SOLVED_BY_CUSTOMER,
        EventCode.REOPENED,
        EventCode.REOPENED_BY_CUSTOMER,
        EventCode.PUBLISHED,
    }
)

STANDING_EVENTS = frozenset(
    {
        EventCode.STATE,
        EventCode.RESOLVED,
        EventCode.DOCUMENTED,
        EventCode.SOLVED_BY_CUSTOMER,
        EventCode.REOPENED,
        EventCode.REOPENED_BY_CUSTOMER,
    }
)
"""After these a ticket stands in another state, or was solved in another way."""


class Clock(StrEnum):
    """What happens to the time by which the customer hears from us."""

    KEEP = "keep"
    START = "start"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Status:
    """Where a ticket stands. `solved_by` is the id of the article that solved it."""

    state: TicketState
    resolution: Resolution | None = None
    solved_by: int | None = None
    reopened_count: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What a deed comes to: the new status, what the conversation tells of it, and the clock."""

    status: Status
    event: EventCode | None = None
    clock: Clock = Clock.KEEP


def after_agent_reply(status: Status, then: TicketState) -> Step:
    """An agent has answered in public and says whose turn it is now.

    `open` means that something is still owed: the customer is to hear from us again. A reply to
    a resolved ticket leaves it resolved when `then` says so, and takes it up again otherwise.
    Raises ConflictError when `then` is `new`.
    """
    match then:
        case TicketState.WAITING:
            step = Step(_taken_up(status, then), clock=Clock.STOP)
        case TicketState.OPEN:
            step = Step(_taken_up(status, then), clock=Clock.START)
        case TicketState.RESOLVED:
            step = Step(replace(status, state=then), EventCode.RESOLVED, Clock.STOP)
        case _:
            raise ConflictError(N_("A ticket that was answered cannot be new again."))
    if status.state is TicketState.RESOLVED:
        reopens = then is not TicketState.RESOLVED
        return replace(step, event=EventCode.REOPENED if reopens else None)
    return step


def after_state_choice(status: Status, then: TicketState) -> Step:
    """An agent sets the state without a word to the customer.

    A resolved ticket is reopened by it. Raises ConflictError for `new`, and for `resolved`, which
    needs a resolution.
    """
    if then in {TicketState.NEW, TicketState.RESOLVED}:
        raise ConflictError(N_("Choose open or waiting; to resolve, say how it was solved."))
    if status.state is then:
        return Step(status)
    if status.state is TicketState.RESOLVED:
        return Step(_taken_up(status, then), EventCode.REOPENED, _clock_of(then))
    return Step(replace(status, state=then), EventCode.STATE, _clock_of(then))


def after_customer_reply(status: Status) -> Step:
    """The customer has written: it is our turn, and a resolved ticket is open again."""
    match status.state:
        case TicketState.NEW | TicketState.OPEN:
            return Step(status)
        case TicketState.WAITING:
            return Step(replace(status, state=TicketState.OPEN), clock=Clock.START)
        case TicketState.RESOLVED:
            return after_reopening(status, by_customer=True)


def after_reopening(status: Status, *, by_customer: bool) -> Step:
    """Somebody opens a resolved ticket again; nothing happens to any other."""
    if status.state is not TicketState.RESOLVED:
        return Step(status)
    event = EventCode.REOPENED_BY_CUSTOMER if by_customer else EventCode.REOPENED
    return Step(_taken_up(status, TicketState.OPEN), event, Clock.START)


def after_customer_solved(status: Status, article: int | None = None) -> Step:
    """The customer says that it is solved, and perhaps by which article."""
    if status.state is TicketState.RESOLVED:
        return Step(status)
    solved = replace(
        status, state=TicketState.RESOLVED, resolution=Resolution.CUSTOMER, solved_by=article
    )
    return Step(solved, EventCode.SOLVED_BY_CUSTOMER, Clock.STOP)


def after_resolution(status: Status, resolution: Resolution, article: int | None = None) -> Step:
    """An agent says how it was solved; of a resolved ticket that only completes the record.

    Raises ConflictError when the article is missing that the resolution tells of.
    """
    if resolution in {Resolution.ARTICLE, Resolution.DRAFTED} and article is None:
        raise ConflictError(N_("Choose the article that solved it."))
    solved = replace(
        status,
        state=TicketState.RESOLVED,
        resolution=resolution,
        solved_by=None if resolution is Resolution.NOTHING else article,
    )
    if status.state is TicketState.RESOLVED:
        return Step(solved, EventCode.DOCUMENTED if solved != status else None)
    return Step(solved, EventCode.RESOLVED, Clock.STOP)


def _taken_up(status: Status, then: TicketState) -> Status:
    """The status with this state; a resolution that did not hold is forgotten."""
    if status.state is not TicketState.RESOLVED:
        return replace(status, state=then)
    return Status(then, reopened_count=status.reopened_count + 1)


def _clock_of(state: TicketState) -> Clock:
    return Clock.START if state in OURS else Clock.STOP
