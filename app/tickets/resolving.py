"""The end of a ticket, and what the help centre learns from it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.errors import N_, InvalidError
from app.knowledge.models import Article
from app.knowledge.policy import visible_articles
from app.knowledge.service import Placement, add_draft
from app.settings import Settings
from app.tickets import mailing, rules
from app.tickets.beginning import begin_from
from app.tickets.learning import learn, link
from app.tickets.loading import (
    check_unchanged,
    keep_link_alive,
    speak_for,
    status_of,
    take_step,
    work_on,
)
from app.tickets.models import LinkKind, Resolution, Ticket, TicketArticle, TicketState
from app.tickets.rules import EventCode, Step


def resolve_by_article(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    article_id: int | None,
    settings: Settings,
    now: datetime,
    seen: int | None = None,
) -> Ticket:
    """Resolve by naming the article that answers it; one commit.

    The customer's words count for that article from then on. Raises InvalidError for the field
    `article`, and MeanwhileError when the ticket changed after the entry with the id `seen`.
    """
    ticket = work_on(session, actor, ticket_id)
    is_so = _is_resolved(ticket, Resolution.ARTICLE) and ticket.solved_by_article_id == article_id
    check_unchanged(session, ticket, seen=seen, actor=actor, own_counts=not is_so)
    article = session.scalar(
        select(Article).where(Article.id == article_id, visible_articles(actor))
    )
    if article is None or article.published_revision is None:
        raise InvalidError("article", N_("Choose the article that solved it."))
    step = rules.after_resolution(status_of(ticket), Resolution.ARTICLE, article.id)
    _resolve(session, ticket, step, actor, settings, now, article=article.published_revision.title)
    session.commit()
    return ticket


def resolve_with_nothing(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    settings: Settings,
    now: datetime,
    seen: int | None = None,
) -> Ticket:
    """Resolve with nothing to document: a single case, a thank-you; one commit.

    Raises MeanwhileError when the ticket changed after the entry with the id `seen`.
    """
    ticket = work_on(session, actor, ticket_id)
    is_so = _is_resolved(ticket, Resolution.NOTHING)
    check_unchanged(session, ticket, seen=seen, actor=actor, own_counts=not is_so)
    step = rules.after_resolution(status_of(ticket), Resolution.NOTHING)
    _resolve(session, ticket, step, actor, settings, now)
    session.commit()
    return ticket


def resolve_by_writing(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    settings: Settings,
    now: datetime,
    seen: int | None = None,
    like_article_id: int | None = None,
) -> Article:
    """Resolve by beginning the article that was missing; one commit. Returns its draft.

    A ticket that already has a draft which is not published yet gives that one again. Category and
    tags are those of the article sent last or, when none was sent, of `like_article_id`. Raises
    MeanwhileError when the ticket changed after the entry with the id `seen`.
    """
    ticket = work_on(session, actor, ticket_id)
    article = _drafted(session, ticket)
    is_so = article is not None and _is_resolved(ticket, Resolution.DRAFTED)
    check_unchanged(session, ticket, seen=seen, actor=actor, own_counts=not is_so)
    if article is None:
        first = begin_from(session, ticket, settings=settings, like_article_id=like_article_id)
        ticket = work_on(session, actor, ticket_id)
        check_unchanged(session, ticket, seen=seen, actor=actor)
        article = _drafted(session, ticket) or add_draft(
            session,
            actor=actor,
            prepared=first.prepared,
            locale=first.locale,
            placement=Placement(category_id=first.category_id),
            now=now,
        )
        link(session, ticket, article.id, LinkKind.DRAFTED, now=now)
    step = rules.after_resolution(status_of(ticket), Resolution.DRAFTED, article.id)
    _resolve(session, ticket, step, actor, settings, now, drafted=True)
    session.commit()
    return article


def customer_solved(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    settings: Settings,
    now: datetime,
    article_id: int | None = None,
) -> Ticket:
    """The customer says that it is solved, and perhaps by which article; one commit.

    An article that they may not read is left out.
    """
    ticket = speak_for(session, actor, ticket_id)
    before = ticket.solved_by_article_id
    known = select(Article.id).where(Article.id == article_id, visible_articles(actor))
    article = session.scalar(known) if article_id is not None else None
    step = rules.after_customer_solved(status_of(ticket), article)
    take_step(session, ticket, step, actor=actor, settings=settings, now=now, from_customer=True)
    learn(session, ticket, before=before, now=now)
    session.commit()
    return ticket


def customer_reopened(
    session: Session, *, actor: Actor, ticket_id: int, settings: Settings, now: datetime
) -> Ticket:
    """The customer opens a resolved ticket again; one commit."""
    ticket = speak_for(session, actor, ticket_id)
    before = ticket.solved_by_article_id
    step = rules.after_reopening(status_of(ticket), by_customer=True)
    take_step(session, ticket, step, actor=actor, settings=settings, now=now, from_customer=True)
    learn(session, ticket, before=before, now=now)
    session.commit()
    return ticket


def _resolve(
    session: Session,
    ticket: Ticket,
    step: Step,
    actor: Actor,
    settings: Settings,
    now: datetime,
    *,
    drafted: bool = False,
    **names: str,
) -> None:
    before = ticket.solved_by_article_id
    how = step.status.resolution.value if step.status.resolution else ""
    event = take_step(
        session, ticket, step, actor=actor, settings=settings, now=now, names={"how": how, **names}
    )
    learn(session, ticket, before=before, drafted=drafted, now=now)
    if ticket.assignee_id is None:
        ticket.assignee_id = actor.user_id
    if event is not None and step.event is EventCode.RESOLVED:
        keep_link_alive(ticket, settings)
        mailing.tell_resolved(session, ticket, event, now=now)


def _is_resolved(ticket: Ticket, how: Resolution) -> bool:
    return ticket.state is TicketState.RESOLVED and ticket.resolution is how


def _drafted(session: Session, ticket: Ticket) -> Article | None:
    """The article that is being written from this ticket."""
    return session.scalar(
        select(Article)
        .join(TicketArticle, TicketArticle.article_id == Article.id)
        .where(
            TicketArticle.ticket_id == ticket.id,
            TicketArticle.kind == LinkKind.DRAFTED,
            Article.published_at.is_(None),
        )
        .order_by(Article.id.desc())
        .limit(1)
    )
