"""A desk with a history: articles, tickets that they solved, tickets that none did."""

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.outbox import bump_index
from app.knowledge.models import Article
from app.reports import evaluating
from app.reports.models import Evaluation
from app.settings import Settings
from app.tickets.models import (
    LinkKind,
    Message,
    MessageKind,
    Resolution,
    Ticket,
    TicketArticle,
    TicketState,
)
from app.tickets.service import default_queue
from app.web.request_context import Product
from tests.factories_knowledge import NOW, make_article
from tests.factories_tickets import make_ticket

TOPICS = {
    "Invoice PDF stays blank": ("invoice", "pdf", "blank", "download", "page"),
    "Change your password": ("password", "forgot", "login", "reset", "account"),
    "Parcel arrives late": ("parcel", "delivery", "late", "courier", "tracking"),
    "Install the printer": ("printer", "install", "driver", "cable", "paper"),
}
HELP = "Please help me with it."
STRAYS = ("giraffe", "saxophone", "marmalade", "volcano", "zeppelin")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Desk:
    """Articles by title, solved tickets and those without an article, the oldest first."""

    articles: dict[str, Article]
    solved: list[Ticket]
    unsolved: list[Ticket]


def make_desk(
    session: Session, settings: Settings, *, solved: int = 80, unsolved: int = 20
) -> Desk:
    """Tickets of four topics in turn, one an hour, each like the others of its topic."""
    articles = {
        title: make_article(
            session, title=title, body=f"## Steps\n\nAbout {' and '.join(words)}.\n"
        )
        for title, words in TOPICS.items()
    }
    queue_id = default_queue(session).id
    made, strays = [], []
    for number in range(solved):
        title = list(TOPICS)[number % len(TOPICS)]
        at = NOW + timedelta(hours=number)
        made.append(
            _resolved(session, queue_id, wording(title, number), HELP, at, articles[title].id)
        )
    for number in range(unsolved):
        at = NOW + timedelta(hours=number * max(solved, 1) / max(unsolved, 1))
        word = STRAYS[number % len(STRAYS)]
        body = f"Somebody sent us a {word}; what shall we do with the {word} of day {number}?"
        strays.append(_resolved(session, queue_id, f"The {word} number {number}", body, at, None))
    session.flush()
    session.add_all(
        TicketArticle(
            ticket_id=ticket.id,
            article_id=ticket.solved_by_article_id,
            kind=LinkKind.SOLVED,
            created_at=ticket.created_at,
        )
        for ticket in made
    )
    bump_index(session, now=NOW)
    session.commit()
    return Desk(articles, made, strays)


def _resolved(
    session: Session,
    queue_id: int,
    subject: str,
    body: str,
    at: datetime,
    article_id: int | None,
) -> Ticket:
    """A ticket as a row with its first message; a hundred of them shall not take seconds."""
    number = next(_numbers)
    ticket = Ticket(
        reference=f"A-T{number:06d}",
        access_hash=f"{number:064d}",
        queue_id=queue_id,
        subject=subject,
        state=TicketState.RESOLVED,
        resolution=Resolution.ARTICLE if article_id else Resolution.NOTHING,
        solved_by_article_id=article_id,
        locale="en",
        requester_email="ana@example.org",
        created_at=at,
        updated_at=at,
        resolved_at=at,
        first_response_due_at=at,
    )
    ticket.messages.append(
        Message(kind=MessageKind.REPLY, from_customer=True, body=body, created_at=at)
    )
    session.add(ticket)
    return ticket


def wording(title: str, number: int) -> str:
    words = TOPICS[title]
    first, second, third = (words[(number + step) % len(words)] for step in (0, 1, 3))
    return f"My {first} and the {second}: trouble with the {third} since day {number}"


def solve(
    session: Session, settings: Settings, article: Article, subject: str, at: datetime, **more
) -> Ticket:
    """A ticket that this article solved."""
    kind = more.pop("kind", LinkKind.SOLVED)
    filed = make_ticket(
        session,
        settings,
        subject=subject,
        body=more.pop("body", HELP),
        now=at,
        state=TicketState.RESOLVED,
        resolution=Resolution.ARTICLE,
        solved_by_article_id=article.id,
        **more,
    )
    ticket = filed.ticket
    session.add(TicketArticle(ticket_id=ticket.id, article_id=article.id, kind=kind, created_at=at))
    session.commit()
    return ticket


def measure(product: Product, *, now: datetime = NOW) -> None:
    """Ask for an evaluation and let it be done, as the worker does."""
    with product.database.writing() as session:
        evaluating.request_evaluation(session, by=None, now=now)
    evaluating.run_next(
        product.database,
        default_threshold=product.threshold.default,
        limit=product.settings.suggestion_limit,
        clock=lambda: now,
    )


def evaluations(session: Session) -> list[Evaluation]:
    """All there are as the database has them, the newest first."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Evaluation).order_by(Evaluation.id.desc())))
