"""How an attempt goes on: each word of a customer, and silence, as pure decisions.

    open ──"this solved it"──► solved ──a ticket about the same thing within 7 days──► failed
     │ ▲                        │
     │ └────────undo────────────┘
     ├──a ticket──► escalated
     └──no word for 24 hours──► abandoned ──any later word──► open, solved or escalated

Escalated and failed are final: a ticket exists, and a late verdict is kept with the article it
is about without changing how the attempt ended.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from app.deflection.states import Outcome, Verdict

MIN_DRAFT_CHARACTERS: Final = 12
MAX_SUBJECT_CHARACTERS: Final = 255
MAX_OPEN_AT_A_TIME: Final = timedelta(hours=1)
"""An article left open for longer was not being read."""

_FINAL: Final = frozenset({Outcome.ESCALATED, Outcome.FAILED})

Article = TypeVar("Article")


@dataclass(frozen=True, slots=True)
class AttemptState:
    """Where an attempt stands. `solved_by` is the id of the article that was said to solve it."""

    outcome: Outcome = Outcome.OPEN
    solved_by: int | None = None
    solved_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def is_solved(self) -> bool:
        """Whether the customer said so and nothing has proved the contrary."""
        return self.outcome is Outcome.SOLVED


def is_long_enough(subject: str, body: str) -> bool:
    """Whether there is enough text to suggest anything for: 12 characters."""
    return len(f"{subject}\n{body}".strip()) >= MIN_DRAFT_CHARACTERS


def kept(text: str) -> str:
    """A text as an attempt keeps it: without NUL, which PostgreSQL cannot hold."""
    return text.replace("\x00", "")


def goes_on(state: AttemptState) -> bool:
    """Whether more typing belongs to this attempt; otherwise it is the begin of another one."""
    return state.outcome in {Outcome.OPEN, Outcome.ABANDONED}


def after_typing(state: AttemptState) -> AttemptState:
    """An abandoned attempt is taken up again by typing; see `goes_on` for the others."""
    return AttemptState() if goes_on(state) else state


def after_verdict(
    state: AttemptState, *, article: int, verdict: Verdict, now: datetime
) -> AttemptState:
    """The state after a verdict on one article. Saying the same again changes nothing."""
    if state.outcome in _FINAL:
        return state
    if verdict is Verdict.SOLVED:
        if state.outcome is Outcome.SOLVED:
            return replace(state, solved_by=article)
        return AttemptState(Outcome.SOLVED, article, now, now)
    if state.outcome is Outcome.SOLVED and state.solved_by != article:
        return state  # another article did not help: one that did is enough
    return AttemptState()


def after_undo(state: AttemptState) -> AttemptState:
    """Take "this solved it" back. Nothing happens to an attempt that is not solved."""
    return AttemptState() if state.outcome is Outcome.SOLVED else state


def takes_ticket(state: AttemptState, *, now: datetime, within: timedelta) -> bool:
    """Whether a ticket from this attempt is its ending; otherwise the ticket begins another."""
    return goes_on(state) or _relapses(state, now=now, within=within)


def after_ticket(state: AttemptState, *, now: datetime, within: timedelta) -> AttemptState:
    """The state after a ticket was filed from this attempt: escalated, or failed if it was solved.

    Unchanged when the attempt takes no ticket (see `takes_ticket`).
    """
    if goes_on(state):
        return AttemptState(Outcome.ESCALATED, ended_at=now)
    return after_relapse(state, now=now, within=within)


def after_relapse(state: AttemptState, *, now: datetime, within: timedelta) -> AttemptState:
    """The state after the same person filed a ticket about the same thing."""
    if not _relapses(state, now=now, within=within):
        return state
    return replace(state, outcome=Outcome.FAILED, ended_at=now)


def _relapses(state: AttemptState, *, now: datetime, within: timedelta) -> bool:
    return (
        state.outcome is Outcome.SOLVED
        and state.solved_at is not None
        and now - state.solved_at <= within
    )


def after_silence(
    state: AttemptState, *, last_word_at: datetime, now: datetime, quiet_for: timedelta
) -> AttemptState:
    """An open attempt without a word for so long is abandoned."""
    if state.outcome is Outcome.OPEN and now - last_word_at >= quiet_for:
        return AttemptState(Outcome.ABANDONED, ended_at=now)
    return state


def in_order(
    ranked: Iterable[tuple[int, Article]],
    *,
    verdicts: Mapping[int, Verdict],
    already_read: int | None,
    limit: int,
) -> list[Article]:
    """What to show of what the ranker gave, (article id, article) pairs with the best first.

    What is not the customer's problem is left out; what did not help, and the article that the
    customer comes from, stand below the rest. Never more than `limit`.
    """
    first: list[Article] = []
    last: list[Article] = []
    for article_id, article in ranked:
        verdict = verdicts.get(article_id)
        if verdict is Verdict.UNRELATED:
            continue
        below = verdict is Verdict.TRIED or article_id == already_read
        (last if below else first).append(article)
    return (first + last)[:limit]


def time_open(seconds: float, *, already: float, shown_at: datetime, now: datetime) -> float:
    """The seconds for which an article was open in all, after it was closed once more.

    What a browser tells is bounded: by an hour at a time, and by the time since it was shown.
    """
    told = min(max(0.0, seconds), MAX_OPEN_AT_A_TIME.total_seconds())
    possible = max((now - shown_at).total_seconds(), 0.0)
    return max(already, min(already + told, possible))
