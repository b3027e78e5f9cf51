"""How an attempt goes on, decided without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.deflection import rules
from app.deflection.rules import AttemptState
from app.deflection.states import Outcome, Verdict

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WEEK = timedelta(days=7)
DAY = timedelta(days=1)
SOLVED = AttemptState(Outcome.SOLVED, 1, NOW, NOW)
ESCALATED = AttemptState(Outcome.ESCALATED, ended_at=NOW)
ABANDONED = AttemptState(Outcome.ABANDONED, ended_at=NOW)
FAILED = AttemptState(Outcome.FAILED, 1, NOW, NOW)


def judged(state: AttemptState, verdict: Verdict, article: int = 1) -> AttemptState:
    return rules.after_verdict(state, article=article, verdict=verdict, now=NOW)


def test_suggestions_begin_at_twelve_characters_of_subject_and_description():
    assert not rules.is_long_enough("invoice pdf", "")
    assert rules.is_long_enough("invoice pdf!", "")
    assert rules.is_long_enough("invoice", "blank")
    assert not rules.is_long_enough("   ", "           \n      ")


def test_this_solved_it_ends_an_open_attempt_as_solved():
    assert judged(AttemptState(), Verdict.SOLVED) == SOLVED


def test_undo_takes_it_back():
    assert rules.after_undo(SOLVED) == AttemptState()


@pytest.mark.parametrize("state", [AttemptState(), ESCALATED, ABANDONED, FAILED])
def test_undo_does_nothing_to_what_is_not_solved(state: AttemptState):
    assert rules.after_undo(state) == state


@pytest.mark.parametrize("verdict", [Verdict.TRIED, Verdict.UNRELATED])
def test_other_verdicts_leave_an_attempt_open(verdict: Verdict):
    assert judged(AttemptState(), verdict) == AttemptState()


def test_the_solution_that_did_not_help_after_all_opens_the_attempt_again():
    assert judged(SOLVED, Verdict.TRIED) == AttemptState()


def test_another_article_that_did_not_help_leaves_a_solved_attempt_solved():
    assert judged(SOLVED, Verdict.TRIED, article=2) == SOLVED


def test_the_last_article_that_solved_it_counts_and_the_first_moment():
    later = rules.after_verdict(
        SOLVED, article=2, verdict=Verdict.SOLVED, now=NOW + timedelta(hours=1)
    )
    assert later == AttemptState(Outcome.SOLVED, 2, NOW, NOW)


@pytest.mark.parametrize("state", [ESCALATED, FAILED])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_late_verdict_does_not_change_how_a_ticket_ended_the_attempt(
    state: AttemptState, verdict: Verdict
):
    assert judged(state, verdict) == state


def test_silence_of_a_day_abandons_an_open_attempt_and_no_other():
    def after(state: AttemptState, hours: float) -> Outcome:
        now = NOW + timedelta(hours=hours)
        return rules.after_silence(state, last_word_at=NOW, now=now, quiet_for=DAY).outcome

    assert after(AttemptState(), 23.9) is Outcome.OPEN
    assert after(AttemptState(), 24) is Outcome.ABANDONED
    assert after(SOLVED, 48) is Outcome.SOLVED
    assert after(ESCALATED, 48) is Outcome.ESCALATED


def test_an_abandoned_attempt_ends_by_the_word_that_comes_after_all():
    assert rules.after_typing(ABANDONED) == AttemptState()
    assert judged(ABANDONED, Verdict.SOLVED) == SOLVED
    assert rules.after_ticket(ABANDONED, now=NOW, within=WEEK) == ESCALATED


def test_a_ticket_escalates_an_open_attempt():
    assert rules.after_ticket(AttemptState(), now=NOW, within=WEEK) == ESCALATED


def test_a_ticket_within_seven_days_makes_a_solved_attempt_a_failed_one():
    after = rules.after_ticket(SOLVED, now=NOW + WEEK, within=WEEK)
    assert after == AttemptState(Outcome.FAILED, 1, NOW, NOW + WEEK)


def test_after_seven_days_a_solved_attempt_stays_solved_and_the_ticket_begins_another():
    late = NOW + WEEK + timedelta(seconds=1)
    assert rules.after_ticket(SOLVED, now=late, within=WEEK) == SOLVED
    assert not rules.takes_ticket(SOLVED, now=late, within=WEEK)


def test_what_was_rejected_is_not_shown_first_and_what_is_another_problem_not_at_all():
    ranked = [(n, f"article {n}") for n in range(1, 9)]
    verdicts = {1: Verdict.TRIED, 3: Verdict.UNRELATED, 5: Verdict.SOLVED}
    order = rules.in_order(ranked, verdicts=verdicts, already_read=2, limit=7)
    assert order == [f"article {n}" for n in (4, 5, 6, 7, 8, 1, 2)]


@given(
    ids=st.lists(st.integers(1, 30), unique=True),
    verdicts=st.dictionaries(st.integers(1, 30), st.sampled_from(Verdict)),
    limit=st.integers(1, 5),
)
def test_never_more_than_the_limit_and_each_article_once(ids, verdicts, limit):
    order = rules.in_order([(n, n) for n in ids], verdicts=verdicts, already_read=None, limit=limit)
    assert len(order) <= limit
    assert len(set(order)) == len(order)
    assert all(verdicts.get(n) is not Verdict.UNRELATED for n in order)


@given(
    seconds=st.floats(allow_nan=True, allow_infinity=True),
    already=st.floats(0, 100),
    since=st.floats(0, 9e4),
)
def test_the_time_that_an_article_was_open_is_never_absurd(seconds, already, since):
    now = NOW + timedelta(seconds=since)
    total = rules.time_open(seconds, already=already, shown_at=NOW, now=now)
    assert already <= total <= max(already, since + 1e-6)
    assert total - already <= 3600


class AttemptLife(RuleBasedStateMachine):
    """Whatever customers and time do in whatever order, an attempt stays consistent."""

    @initialize()
    def begin(self) -> None:
        self.state = AttemptState()
        self.now = NOW
        self.word_at = NOW
        self.tickets = 0

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def sweep(self) -> None:
        before = self.state
        self.state = rules.after_silence(
            before, last_word_at=self.word_at, now=self.now, quiet_for=DAY
        )
        if before.outcome is not Outcome.OPEN:
            assert self.state == before

    @rule()
    def type_on(self) -> None:
        before = self.state
        self.state = rules.after_typing(before)
        self.word_at = self.now
        assert (self.state.outcome is Outcome.OPEN) == rules.goes_on(before)

    @rule(verdict=st.sampled_from(Verdict), article=st.integers(1, 5))
    def judge(self, verdict: Verdict, article: int) -> None:
        before = self.state
        self.state = rules.after_verdict(before, article=article, verdict=verdict, now=self.now)
        self.word_at = self.now
        again = rules.after_verdict(self.state, article=article, verdict=verdict, now=self.now)
        assert again == self.state
        if verdict is Verdict.SOLVED and before.outcome not in {Outcome.ESCALATED, Outcome.FAILED}:
            assert self.state.is_solved
            assert self.state.solved_by == article

    @rule()
    def take_back(self) -> None:
        self.state = rules.after_undo(self.state)
        self.word_at = self.now
        assert not self.state.is_solved

    @rule()
    def send_to_a_person(self) -> None:
        taken = rules.takes_ticket(self.state, now=self.now, within=WEEK)
        before = self.state
        self.state = rules.after_ticket(before, now=self.now, within=WEEK)
        if taken:
            self.tickets += 1
            assert self.state.outcome in {Outcome.ESCALATED, Outcome.FAILED}
        else:
            assert self.state == before

    @rule()
    def ask_the_same_elsewhere(self) -> None:
        before = self.state
        self.state = rules.after_relapse(before, now=self.now, within=WEEK)
        assert self.state == before or self.state.outcome is Outcome.FAILED

    @invariant()
    def is_consistent(self) -> None:
        state = self.state
        assert (state.ended_at is None) == (state.outcome is Outcome.OPEN)
        says_solved = state.outcome in {Outcome.SOLVED, Outcome.FAILED}
        assert (state.solved_by is not None) == says_solved
        assert (state.solved_at is not None) == says_solved
        assert self.tickets <= 1
        if self.tickets:
            assert state.outcome in {Outcome.ESCALATED, Outcome.FAILED}


TestAttemptLife = AttemptLife.TestCase
TestAttemptLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
