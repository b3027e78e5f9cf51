"""File a ticket: once for each request, kept before anything else is done."""

import hmac
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import User
from app.db.locks import wait_for_same
from app.errors import N_, ConflictError
from app.settings import Settings
from app.tickets import mailing
from app.tickets.attachments import bind_draft, drop_repeated
from app.tickets.drafts import TicketDraft, checked
from app.tickets.models import Message, MessageKind, Queue, Ticket
from app.tickets.references import link_secret, new_reference, private_link, secret_hash
from app.tickets.service_level import ServiceLevel

DEFAULT_QUEUE = "Support"


@dataclass(frozen=True, slots=True)
class Filed:
    """A ticket that is kept, with the secret and the address of its private link.

    `repeated` tells that the same request had already been answered with this ticket.
    """

    ticket: Ticket
    secret: str
    link: str
    repeated: bool = False


def file_ticket(
    session: Session,
    *,
    actor: Actor,
    draft: TicketDraft,
    settings: Settings,
    now: datetime,
    attempt_id: int | None = None,
    draft_key: str | None = None,
    idempotency_key: str | None = None,
    digest: str | None = None,
) -> Filed:
    """`add_ticket` in a transaction of its own."""
    filed = add_ticket(
        session,
        actor=actor,
        draft=draft,
        settings=settings,
        now=now,
        attempt_id=attempt_id,
        draft_key=draft_key,
        idempotency_key=idempotency_key,
        digest=digest,
    )
    session.commit()
    return filed


def add_ticket(
    session: Session,
    *,
    actor: Actor,
    draft: TicketDraft,
    settings: Settings,
    now: datetime,
    attempt_id: int | None = None,
    draft_key: str | None = None,
    idempotency_key: str | None = None,
    digest: str | None = None,
) -> Filed:
    """Write a ticket with its first message, its files and the promise of its mail; no commit.

    `draft_key` names the session's draft whose files go with it. `idempotency_key` may be any
    text: the same key with the same draft (or `digest`, when the caller knows better what was
    asked) gives the same ticket again, and its files are not kept twice. Raises InvalidError for the field `subject`, `body`,
    `email`, `name` or `locale`, and ConflictError for a key that stands for something else.
    """
    account = session.get(User, actor.user_id) if actor.user_id is not None else None
    if account is not None:
        draft = replace(draft, email=account.email, name=account.name)
    draft = checked(draft)
    digest = digest or draft.digest
    key = _key_hash(settings, idempotency_key) if idempotency_key else None
    if key is not None:
        wait_for_same(session, key)
        earlier = session.scalar(select(Ticket).where(Ticket.idempotency_key == key))
        if earlier is not None:
            again = _again(earlier, digest, settings)
            if draft_key:
                drop_repeated(session, draft_key, _first_message(session, earlier))
            return again
    reference = _free_reference(session)
    secret = link_secret(settings.key(), reference)
    due = ServiceLevel.from_settings(settings).answer_due(now)
    ticket = Ticket(
        reference=reference,
        access_hash=secret_hash(secret),
        queue=default_queue(session),
        subject=draft.subject,
        kind=draft.kind,
        locale=draft.locale,
        requester=account,
        requester_email=draft.email,
        requester_name=draft.name,
        organisation_id=account.organisation_id if account else None,
        attempt_id=attempt_id,
        idempotency_key=key,
        idempotency_digest=digest if key else None,
        created_at=now,
        updated_at=now,
        first_response_due_at=due,
        answer_due_at=due,
    )
    session.add(ticket)
    session.flush()
    first = Message(
        ticket_id=ticket.id,
        kind=MessageKind.REPLY,
        author_id=actor.user_id,
        from_customer=True,
        body=draft.body,
        created_at=now,
    )
    session.add(first)
    session.flush()
    if draft_key:
        bind_draft(session, draft_key, first)
    mailing.tell_received(session, ticket, settings=settings, now=now)
    session.flush()
    return Filed(ticket, secret, private_link(settings.public_url, ticket.locale, secret))


def link_of(ticket: Ticket, settings: Settings) -> str:
    """The private link of a ticket."""
    secret = link_secret(settings.key(), ticket.reference)
    return private_link(settings.public_url, ticket.locale, secret)


def default_queue(session: Session) -> Queue:
    """The queue where new tickets begin; made when there is none yet."""
    first = select(Queue).order_by(Queue.is_default.desc(), Queue.id).limit(1)
    found = session.scalar(first)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(Queue(name=DEFAULT_QUEUE, is_default=True))
    except IntegrityError:
        pass  # another transaction has just added it
    return session.scalars(first).one()


def _again(ticket: Ticket, digest: str, settings: Settings) -> Filed:
    if ticket.idempotency_digest != digest:
        raise ConflictError(
            N_("This was already sent with other words. Send it as a new question.")
        )
    secret = link_secret(settings.key(), ticket.reference)
    link = private_link(settings.public_url, ticket.locale, secret)
    return Filed(ticket, secret, link, repeated=True)


def _first_message(session: Session, ticket: Ticket) -> Message:
    return session.scalars(
        select(Message).where(Message.ticket_id == ticket.id).order_by(Message.id).limit(1)
    ).one()


def _key_hash(settings: Settings, key: str) -> str:
    return hmac.digest(settings.key().encode(), f"idempotency {key}".encode(), "sha256").hex()


def _free_reference(session: Session) -> str:
    while True:
        reference = new_reference()
        taken = select(Ticket.id).where(Ticket.reference == reference)
        if session.scalar(taken) is None:
            return reference
