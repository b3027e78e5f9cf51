"""Attempts as rows: find them, begin them, and put a decided state into them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from app.deflection.models import Attempt, Impression
from app.deflection.rules import AttemptState
from app.deflection.states import Verdict
from app.errors import NotFoundError
from app.knowledge.voting import count_solved, count_verdict, hold, teach


def find_attempt(session: Session, token: str, *, change: bool = False) -> Attempt | None:
    """The attempt with this token and its impressions, in two statements.

    `change` keeps others from changing it until this transaction ends, and reads it afresh.
    """
    statement = (
        select(Attempt).where(Attempt.token == token).options(selectinload(Attempt.impressions))
    )
    if change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def get_attempt(session: Session, token: str, *, change: bool = False) -> Attempt:
    """Like `find_attempt`, but raises NotFoundError."""
    found = find_attempt(session, token, change=change)
    if found is None:
        raise NotFoundError("no attempt with this token")
    return found


def begin_attempt(session: Session, attempt: Attempt) -> Attempt:
    """Add a new attempt; when another request has begun it meanwhile, that one is given back."""
    try:
        with session.begin_nested():
            session.add(attempt)
            session.flush()
    except IntegrityError:
        return get_attempt(session, attempt.token, change=True)
    return attempt


def impression_of(attempt: Attempt, article_id: int) -> Impression:
    """What was shown of an article in this attempt. Raises NotFoundError when it was not."""
    found = next((each for each in attempt.impressions if each.article_id == article_id), None)
    if found is None:
        raise NotFoundError("the article was not suggested in this attempt")
    return found


def state_of(attempt: Attempt) -> AttemptState:
    """The part of an attempt that the rules decide about."""
    return AttemptState(
        attempt.outcome, attempt.solved_by_article_id, attempt.solved_at, attempt.ended_at
    )


def hold_solutions(session: Session, states: Iterable[AttemptState], *others: int) -> None:
    """Lock the articles that solve attempts in these states, and others: all that is changed next."""
    solved = {solution(state) for state in states} - {None}
    hold(session, [each for each in solved if each is not None] + list(others))


def put_state(session: Session, attempt: Attempt, state: AttemptState, *, now: datetime) -> None:
    """Make the attempt what the rules decided, and keep the count of what its article solved."""
    before, after = solution(state_of(attempt)), solution(state)
    if before != after:
        concerned = {each for each in (before, after) if each is not None}
        hold_solutions(session, [state_of(attempt), state])
        if before is not None:
            count_solved(session, before, by=-1)
        if after is not None:
            count_solved(session, after)
        # What somebody without an account says teaches nothing (see `learning.customer_words`).
        if attempt.user_id is not None:
            teach(session, concerned, now=now)
    attempt.outcome = state.outcome
    attempt.solved_by_article_id = state.solved_by
    attempt.solved_at = state.solved_at
    attempt.ended_at = state.ended_at
    attempt.updated_at = now


def put_verdict(
    session: Session,
    attempt: Attempt,
    impression: Impression,
    verdict: Verdict | None,
    *,
    now: datetime,
) -> None:
    """Record what the customer says of an article, or (None) that they take it back.

    It counts for the article's standing once for each person, however many attempts they make, and
    not at all where nobody can tell who it was.
    """
    before = impression.verdict
    if before is verdict:
        return
    impression.verdict = verdict
    impression.verdict_at = now if verdict else None
    worked = (verdict is Verdict.SOLVED) - (before is Verdict.SOLVED)
    failed = (verdict is Verdict.TRIED) - (before is Verdict.TRIED)
    if (worked or failed) and _is_first_said(session, attempt, impression.article_id):
        count_verdict(session, impression.article_id, worked=worked, failed=failed, now=now)


def _is_first_said(session: Session, attempt: Attempt, article_id: int) -> bool:
    """Whether the person of this attempt is known, and said nothing of the article in another."""
    person = Attempt.user_id == attempt.user_id if attempt.user_id else None
    if person is None and attempt.visitor:
        person = Attempt.visitor == attempt.visitor
    if person is None:
        return False
    other = (
        select(Impression.id)
        .join(Attempt, Attempt.id == Impression.attempt_id)
        .where(
            person,
            Attempt.id != attempt.id,
            Impression.article_id == article_id,
            Impression.verdict.in_([Verdict.SOLVED, Verdict.TRIED]),
        )
        .limit(1)
    )
    return session.scalar(other) is None


def solution(state: AttemptState) -> int | None:
    """The article that holds as the solution: not of an attempt that failed afterwards."""
    return state.solved_by if state.is_solved else None
