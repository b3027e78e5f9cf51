"""What an article begins with that is written from a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.errors import InvalidError
from app.knowledge.models import Article
from app.knowledge.rendering import ArticleText, PreparedText, prepare
from app.settings import Settings
from app.tickets.loading import messages_of
from app.tickets.models import LinkKind, Message, MessageKind, Ticket, TicketArticle
from articles.drafting import draft_from_ticket


@dataclass(frozen=True, slots=True)
class Beginning:
    """A first text, ready to be saved, and where the article stands."""

    prepared: PreparedText
    locale: str
    category_id: int | None


@dataclass(frozen=True, slots=True)
class _Said:
    """The conversation as plain values."""

    subject: str
    by_customer: tuple[str, ...]
    by_agents: tuple[str, ...]
    locale: str
    names: tuple[str, ...]
    tags: tuple[str, ...]


def begin_from(
    session: Session, ticket: Ticket, *, settings: Settings, like_article_id: int | None
) -> Beginning:
    """Make the text from what was said in the ticket.

    Category and tags are those of the article sent last or, when none was sent, of
    `like_article_id`. Ends the session's transaction, so that nobody waits while the text is
    made: whoever goes on fetches the ticket again.
    """
    near = _nearest(session, ticket) or session.get(Article, like_article_id or 0)
    said = messages_of(session, ticket, MessageKind.REPLY)
    material = _Said(
        subject=ticket.subject,
        by_customer=tuple(m.body for m in said if m.from_customer),
        by_agents=tuple(m.body for m in said if not m.from_customer),
        locale=ticket.locale,
        names=tuple(_names(session, ticket, said)),
        tags=tuple(near.published_revision.tags[:4]) if near and near.published_revision else (),
    )
    category_id = near.category_id if near else None
    session.rollback()
    return Beginning(_prepared(material, settings.video_hosts), material.locale, category_id)


def _prepared(said: _Said, video_hosts: Sequence[str]) -> PreparedText:
    """The draft; without the customer's words when they cannot be turned into a page."""
    try:
        return _draft(said, said.by_customer, said.by_agents, video_hosts)
    except InvalidError:
        return _draft(said, (), (), video_hosts)


def _draft(
    said: _Said, by_customer: Sequence[str], by_agents: Sequence[str], video_hosts: Sequence[str]
) -> PreparedText:
    draft = draft_from_ticket(
        said.subject,
        by_customer,
        by_agents,
        locale=said.locale,
        known_names=said.names,
        tags=said.tags,
    )
    text = ArticleText(draft.title, "", draft.body, draft.tags)
    return prepare(text, locale=said.locale, video_hosts=video_hosts)


def _nearest(session: Session, ticket: Ticket) -> Article | None:
    """An article about the same field: one that was inserted in this ticket."""
    return session.scalar(
        select(Article)
        .join(TicketArticle, TicketArticle.article_id == Article.id)
        .where(TicketArticle.ticket_id == ticket.id, TicketArticle.kind == LinkKind.INSERTED)
        .order_by(TicketArticle.id.desc())
        .limit(1)
    )


def _names(session: Session, ticket: Ticket, said: Sequence[Message]) -> list[str]:
    """Whose names must not stand in an article: those of everybody in the conversation."""
    names = [ticket.requester_name, ticket.organisation.name if ticket.organisation else ""]
    people = {message.author_id for message in said if message.author_id}
    names += session.scalars(select(User.name).where(User.id.in_(people)))
    return [name for name in names if name]
