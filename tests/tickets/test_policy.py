"""Who sees a ticket: the rule in Python and the rule in SQL say the same."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import ANYBODY, Actor
from app.accounts.models import Role
from app.settings import Settings
from app.tickets import policy
from app.tickets.models import MessageKind, Ticket
from tests.factories import make_organisation, make_user
from tests.factories_tickets import actor_of, make_queue, make_ticket


@pytest.fixture
def cast(session: Session, settings: Settings) -> tuple[Ticket, dict[str, Actor], set[str]]:
    """A ticket, everybody who might look, and who may."""
    firm = make_organisation(session)
    owner = make_user(session, organisation_id=firm.id)
    colleague = make_user(session, organisation_id=firm.id)
    agent = make_user(session, role=Role.AGENT)
    elsewhere = make_user(session, role=Role.AGENT)
    queue = make_queue(session, "Support", agent)
    other = make_queue(session, "Billing", elsewhere)
    ticket = make_ticket(session, settings, requester=owner, queue=queue).ticket
    people = {
        "owner": actor_of(owner),
        "owner by address": Actor(user_id=999, role=Role.CUSTOMER, email=owner.email),
        "link": Actor(ticket_ids=frozenset({ticket.id})),
        "agent": actor_of(agent, queue),
        "admin": actor_of(make_user(session, role=Role.ADMIN)),
        "colleague": actor_of(colleague),
        "agent of another queue": actor_of(elsewhere, other),
        "editor": actor_of(make_user(session, role=Role.EDITOR), queue),
        "unconfirmed": Actor(user_id=998, role=Role.CUSTOMER, email=None),
        "stranger": ANYBODY,
    }
    return ticket, people, {"owner", "owner by address", "link", "agent", "admin"}


def test_only_those_concerned_see_it(cast: tuple[Ticket, dict[str, Actor], set[str]]) -> None:
    ticket, people, allowed = cast
    assert {name for name, actor in people.items() if policy.may_see(actor, ticket)} == allowed


def test_lists_show_what_pages_show(
    session: Session, cast: tuple[Ticket, dict[str, Actor], set[str]]
) -> None:
    ticket, people, _ = cast
    for actor in people.values():
        for condition, rule in (
            (policy.visible_tickets, policy.may_see),
            (policy.own_tickets, policy.owns),
            (policy.workable_tickets, policy.may_work),
        ):
            listed = session.scalar(select(Ticket.id).where(condition(actor)))
            assert (listed is not None) == rule(actor, ticket)


def test_notes_are_for_who_works_it(cast: tuple[Ticket, dict[str, Actor], set[str]]) -> None:
    ticket, people, _ = cast
    readers = {
        name for name, actor in people.items() if policy.may_read(actor, ticket, MessageKind.NOTE)
    }
    assert readers == {"agent", "admin"}
