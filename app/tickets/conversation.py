"""What is said in a ticket: agents' replies and notes, customers' words."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.errors import N_, InvalidError
from app.settings import Settings
from app.tickets import mailing, rules
from app.tickets.attachments import bind_draft, drop_repeated
from app.tickets.drafts import checked_reply
from app.tickets.learning import learn, link
from app.tickets.loading import (
    check_unchanged,
    keep_link_alive,
    messages_of,
    speak_for,
    status_of,
    take_step,
    work_on,
)
from app.tickets.mentions import mentioned_articles
from app.tickets.models import LinkKind, Message, MessageKind, Ticket, TicketState
from articles.rendering import RenderRefused, render_message


def rendered(markdown: str) -> str:
    """An agent's Markdown as safe HTML. Raises InvalidError for the field `body`."""
    try:
        return render_message(checked_reply(markdown))
    except RenderRefused as error:
        raise InvalidError(
            "body",
            N_("This text takes too long to turn into a page. Nest it less, or split it."),
        ) from error


def reply(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    body: str,
    then: TicketState,
    settings: Settings,
    now: datetime,
    seen: int | None = None,
    draft_key: str | None = None,
) -> Message:
    """Answer the customer in public, say whose turn it is, and promise the mail; one commit.

    The articles whose address stands in the text are kept as inserted. `seen` is the id of the
    last entry that the agent saw; the same text again from that page is the same reply. Raises
    InvalidError for the field `body`, and MeanwhileError when the ticket changed since then.
    """
    html = rendered(body)  # before the first statement: it may take its time
    ticket = work_on(session, actor, ticket_id)
    said = _said_already(session, ticket, MessageKind.REPLY, actor, body, seen=seen)
    if said is not None:
        return _once(session, said, draft_key)
    check_unchanged(session, ticket, seen=seen, actor=actor)
    message = _add(session, ticket, MessageKind.REPLY, actor, checked_reply(body), html, now=now)
    if draft_key:
        bind_draft(session, draft_key, message)
    for article in mentioned_articles(session, body, settings.public_url):
        link(session, ticket, article.id, LinkKind.INSERTED, now=now)
    if ticket.first_responded_at is None:
        ticket.first_responded_at = now
    if ticket.assignee_id is None:
        ticket.assignee_id = actor.user_id
    before = ticket.solved_by_article_id
    step = rules.after_agent_reply(status_of(ticket), then)
    take_step(session, ticket, step, actor=actor, settings=settings, now=now)
    learn(session, ticket, before=before, now=now)
    keep_link_alive(ticket, settings)
    mailing.tell_replied(session, ticket, message, resolved=then is TicketState.RESOLVED, now=now)
    session.commit()
    return message


def note(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    body: str,
    now: datetime,
    seen: int | None = None,
    draft_key: str | None = None,
) -> Message:
    """Write something for the team alone: no mail, no change of state or clock; one commit.

    The same text again from the page with the last entry `seen` is the same note. Raises
    InvalidError for the field `body`, and MeanwhileError when somebody else did something.
    """
    html = rendered(body)
    ticket = work_on(session, actor, ticket_id)
    said = _said_already(session, ticket, MessageKind.NOTE, actor, body, seen=seen)
    if said is not None:
        return _once(session, said, draft_key)
    check_unchanged(session, ticket, seen=seen, actor=actor, own_counts=False)
    message = _add(session, ticket, MessageKind.NOTE, actor, checked_reply(body), html, now=now)
    if draft_key:
        bind_draft(session, draft_key, message)
    session.commit()
    return message


def customer_reply(
    session: Session,
    *,
    actor: Actor,
    ticket_id: int,
    body: str,
    settings: Settings,
    now: datetime,
    draft_key: str | None = None,
) -> Message:
    """The customer writes: it is our turn again, and a resolved ticket opens; one commit.

    The same words twice in a row with the same files, or none, are kept once, so that an impatient
    second click does no harm.
    Raises InvalidError for the field `body`.
    """
    text = checked_reply(body)
    ticket = speak_for(session, actor, ticket_id)
    *earlier, last = messages_of(session, ticket, MessageKind.REPLY)
    if earlier and last.from_customer and last.body == text:
        more = drop_repeated(session, draft_key, last) if draft_key else ()
        if not more:
            session.commit()
            return last
    before = ticket.solved_by_article_id
    step = rules.after_customer_reply(status_of(ticket))
    take_step(session, ticket, step, actor=actor, settings=settings, now=now, from_customer=True)
    learn(session, ticket, before=before, now=now)
    message = _add(session, ticket, MessageKind.REPLY, actor, text, "", now=now, from_customer=True)
    if draft_key:
        bind_draft(session, draft_key, message)
    session.commit()
    return message


def _said_already(
    session: Session,
    ticket: Ticket,
    kind: MessageKind,
    actor: Actor,
    body: str,
    *,
    seen: int | None,
) -> Message | None:
    """What an agent's form has already added since its page was made, when it is sent twice."""
    if seen is None:
        return None
    return session.scalar(
        select(Message)
        .where(
            Message.ticket_id == ticket.id,
            Message.id > seen,
            Message.kind == kind,
            Message.author_id == actor.user_id,
            Message.body == checked_reply(body),
        )
        .limit(1)
    )


def _once(session: Session, said: Message, draft_key: str | None) -> Message:
    """What was said already; its files do not wait for the next message. One commit."""
    if draft_key:
        drop_repeated(session, draft_key, said)
    session.commit()
    return said


def _add(
    session: Session,
    ticket: Ticket,
    kind: MessageKind,
    actor: Actor,
    body: str,
    html: str,
    *,
    now: datetime,
    from_customer: bool = False,
) -> Message:
    message = Message(
        ticket_id=ticket.id,
        kind=kind,
        author_id=actor.user_id,
        from_customer=from_customer,
        body=body,
        html=html,
        created_at=now,
    )
    session.add(message)
    ticket.updated_at = now
    session.flush()
    return message
