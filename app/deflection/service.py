"""What customers and time do to an attempt: one function a use case, one commit each."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from app.deflection import rules
from app.deflection.attempts import (
    get_attempt,
    hold_solutions,
    impression_of,
    put_state,
    put_verdict,
    state_of,
)
from app.deflection.filing import Handover, Sent, send_to_person
from app.deflection.models import Attempt, Impression
from app.deflection.states import Outcome, Verdict
from app.deflection.suggesting import Origin, Shown, ShownSuggestion, Typed, suggest
from app.errors import NotFoundError
from app.knowledge.models import Article

MAX_FEEDBACK_CHARACTERS: Final = 400


def give_verdict(
    session: Session,
    *,
    token: str,
    article_id: int,
    verdict: Verdict,
    now: datetime,
    email: str | None = None,
) -> Attempt:
    """Record what the customer says of one article that was shown.

    The same again changes nothing. An attempt that was escalated or failed keeps its outcome;
    the verdict is kept all the same. `email` tells who it was, when the form knew. Raises
    NotFoundError for an unknown token, and for an article that was not shown.
    """
    attempt = get_attempt(session, token, change=True)
    _say(session, attempt, impression_of(attempt, article_id), verdict, now=now)
    attempt.email = email or attempt.email
    session.commit()
    return attempt


def give_verdict_on_slug(
    session: Session, *, token: str, slug: str, verdict: Verdict, now: datetime
) -> Attempt:
    """`give_verdict` for programs, which know articles by their slug."""
    attempt = get_attempt(session, token, change=True)
    ids = session.scalars(
        select(Article.id)
        .join(Impression, Impression.article_id == Article.id)
        .where(Impression.attempt_id == attempt.id, Article.slug == rules.kept(slug))
        .order_by(Article.locale != attempt.locale, Impression.rank)
        .limit(1)
    ).all()
    if not ids:
        raise NotFoundError("the article was not suggested in this attempt")
    _say(session, attempt, impression_of(attempt, ids[0]), verdict, now=now)
    session.commit()
    return attempt


def undo(session: Session, *, token: str, now: datetime) -> Attempt:
    """Take "this solved it" back, as if it had not been said.

    Does nothing to an attempt that is not solved. Raises NotFoundError for an unknown token.
    """
    attempt = get_attempt(session, token, change=True)
    if state_of(attempt).is_solved:
        said = [each.article_id for each in attempt.impressions if each.verdict is Verdict.SOLVED]
        hold_solutions(session, [state_of(attempt)], *said)
        for impression in attempt.impressions:
            if impression.verdict is Verdict.SOLVED:
                put_verdict(session, attempt, impression, None, now=now)
        put_state(session, attempt, rules.after_undo(state_of(attempt)), now=now)
    session.commit()
    return attempt


def record_reading(
    session: Session, *, token: str, article_id: int, seconds: float, now: datetime
) -> None:
    """Record that a suggestion was opened, or, with `seconds` above 0, closed after so long.

    Raises NotFoundError for an unknown token, and for an article that was not shown.
    """
    attempt = get_attempt(session, token, change=True)
    impression = impression_of(attempt, article_id)
    impression.opened_at = impression.opened_at or now
    impression.open_seconds = rules.time_open(
        seconds, already=impression.open_seconds, shown_at=impression.shown_at, now=now
    )
    attempt.updated_at = now
    session.commit()


def answer_question(session: Session, *, token: str, text: str, now: datetime) -> Attempt:
    """Keep the answer to the one optional question after "this solved it" (400 characters)."""
    attempt = get_attempt(session, token, change=True)
    attempt.feedback = text.replace("\x00", "").strip()[:MAX_FEEDBACK_CHARACTERS]
    attempt.updated_at = now
    session.commit()
    return attempt


def sweep_abandoned(
    session: Session, *, now: datetime, quiet_for: timedelta = timedelta(hours=24)
) -> int:
    """End the open attempts without a word for so long as abandoned; returns how many."""
    result = session.execute(
        update(Attempt)
        .where(Attempt.outcome == Outcome.OPEN, Attempt.updated_at <= now - quiet_for)
        .values(outcome=Outcome.ABANDONED, ended_at=now)
    )
    session.commit()
    return result.rowcount if isinstance(result, CursorResult) else 0


def _say(
    session: Session, attempt: Attempt, impression: Impression, verdict: Verdict, *, now: datetime
) -> None:
    state = rules.after_verdict(
        state_of(attempt), article=impression.article_id, verdict=verdict, now=now
    )
    hold_solutions(session, [state_of(attempt), state], impression.article_id)
    put_verdict(session, attempt, impression, verdict, now=now)
    put_state(session, attempt, state, now=now)


__all__ = [
    "MAX_FEEDBACK_CHARACTERS",
    "Handover",
    "Origin",
    "Sent",
    "Shown",
    "ShownSuggestion",
    "Typed",
    "answer_question",
    "give_verdict",
    "give_verdict_on_slug",
    "record_reading",
    "send_to_person",
    "suggest",
    "sweep_abandoned",
    "undo",
]
