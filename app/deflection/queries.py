"""Reading attempts: the packet that a ticket carries, and the pages after a verdict."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.deflection.models import Attempt, Impression
from app.deflection.states import Channel, Outcome, Verdict
from app.knowledge.models import Article, ArticleRevision
from app.knowledge.queries import ArticleCard, published_by_ids


@dataclass(frozen=True, slots=True)
class Tried:
    """One article of a packet: what it was when it was shown, and what became of it."""

    article_id: int
    locale: str
    slug: str
    title: str
    section_anchor: str
    rank: int
    score: float
    confidence: float
    terms: tuple[str, ...]
    shown_count: int
    shown_at: datetime
    opened_at: datetime | None
    open_seconds: float
    verdict: Verdict | None
    verdict_at: datetime | None

    @property
    def was_rejected(self) -> bool:
        """Whether the customer said that it did not help or is about something else."""
        return self.verdict in {Verdict.TRIED, Verdict.UNRELATED}


@dataclass(frozen=True, slots=True)
class Packet:
    """What a customer did before a person came in: for who works the ticket."""

    outcome: Outcome
    channel: Channel
    subject: str
    body: str
    language: str | None
    index_version: int
    began_at: datetime
    came_from: ArticleCard | None
    tried: tuple[Tried, ...]

    @property
    def rejected_ids(self) -> frozenset[int]:
        """Ids of the articles that the customer rejected."""
        return frozenset(each.article_id for each in self.tried if each.was_rejected)


def find_packet(session: Session, actor: Actor, attempt_id: int | None) -> Packet | None:
    """The packet of a ticket's attempt, best rank first. Three statements at most.

    `actor` works the ticket; what the article was called when it was shown is told even when it
    was withdrawn since.
    """
    attempt = session.get(Attempt, attempt_id) if attempt_id is not None else None
    if attempt is None:
        return None
    came_from = None
    if attempt.from_article_id is not None:
        found = published_by_ids(session, actor, [attempt.from_article_id])
        came_from = found.get(attempt.from_article_id)
    return Packet(
        outcome=attempt.outcome,
        channel=attempt.channel,
        subject=attempt.subject,
        body=attempt.body,
        language=attempt.language,
        index_version=attempt.index_version,
        began_at=attempt.created_at,
        came_from=came_from,
        tried=_tried(session, attempt.id),
    )


def rejected_articles(session: Session, attempt_id: int | None) -> frozenset[int]:
    """Ids of the articles that the customer already rejected. One statement."""
    if attempt_id is None:
        return frozenset()
    rejected = select(Impression.article_id).where(
        Impression.attempt_id == attempt_id,
        Impression.verdict.in_([Verdict.TRIED, Verdict.UNRELATED]),
    )
    return frozenset(session.scalars(rejected))


def find_solution(session: Session, actor: Actor, attempt: Attempt) -> ArticleCard | None:
    """The article that solved an attempt, if this person may still read it. One statement."""
    if attempt.solved_by_article_id is None:
        return None
    found = published_by_ids(session, actor, [attempt.solved_by_article_id])
    return found.get(attempt.solved_by_article_id)


def _tried(session: Session, attempt_id: int) -> tuple[Tried, ...]:
    rows = session.execute(
        select(Impression, Article, ArticleRevision.title)
        .join(Article, Article.id == Impression.article_id)
        .outerjoin(ArticleRevision, ArticleRevision.id == Impression.revision_id)
        .where(Impression.attempt_id == attempt_id)
        .order_by(Impression.rank, Impression.score.desc(), Impression.id)
    )
    return tuple(
        Tried(
            article_id=article.id,
            locale=article.locale,
            slug=article.slug,
            title=title or article.slug,
            section_anchor=shown.section_anchor,
            rank=shown.rank,
            score=shown.score,
            confidence=shown.confidence,
            terms=tuple(shown.terms),
            shown_count=shown.shown_count,
            shown_at=shown.shown_at,
            opened_at=shown.opened_at,
            open_seconds=shown.open_seconds,
            verdict=shown.verdict,
            verdict_at=shown.verdict_at,
        )
        for shown, article, title in rows
    )
