"""Tickets, their conversation, and the files and articles that belong to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organisation, User
from app.db.base import Base, by_value
from app.knowledge.models import Article


class TicketState(StrEnum):
    NEW = "new"  # nobody has answered
    OPEN = "open"  # our turn
    WAITING = "waiting"  # the customer's turn
    RESOLVED = "resolved"


class TicketKind(StrEnum):
    QUESTION = "question"
    PROBLEM = "problem"
    REQUEST = "request"


class Resolution(StrEnum):
    """How a resolved ticket feeds the knowledge base."""

    ARTICLE = "article"  # an article solved it
    DRAFTED = "drafted"  # an article is written from it
    NOTHING = "nothing"  # nothing to document
    CUSTOMER = "customer"  # the customer said that it is solved


class MessageKind(StrEnum):
    REPLY = "reply"  # public
    NOTE = "note"  # internal: staff only
    EVENT = "event"  # what happened, told by the system


class LinkKind(StrEnum):
    INSERTED = "inserted"  # an agent put it in a reply
    SOLVED = "solved"  # it solved the ticket
    DRAFTED = "drafted"  # it was written from the ticket


class Queue(Base):
    """A line of tickets worked by its members."""

    __tablename__ = "queue"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)


class QueueMember(Base):
    __tablename__ = "queue_member"

    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class Ticket(Base):
    __tablename__ = "ticket"
    __table_args__ = (Index("ix_ticket_listing", "queue_id", "state", "assignee_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    """What people say on the phone: A-7K3Q9X. Not a secret."""
    access_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the secret in the private link."""
    queue_id: Mapped[int] = mapped_column(ForeignKey("queue.id"))
    subject: Mapped[str] = mapped_column(String(255))
    kind: Mapped[TicketKind] = mapped_column(by_value(TicketKind), default=TicketKind.QUESTION)
    state: Mapped[TicketState] = mapped_column(by_value(TicketState), default=TicketState.NEW)
    tier: Mapped[int] = mapped_column(default=1)
    locale: Mapped[str] = mapped_column(String(8))
    requester_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    requester_email: Mapped[str] = mapped_column(String(254), index=True)
    requester_name: Mapped[str] = mapped_column(String(120), default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempt.id"), index=True)
    resolution: Mapped[Resolution | None] = mapped_column(by_value(Resolution))
    solved_by_article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    idempotency_key: Mapped[str | None] = mapped_column(String(128), unique=True)
    """A keyed hash of the client's Idempotency-Key, or of a form's one-time id."""
    idempotency_digest: Mapped[str | None] = mapped_column(String(64))
    """What was asked under that key, so that another request under it is refused."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    first_response_due_at: Mapped[datetime]
    answer_due_at: Mapped[datetime | None] = mapped_column(index=True)
    """By when the customer hears from us; None while it is not our turn."""
    first_responded_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    reopened_count: Mapped[int] = mapped_column(default=0)
    index_version: Mapped[int] = mapped_column(default=0, index=True)
    """The content's version (see `db.outbox.bump_index`) since which it is, or is not, resolved."""

    queue: Mapped[Queue] = relationship()
    requester: Mapped[User | None] = relationship(foreign_keys=[requester_id])
    organisation: Mapped[Organisation | None] = relationship()
    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    solved_by: Mapped[Article | None] = relationship(foreign_keys=[solved_by_article_id])
    messages: Mapped[list["Message"]] = relationship(order_by="Message.id")


class Message(Base):
    """One entry of the conversation. The first is the customer's description."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    kind: Mapped[MessageKind] = mapped_column(by_value(MessageKind))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    from_customer: Mapped[bool] = mapped_column(default=False)
    body: Mapped[str] = mapped_column(Text)
    """Markdown of agents; plain text of customers; for an event, its code and arguments as JSON."""
    html: Mapped[str] = mapped_column(Text, default="")
    """An agent's Markdown, rendered and sanitised; empty for customers and events."""
    created_at: Mapped[datetime]

    author: Mapped[User | None] = relationship()
    attachments: Mapped[list["Attachment"]] = relationship(order_by="Attachment.id")


class TicketArticle(Base):
    """That an article has to do with a ticket, and how."""

    __tablename__ = "ticket_article"
    __table_args__ = (UniqueConstraint("ticket_id", "article_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    kind: Mapped[LinkKind] = mapped_column(by_value(LinkKind))
    created_at: Mapped[datetime]

    article: Mapped[Article] = relationship()


class Attachment(Base):
    """A file; bound to a draft's session before the ticket exists (`draft_key`)."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    """Random name on disk and in the download's address."""
    uploader: Mapped[str | None] = mapped_column(String(64), index=True)
    """Whose it is while it waits with a draft: a keyed hash of the account or the visitor."""
    draft_key: Mapped[str | None] = mapped_column(String(64), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Of its content; None for a file of before this was kept."""
    created_at: Mapped[datetime]
