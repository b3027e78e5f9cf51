"""Mail to those who write articles, promised in the transaction that it tells of."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.db.outbox import enqueue
from app.knowledge.models import ReviewNote


def tell_sent_back(
    session: Session,
    note: ReviewNote,
    *,
    reviewer: str,
    title: str,
    to: Iterable[User],
    url: str,
    now: datetime,
) -> None:
    """A draft came back from review, with the reason; each is told in their language.

    `url` is the absolute address of the article's page in the studio. The note has its id.
    """
    for person in to:
        enqueue(
            session,
            key=f"article_sent_back:{note.id}:{person.id}",
            kind="mail",
            payload={
                "template": "article_sent_back",
                "to": person.email,
                "locale": person.locale,
                "context": {
                    "name": person.name,
                    "reviewer": reviewer,
                    "title": title,
                    "comment": note.text,
                    "url": url,
                },
            },
            now=now,
        )
