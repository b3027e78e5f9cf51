"""An attempt: what somebody typed, what was shown, and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db.base import Base, by_value
from app.deflection.states import Arm, Channel, Outcome, Verdict
from app.knowledge.models import Article

__all__ = [
    "Answer",
    "Arm",
    "Attempt",
    "Channel",
    "Impression",
    "Outcome",
    "ThresholdChange",
    "Verdict",
]


class Attempt(Base):
    """Joins draft, shown articles, feedback, ticket and the article that solved it."""

    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_outcome", "outcome", "updated_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(43), unique=True)
    """Unguessable; whoever holds it may give verdicts on this attempt."""
    channel: Mapped[Channel] = mapped_column(by_value(Channel), default=Channel.WEB)
    arm: Mapped[Arm] = mapped_column(by_value(Arm), default=Arm.SHOWN)
    outcome: Mapped[Outcome] = mapped_column(by_value(Outcome), default=Outcome.OPEN)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    visitor: Mapped[str | None] = mapped_column(String(64), index=True)
    """A keyed hash of the visitor's cookie, or of the e-mail address once it is known."""
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    locale: Mapped[str] = mapped_column(String(8))
    """Of the page or the request."""
    language: Mapped[str | None] = mapped_column(String(8))
    """Detected in the draft."""
    subject: Mapped[str] = mapped_column(String(255), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    from_article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"))
    """The article that the customer came from ("Still stuck?")."""
    index_version: Mapped[int] = mapped_column(default=0)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """The ranker's settings at the last answer: threshold, limit, audiences."""
    solved_by_article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id"), index=True)
    solved_at: Mapped[datetime | None]
    """When the customer said so; kept when the attempt failed afterwards."""
    feedback: Mapped[str] = mapped_column(String(400), default="")
    """The one optional question after "this solved it"."""
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    """The customer's last word: typing, opening, a verdict."""
    ended_at: Mapped[datetime | None]

    impressions: Mapped[list["Impression"]] = relationship(order_by="Impression.rank")


class Impression(Base):
    """One article shown in an attempt: where, why, and what the customer did with it.

    Shown again after more typing, it keeps its row; `shown_count`, the best rank and the last
    score tell of it.
    """

    __tablename__ = "impression"
    __table_args__ = (UniqueConstraint("attempt_id", "article_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("article_revision.id"))
    section_anchor: Mapped[str] = mapped_column(String(160), default="")
    rank: Mapped[int]
    """1 is the first; the best that it had."""
    score: Mapped[float]
    confidence: Mapped[float]
    terms: Mapped[list[str]] = mapped_column(JSON, default=list)
    shown_count: Mapped[int] = mapped_column(default=1)
    shown_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    open_seconds: Mapped[float] = mapped_column(default=0)
    verdict: Mapped[Verdict | None] = mapped_column(by_value(Verdict))
    verdict_at: Mapped[datetime | None]

    article: Mapped[Article] = relationship()


class Answer(Base):
    """One answer of the ranker: all that is needed to compute it again.

    An answer that repeats the one before it (the same articles from the same index) takes its
    row over, so that an attempt has a row for each answer that differed.
    """

    __tablename__ = "attempt_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), index=True)
    subject: Mapped[str] = mapped_column(String(255))
    body: Mapped[str] = mapped_column(Text)
    """As much of the description as the ranker reads."""
    language: Mapped[str | None] = mapped_column(String(8))
    locale: Mapped[str] = mapped_column(String(8))
    index_version: Mapped[int]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    shown: Mapped[list[list[Any]]] = mapped_column(JSON)
    """[article id, section's anchor, score, confidence] in the order shown."""
    created_at: Mapped[datetime]


class ThresholdChange(Base):
    """An admin's decision on how sure a suggestion must be; the newest row holds."""

    __tablename__ = "threshold_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    threshold: Mapped[float | None]
    """The least confidence shown, in [0, 1]; None goes back to the default."""
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]

    changed_by: Mapped[User | None] = relationship()
