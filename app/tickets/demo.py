"""Demo tickets, for looking around: customers of a help centre in every state of a ticket."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY, Actor
from app.accounts.models import Role, User
from app.db.models import OutboxEntry
from app.knowledge.models import Article
from app.settings import Settings
from app.tickets import conversation, handling, resolving
from app.tickets.demo_stories import STORIES, Says, Story, Who
from app.tickets.drafts import TicketDraft
from app.tickets.membership import add_queue, set_queues
from app.tickets.models import Queue, Ticket, TicketState
from app.tickets.service import file_ticket

SUPPORT = "Support"
BILLING = "Billing"


class People(Protocol):
    """The demo people that the stories tell of."""

    @property
    def customer(self) -> User: ...
    @property
    def other_customer(self) -> User: ...
    @property
    def agent(self) -> User: ...
    @property
    def other_agent(self) -> User: ...


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who acts, and where."""

    people: People
    queues: dict[str, Queue]
    settings: Settings

    def agent(self, who: Who) -> Actor:
        user = self.people.other_agent if who is Who.OTHER_AGENT else self.people.agent
        return Actor(
            user_id=user.id,
            role=Role(user.role),
            email=user.email,
            queue_ids=frozenset(queue.id for queue in self.queues.values()),
        )

    def customer(self, who: Who) -> Actor:
        if who is Who.STRANGER:
            return ANYBODY
        user = self.people.customer if who is Who.CUSTOMER else self.people.other_customer
        return Actor(
            user_id=user.id,
            role=Role(user.role),
            email=user.email,
            organisation_id=user.organisation_id,
        )


def ensure_demo_tickets(
    session: Session, people: People, *, settings: Settings, now: datetime
) -> int:
    """Tell the demo's stories, unless there are tickets already; returns how many were filed.

    Makes two queues and their members. Each story happened as long before `now` as it says. Its
    mail counts as delivered: nobody waits for it.
    """
    support, billing = add_queue(session, SUPPORT), add_queue(session, BILLING)
    set_queues(session, people.agent.id, [support.id, billing.id])
    set_queues(session, people.other_agent.id, [support.id])
    session.commit()
    if session.scalar(select(Ticket.id).limit(1)) is not None:
        return 0
    cast = _Cast(people, {SUPPORT: support, BILLING: billing}, settings)
    for story in STORIES:
        _tell(session, cast, story, now)
    session.execute(
        update(OutboxEntry)
        .where(OutboxEntry.key.startswith("ticket:"), OutboxEntry.delivered_at.is_(None))
        .values(delivered_at=now)
    )
    session.commit()
    return len(STORIES)


def _tell(session: Session, cast: _Cast, story: Story, now: datetime) -> None:
    customer = cast.customer(story.who)
    ticket = file_ticket(
        session,
        actor=customer,
        draft=TicketDraft(
            story.subject,
            story.body,
            email=story.email,
            name=story.name,
            kind=story.kind,
            locale=story.locale,
        ),
        settings=cast.settings,
        now=now - timedelta(hours=story.hours_ago),
    ).ticket
    as_customer = Actor(
        user_id=customer.user_id,
        role=customer.role,
        email=customer.email,
        ticket_ids=frozenset({ticket.id}),
    )
    if story.billing:
        ticket.queue = cast.queues[BILLING]
        session.commit()
    for says in story.then:
        _go_on(session, cast, ticket, as_customer, says, now - timedelta(hours=says.hours_ago))


def _go_on(
    session: Session, cast: _Cast, ticket: Ticket, customer: Actor, says: Says, at: datetime
) -> None:
    if says.who in {Who.AGENT, Who.OTHER_AGENT}:
        _agent_goes_on(session, cast, ticket, says, at)
    elif says.text:
        conversation.customer_reply(
            session,
            actor=customer,
            ticket_id=ticket.id,
            body=says.text,
            settings=cast.settings,
            now=at,
        )
    if says.who not in {Who.AGENT, Who.OTHER_AGENT} and says.solved:
        resolving.customer_solved(
            session, actor=customer, ticket_id=ticket.id, settings=cast.settings, now=at
        )


def _agent_goes_on(session: Session, cast: _Cast, ticket: Ticket, says: Says, at: datetime) -> None:
    agent = cast.agent(says.who)
    if says.claims:
        handling.claim(session, actor=agent, ticket_id=ticket.id, now=at)
    article = _article(session, ticket.locale, says.article)
    if says.note:
        conversation.note(session, actor=agent, ticket_id=ticket.id, body=says.note, now=at)
    if says.text:
        text = says.text
        if article is not None and article.published_revision is not None:
            address = f"{cast.settings.public_url}/{article.locale}/articles/{article.slug}"
            text += f"\n\n[{article.published_revision.title}]({address})"
        conversation.reply(
            session,
            actor=agent,
            ticket_id=ticket.id,
            body=text,
            then=TicketState.WAITING,
            settings=cast.settings,
            now=at,
        )
    if says.solved and article is not None:
        resolving.resolve_by_article(
            session,
            actor=agent,
            ticket_id=ticket.id,
            article_id=article.id,
            settings=cast.settings,
            now=at,
        )
    elif says.solved:
        resolving.resolve_with_nothing(
            session, actor=agent, ticket_id=ticket.id, settings=cast.settings, now=at
        )


def _article(session: Session, locale: str, slug: str) -> Article | None:
    """The shipped article with this slug, when it is there."""
    if not slug:
        return None
    return session.scalar(
        select(Article).where(
            Article.locale == locale,
            Article.slug == slug,
            Article.published_revision_id.is_not(None),
        )
    )
