"""What the page on the quality of the suggestions shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.accounts.actor import Actor
from app.db.heartbeat import WORKER, last_beat
from app.deflection.models import Attempt, ThresholdChange
from app.deflection.threshold import changes
from app.knowledge.cards import ArticleCard
from app.knowledge.queries import published_by_ids
from app.reports.evaluating import KEPT, UNFINISHED
from app.reports.figures import Detail, Figures, Miss
from app.reports.history import ATTEMPT, TICKET
from app.reports.models import Evaluation, EvaluationState
from app.tickets.models import Ticket
from app.tickets.policy import visible_tickets

CHANGES_SHOWN = 5
OUTSIDE_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Source:
    """A text that was asked: a ticket that the reader may see, or a draft that became none."""

    subject: str
    reference: str | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class AskedText:
    """A text that was asked, and the articles that it was shown."""

    source: Source
    shown: Sequence[ArticleCard]


@dataclass(frozen=True, slots=True)
class MissedArticle:
    """An article with the tickets that it solved and to which it was not suggested."""

    card: ArticleCard
    miss: Miss
    tickets: Sequence[AskedText]


@dataclass(frozen=True, slots=True)
class QualityPage:
    """The last evaluation that came to an end, the one under way, and those before.

    `failed` is the newest one when it failed.
    """

    last: Evaluation | None
    figures: Figures | None
    detail: Detail
    under_way: Evaluation | None
    failed: Evaluation | None
    trend: Sequence[tuple[Evaluation, Figures]]
    """Those with enough to measure, the newest first."""
    missed: Sequence[MissedArticle]
    outside: Sequence[AskedText]
    """The newest tickets that no article solved."""
    changes: Sequence[ThresholdChange]
    worker_seen_at: datetime | None


def quality_page(session: Session, actor: Actor) -> QualityPage:
    """Everything for this reader. Eight statements at most."""
    newest = session.scalars(
        select(Evaluation)
        .options(defer(Evaluation.detail))
        .order_by(Evaluation.id.desc())
        .limit(KEPT)
    ).all()
    done = [each for each in newest if each.state is EvaluationState.DONE]
    measured = [(each, Figures.model_validate(each.figures)) for each in done]
    last = done[0] if done else None
    detail = Detail()
    if last is not None:
        kept = session.scalar(select(Evaluation.detail).where(Evaluation.id == last.id))
        detail = Detail.model_validate(kept)
    figures = measured[0][1] if measured else None
    missed, outside = _looked_at(session, actor, detail, figures.threshold if figures else 0.0)
    return QualityPage(
        last=last,
        figures=figures,
        detail=detail,
        under_way=next((each for each in newest if each.state in UNFINISHED), None),
        failed=next((each for each in newest[:1] if each.state is EvaluationState.FAILED), None),
        trend=[(each, figures) for each, figures in measured if figures.is_enough],
        missed=missed,
        outside=outside,
        changes=changes(session, CHANGES_SHOWN),
        worker_seen_at=last_beat(session, WORKER),
    )


def _looked_at(
    session: Session, actor: Actor, detail: Detail, threshold: float
) -> tuple[list[MissedArticle], list[AskedText]]:
    """The misses with their tickets, and tickets without an article: what this person may see."""
    outside = detail.outside[: -OUTSIDE_SHOWN - 1 : -1]
    named = {source for miss in detail.misses for source in miss.tickets}
    told = [*(each for each in detail.asked if each.source in named), *outside]
    shown = {each.source: each.shown(threshold) for each in told}
    ids = {miss.article for miss in detail.misses} | {id_ for own in shown.values() for id_ in own}
    cards = published_by_ids(session, actor, ids)
    sources = _sources(session, actor, list(shown))

    def texts(wanted: Iterable[str]) -> list[AskedText]:
        return [
            AskedText(
                sources[source], [cards[int(each)] for each in shown[source] if int(each) in cards]
            )
            for source in wanted
            if source in sources
        ]

    missed = [
        MissedArticle(cards[int(miss.article)], miss, texts(miss.tickets))
        for miss in detail.misses
        if int(miss.article) in cards
    ]
    return missed, texts(each.source for each in outside)


def _sources(session: Session, actor: Actor, sources: Sequence[str]) -> dict[str, Source]:
    """Texts by where they come from. Drafts that became no ticket are for admins alone."""
    tickets = select(Ticket.id, Ticket.subject, Ticket.reference, Ticket.created_at).where(
        Ticket.id.in_(_ids(sources, TICKET)), visible_tickets(actor)
    )
    found = {
        f"{TICKET}{row.id}": Source(row.subject, row.reference, row.created_at)
        for row in session.execute(tickets)
    }
    if actor.is_admin:
        attempts = select(Attempt.id, Attempt.subject, Attempt.created_at).where(
            Attempt.id.in_(_ids(sources, ATTEMPT))
        )
        for row in session.execute(attempts):
            found[f"{ATTEMPT}{row.id}"] = Source(row.subject, None, row.created_at)
    return found


def _ids(sources: Sequence[str], kind: str) -> list[int]:
    return [int(each.removeprefix(kind)) for each in sources if each.startswith(kind)]
