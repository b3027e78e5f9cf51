"""Whose turn it is: the states of a ticket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ConflictError
from app.tickets import rules
from app.tickets.models import Resolution, TicketState
from app.tickets.rules import Clock, EventCode, Status, Step

NEW, OPEN = Status(TicketState.NEW), Status(TicketState.OPEN)
WAITING = Status(TicketState.WAITING)
RESOLVED = Status(TicketState.RESOLVED, Resolution.ARTICLE, solved_by=7)

deeds = st.sampled_from(
    [
        lambda s: rules.after_agent_reply(s, TicketState.WAITING),
        lambda s: rules.after_agent_reply(s, TicketState.OPEN),
        lambda s: rules.after_agent_reply(s, TicketState.RESOLVED),
        lambda s: rules.after_state_choice(s, TicketState.OPEN),
        lambda s: rules.after_state_choice(s, TicketState.WAITING),
        rules.after_customer_reply,
        lambda s: rules.after_reopening(s, by_customer=True),
        lambda s: rules.after_customer_solved(s, 3),
        lambda s: rules.after_resolution(s, Resolution.ARTICLE, 5),
        lambda s: rules.after_resolution(s, Resolution.NOTHING),
        lambda s: rules.after_resolution(s, Resolution.DRAFTED, 9),
    ]
)


def test_an_answer_makes_it_the_customers_turn_and_stops_the_clock() -> None:
    step = rules.after_agent_reply(NEW, TicketState.WAITING)
    assert (step.status.state, step.clock) == (TicketState.WAITING, Clock.STOP)


def test_an_answer_that_still_owes_something_starts_another_clock() -> None:
    step = rules.after_agent_reply(NEW, TicketState.OPEN)
    assert (step.status.state, step.clock) == (TicketState.OPEN, Clock.START)


def test_a_customer_who_writes_again_before_the_answer_does_not_move_the_deadline() -> None:
    assert rules.after_customer_reply(NEW) == Step(NEW)
    assert rules.after_customer_reply(OPEN) == Step(OPEN)


def test_a_customers_reply_to_an_answer_is_our_turn() -> None:
    step = rules.after_customer_reply(WAITING)
    assert (step.status.state, step.clock) == (TicketState.OPEN, Clock.START)


def test_a_reply_to_a_resolved_ticket_opens_it_and_forgets_the_solution() -> None:
    step = rules.after_customer_reply(RESOLVED)
    assert step.status == Status(TicketState.OPEN, reopened_count=1)
    assert step.event is EventCode.REOPENED_BY_CUSTOMER


def test_naming_another_article_later_only_completes_the_record() -> None:
    step = rules.after_resolution(RESOLVED, Resolution.ARTICLE, 8)
    assert step.event is EventCode.DOCUMENTED
    assert step.clock is Clock.KEEP
    assert step.status.solved_by == 8


def test_what_the_customer_closed_an_agent_can_still_document() -> None:
    closed = rules.after_customer_solved(WAITING).status
    assert rules.after_resolution(closed, Resolution.ARTICLE, 8).status.solved_by == 8


def test_resolving_by_an_article_needs_one() -> None:
    with pytest.raises(ConflictError):
        rules.after_resolution(OPEN, Resolution.ARTICLE)


@pytest.mark.parametrize("then", [TicketState.NEW, TicketState.RESOLVED])
def test_some_states_are_not_chosen_by_hand(then: TicketState) -> None:
    with pytest.raises(ConflictError):
        rules.after_state_choice(OPEN, then)


def test_an_answered_ticket_is_never_new_again() -> None:
    with pytest.raises(ConflictError):
        rules.after_agent_reply(OPEN, TicketState.NEW)


@given(st.lists(deeds, max_size=20))
def test_whatever_happens_the_ticket_stays_consistent(steps: list) -> None:
    status, clock_runs = NEW, True
    for deed in steps:
        step = deed(status)
        if step.clock is not Clock.KEEP:
            clock_runs = step.clock is Clock.START
        was, status = status, step.status
        assert clock_runs == (status.state in rules.OURS)
        if status.state is not TicketState.RESOLVED:
            assert status.resolution is None
            assert status.solved_by is None
        if was.state is TicketState.RESOLVED and status.state is not TicketState.RESOLVED:
            assert status.reopened_count == was.reopened_count + 1
        else:
            assert status.reopened_count == was.reopened_count
        assert was.state is not TicketState.NEW or status.state is not None
        assert was.state is TicketState.NEW or status.state is not TicketState.NEW
