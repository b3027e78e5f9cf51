"""Tell the customer whose ticket led to an article that it is there."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.knowledge.models import Article
from app.knowledge.policy import may_read
from app.knowledge.rendering import article_path
from app.tickets import mailing, policy
from app.tickets.events import add_event, read_event
from app.tickets.loading import messages_of
from app.tickets.models import LinkKind, MessageKind, Ticket, TicketArticle
from app.tickets.references import link_secret, secret_hash
from app.tickets.rules import EventCode


def announce(session: Session, *, article_id: int, public_url: str, key: str, now: datetime) -> int:
    """Promise a mail to each customer whose ticket an article was written from; one commit.

    Returns how many. A customer is told once of an article, and only of one that they may read;
    a repeat does no harm. `key` is the installation's signing key.
    """
    article = session.get(Article, article_id)
    if article is None or article.published_revision is None:
        return 0  # withdrawn before anybody could be told
    tickets = session.scalars(
        select(Ticket)
        .join(TicketArticle, TicketArticle.ticket_id == Ticket.id)
        .where(TicketArticle.article_id == article_id, TicketArticle.kind == LinkKind.DRAFTED)
        .options(joinedload(Ticket.requester))
        .order_by(Ticket.id)
    ).all()
    told = 0
    for ticket in tickets:
        if not may_read(policy.customer_of(ticket), article) or _was_told(session, ticket, article):
            continue
        title = article.published_revision.title
        url = public_url + article_path(article.locale, article.slug)
        ticket.access_hash = secret_hash(link_secret(key, ticket.reference))
        add_event(
            session,
            ticket,
            EventCode.PUBLISHED,
            author_id=None,
            now=now,
            title=title,
            url=url,
            article=str(article.id),
        )
        mailing.tell_published(
            session, ticket, article_id=article.id, title=title, url=url, now=now
        )
        told += 1
    session.commit()
    return told


def _was_told(session: Session, ticket: Ticket, article: Article) -> bool:
    events = map(read_event, messages_of(session, ticket, MessageKind.EVENT))
    return any(
        event.code is EventCode.PUBLISHED and event.names.get("article") == str(article.id)
        for event in events
    )
