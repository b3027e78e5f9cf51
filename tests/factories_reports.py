"""A desk with a history: articles, tickets that they solved, tickets that none did."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.knowledge.models import Article
from app.reports import evaluating
from app.reports.models import Evaluation
from app.settings import Settings
from app.tickets.models import LinkKind, Resolution, Ticket, TicketArticle, TicketState
from app.web.request_context import Product
from tests.factories_knowledge import NOW, make_article
from tests.factories_tickets import make_ticket

TOPICS = {
    "Invoice PDF stays blank": ("invoice", "pdf", "blank", "download", "page"),
    "Change your password": ("password", "forgot", "login", "reset", "account"),
    "Parcel arrives late": ("parcel", "delivery", "late", "courier", "tracking"),
    "Install the printer": ("printer", "install", "driver", "cable", "paper"),
}
STRAYS = ("giraffe", "saxophone", "marmalade", "volcano", "zeppelin")


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
    made = []
    for number in range(solved):
        title = list(TOPICS)[number % len(TOPICS)]
        at = NOW + timedelta(hours=number)
        made.append(solve(session, settings, articles[title], wording(title, number), at))
    strays = []
    for number in range(unsolved):
        at = NOW + timedelta(hours=number * max(solved, 1) / max(unsolved, 1))
        word = STRAYS[number % len(STRAYS)]
        filed = make_ticket(
            session,
            settings,
            subject=f"The {word} number {number}",
            body=f"Somebody sent us a {word}; what shall we do with the {word} of day {number}?",
            now=at,
            state=TicketState.RESOLVED,
            resolution=Resolution.NOTHING,
        )
        strays.append(filed.ticket)
    session.rollback()
    return Desk(articles, made, strays)


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
        body=more.pop("body", "Please help me with it."),
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
