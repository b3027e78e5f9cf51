"""Send a draft to a person: the ticket and the end of its attempt in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.deflection import rules
from app.deflection.attempts import (
    begin_attempt,
    find_attempt,
    hold_solutions,
    put_state,
    state_of,
)
from app.deflection.likeness import same_thing
from app.deflection.models import Attempt
from app.deflection.states import Outcome
from app.deflection.suggesting import Origin
from app.settings import Settings
from app.tickets.drafts import TicketDraft
from app.tickets.models import Ticket
from app.tickets.service import Filed, add_ticket

LOOKED_BACK_AT = 20
"""At most so many solved attempts of the same person are compared with a new ticket."""


@dataclass(frozen=True, slots=True)
class Handover:
    """What a person shall get. `token` is that of the attempt, begun already or not.

    A repeat under the same `request_id` gives the same ticket; with other words it is refused.
    """

    draft: TicketDraft
    token: str
    request_id: str
    draft_key: str | None = None
    from_article_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """The ticket that was filed, with the attempt that it carries."""

    filed: Filed
    attempt: Attempt | None


def send_to_person(
    session: Session,
    *,
    origin: Origin,
    handover: Handover,
    new_token: Callable[[], str],
    settings: Settings,
    now: datetime,
) -> Sent:
    """File the ticket and escalate its attempt, in one commit; a repeat gives the same ticket.

    A solved attempt within `settings.failed_within_days` fails by it, and so do the person's
    other solved ones about the same thing. Raises InvalidError for the field `subject`, `body`,
    `email`, `name` or `locale`, and ConflictError for a request id that stands for other words.
    """
    filed = add_ticket(
        session,
        actor=origin.actor,
        draft=handover.draft,
        settings=settings,
        now=now,
        draft_key=handover.draft_key,
        idempotency_key=handover.request_id,
    )
    if filed.repeated:
        session.commit()
        return Sent(filed, None)
    within = timedelta(days=settings.failed_within_days)
    ticket = filed.ticket
    origin = replace(origin, email=ticket.requester_email)
    attempt = _attempt_for(session, ticket, origin, handover, new_token, now=now, within=within)
    _fail_relapses(session, attempt, ticket, origin, now=now, within=within)
    put_state(
        session, attempt, rules.after_ticket(state_of(attempt), now=now, within=within), now=now
    )
    ticket.attempt_id = attempt.id
    session.commit()
    return Sent(filed, attempt)


def _attempt_for(
    session: Session,
    ticket: Ticket,
    origin: Origin,
    handover: Handover,
    new_token: Callable[[], str],
    *,
    now: datetime,
    within: timedelta,
) -> Attempt:
    """The attempt that ends with this ticket, holding the words that were sent."""
    attempt = find_attempt(session, handover.token, change=True)
    if attempt is None or not rules.takes_ticket(state_of(attempt), now=now, within=within):
        attempt = begin_attempt(
            session,
            Attempt(
                token=handover.token if attempt is None else new_token(),
                channel=origin.channel,
                locale=ticket.locale,
                created_at=now,
                updated_at=now,
                impressions=[],
            ),
        )
    attempt.subject = ticket.subject
    attempt.body = rules.kept(handover.draft.body)
    attempt.from_article_id = handover.from_article_id or attempt.from_article_id
    attempt.user_id = origin.actor.user_id or attempt.user_id
    attempt.visitor = origin.visitor or attempt.visitor
    attempt.email = origin.email
    return attempt


def _fail_relapses(
    session: Session,
    attempt: Attempt,
    ticket: Ticket,
    origin: Origin,
    *,
    now: datetime,
    within: timedelta,
) -> None:
    """Mark what the same person lately called solved and now asks a person about as failed."""
    told: list[ColumnElement[bool]] = [Attempt.email == origin.email]
    if origin.visitor is not None:
        told.append(Attempt.visitor == origin.visitor)
    if origin.actor.user_id is not None:
        told.append(Attempt.user_id == origin.actor.user_id)
    solved = session.scalars(
        select(Attempt)
        .where(
            Attempt.outcome == Outcome.SOLVED,
            Attempt.solved_at >= now - within,
            Attempt.id != attempt.id,
            or_(*told),
        )
        .order_by(Attempt.solved_at.desc())
        .limit(LOOKED_BACK_AT)
        .with_for_update()
    ).all()
    words = f"{attempt.subject}\n{attempt.body}"
    hold_solutions(session, [state_of(each) for each in (attempt, *solved)])
    for earlier in solved:
        if same_thing(words, f"{earlier.subject}\n{earlier.body}", locale=ticket.locale):
            state = rules.after_relapse(state_of(earlier), now=now, within=within)
            put_state(session, earlier, state, now=now)
