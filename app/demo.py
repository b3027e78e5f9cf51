"""What the first start puts into an empty installation: content, and in demo mode people."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.demo import ensure_demo_people
from app.deflection.demo import ensure_demo_attempts
from app.knowledge.models import Article
from app.settings import Settings
from app.tickets.demo import ensure_demo_tickets
from search.suggestions import SuggestionIndex


def has_content(session: Session) -> bool:
    """Whether there is any article, so that shipped content never replaces an edited one."""
    return bool(session.scalar(select(func.count()).select_from(Article)))


def fill(session: Session, settings: Settings, *, now: datetime) -> None:
    """Demo people and tickets, once; only in demo mode."""
    people = ensure_demo_people(session, settings, now)
    ensure_demo_tickets(session, people, settings=settings, now=now)


def play(
    session: Session, index: SuggestionIndex | None, settings: Settings, *, now: datetime
) -> None:
    """Demo customers who were shown articles, once; needs the index."""
    ensure_demo_attempts(session, index, settings, now)
