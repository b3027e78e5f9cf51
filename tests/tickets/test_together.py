"""Several people at the same moment: nobody's deed is lost, and nothing happens twice."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY
from app.accounts.models import Role
from app.db.database import Database
from app.errors import ConflictError
from app.settings import Settings
from app.tickets import handling
from app.tickets.drafts import TicketDraft
from app.tickets.models import Message, MessageKind, Queue, Ticket
from app.tickets.service import file_ticket
from tests.factories import make_user
from tests.factories_tickets import actor_of, make_queue, make_ticket
from tests.together import at_once

NOW = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)


def test_one_of_many_claims_wins(database: Database, session: Session, settings: Settings) -> None:
    agents = [make_user(session, role=Role.AGENT) for _ in range(4)]
    queue = make_queue(session, "Support", *agents)
    ticket = make_ticket(session, settings, queue=queue).ticket
    session.rollback()

    def claim(agent: int) -> Callable[[Session], object]:
        actor = actor_of(agents[agent], queue)
        return lambda own: handling.claim(own, actor=actor, ticket_id=ticket.id, now=NOW)

    results = at_once(database, *(claim(number) for number in range(4)))
    assert sum(isinstance(result, ConflictError) for result in results) == 3
    winner = next(n for n, result in enumerate(results) if isinstance(result, Ticket))
    session.expire_all()
    assert session.get_one(Ticket, ticket.id).assignee_id == agents[winner].id
    events = select(func.count(Message.id)).where(Message.kind == MessageKind.EVENT)
    assert session.scalar(events) == 1


def test_the_same_request_many_times_at_once_is_one_ticket(
    database: Database, session: Session, settings: Settings
) -> None:
    make_queue(session)
    session.rollback()
    draft = TicketDraft("Blank invoice", "It is white.", email="ana@example.org")

    def send(own: Session) -> str:
        filed = file_ticket(
            own,
            actor=ANYBODY,
            draft=draft,
            settings=settings,
            now=NOW,
            idempotency_key="the same",
        )
        return filed.ticket.reference

    assert len(set(at_once(database, *[send] * 5))) == 1
    assert session.scalar(select(func.count(Ticket.id))) == 1


def test_the_first_tickets_of_all_find_one_queue(
    database: Database, session: Session, settings: Settings
) -> None:
    def send(number: int) -> Callable[[Session], object]:
        draft = TicketDraft(f"Question {number}", "It is white.", email="ana@example.org")
        return lambda own: (
            file_ticket(
                own, actor=ANYBODY, draft=draft, settings=settings, now=NOW
            ).ticket.reference
        )

    references = at_once(database, *(send(number) for number in range(5)))
    assert len(set(references)) == 5
    assert session.scalar(select(func.count(Queue.id))) == 1
