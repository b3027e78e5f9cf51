"""What the desk has answered so far, for measuring the suggestions on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY, Actor
from app.accounts.models import Role, User
from app.deflection.learning import customer_words, resolved_tickets
from app.deflection.models import Attempt
from app.deflection.states import Outcome
from app.knowledge.indexing import documents
from app.knowledge.policy import audiences
from app.tickets.models import LinkKind, Ticket, TicketArticle, TicketState
from search.desk_history import PastTicket
from search.documents import Document

TICKET: Final = "ticket:"
ATTEMPT: Final = "attempt:"
_WHO: Final = (User.id.label("user_id"), User.role, User.organisation_id)


@dataclass(frozen=True, slots=True)
class History:
    """The published articles, and the tickets with what solved them."""

    documents: Sequence[Document]
    tickets: Sequence[PastTicket]

    @property
    def solved(self) -> int:
        """How many tickets an article solved."""
        return sum(1 for each in self.tickets if each.articles)


def read_history(session: Session) -> History:
    """What the ranker learns from, with when each was written and what its writer could find.

    Articles that are not on show any more, or that the writer could not find, solve nothing here;
    a ticket that only such articles solved is left out. Tickets without an article are those that
    are resolved and have nothing to do with any. Seven statements.
    """
    articles = list(documents(session))
    audience_of = {each.id: each.audience for each in articles}
    writers = _Writers(session)
    drafted = set(
        session.scalars(
            select(TicketArticle.ticket_id).where(TicketArticle.kind == LinkKind.DRAFTED)
        )
    )
    linked = set(session.scalars(select(TicketArticle.ticket_id).distinct()))
    solved_by: dict[str, set[str]] = {}
    texts: dict[str, tuple[str, str]] = {}
    for each in customer_words(session):
        texts[each.id] = each.text, each.locale
        solved_by.setdefault(each.id, set()).add(each.document_id)
    found = []
    for source, ids in solved_by.items():
        written_at, seen = writers.of(source)
        right = frozenset(id_ for id_ in ids if audience_of.get(id_) in seen)
        if right:
            from_ticket = source.startswith(TICKET)
            is_asked = not (from_ticket and int(source.removeprefix(TICKET)) in drafted)
            found.append(PastTicket(source, *texts[source], right, seen, written_at, is_asked))
    for each in resolved_tickets(session):
        if not each.document_id and int(each.id) not in linked:
            source = f"{TICKET}{each.id}"
            written_at, seen = writers.of(source)
            nothing: frozenset[str] = frozenset()
            found.append(PastTicket(source, each.text, each.locale, nothing, seen, written_at))
    return History(articles, found)


class _Writers:
    """When each text was written, and what its writer could find then."""

    def __init__(self, session: Session) -> None:
        tickets = (
            select(Ticket.id, Ticket.created_at, *_WHO)
            .outerjoin(User, User.id == Ticket.requester_id)
            .where(
                (Ticket.state == TicketState.RESOLVED)
                | exists().where(TicketArticle.ticket_id == Ticket.id)
            )
        )
        attempts = (
            select(Attempt.id, Attempt.created_at, *_WHO)
            .join(User, User.id == Attempt.user_id)
            .where(Attempt.outcome == Outcome.SOLVED)
        )
        self._rows: dict[str, Any] = {
            **{f"{TICKET}{row.id}": row for row in session.execute(tickets)},
            **{f"{ATTEMPT}{row.id}": row for row in session.execute(attempts)},
        }
        self._known: dict[tuple[int | None, Role | None], frozenset[str]] = {}

    def of(self, source: str) -> tuple[datetime, frozenset[str]]:
        row = self._rows[source]
        key = row.organisation_id, row.role
        if key not in self._known:
            actor = ANYBODY
            if row.user_id is not None:
                actor = Actor(
                    user_id=row.user_id, role=Role(row.role), organisation_id=row.organisation_id
                )
            self._known[key] = audiences(actor)
        return row.created_at, self._known[key]
