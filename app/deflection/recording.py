"""Keep what somebody typed and what was answered, in a few small statements.

A draft comes with every pause in typing, so this is the product's hottest writing. Rows are
written as they are, without being read into objects first: an attempt that was begun a moment
ago takes three statements, one that goes on at most seven, however many articles were shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db.prepared import Prepared
from app.deflection import rules
from app.deflection.models import Answer, Attempt, Impression
from app.deflection.rules import AttemptState
from app.deflection.states import Arm, Outcome, Verdict
from app.errors import NotFoundError
from search.analysis import MAX_DRAFT_CHARACTERS

Row = dict[str, Any]

_ATTEMPT: Final = cast("Table", Attempt.__table__)
_IMPRESSION: Final = cast("Table", Impression.__table__)
_ANSWER: Final = cast("Table", Answer.__table__)

_FIND: Final = Prepared(
    select(
        _ATTEMPT.c.id,
        _ATTEMPT.c.from_article_id,
        _ATTEMPT.c.outcome,
        _ATTEMPT.c.solved_by_article_id,
        _ATTEMPT.c.solved_at,
        _ATTEMPT.c.ended_at,
    )
    .where(_ATTEMPT.c.token == bindparam("token"))
    .with_for_update()
)
# Read after the attempt is locked: what another request adds meanwhile is seen.
_IMPRESSIONS: Final = Prepared(
    select(
        _IMPRESSION.c.article_id,
        _IMPRESSION.c.id,
        _IMPRESSION.c.rank,
        _IMPRESSION.c.shown_count,
        _IMPRESSION.c.verdict,
    ).where(_IMPRESSION.c.attempt_id == bindparam("attempt"))
)
_LAST_ANSWER: Final = Prepared(
    select(_ANSWER.c.id, _ANSWER.c.index_version, _ANSWER.c.shown)
    .where(_ANSWER.c.attempt_id == bindparam("attempt"))
    .order_by(_ANSWER.c.id.desc())
    .limit(1)
)
_BEGIN: Final = Prepared(insert(_ATTEMPT))
_GO_ON: Final = Prepared(update(_ATTEMPT).where(_ATTEMPT.c.id == bindparam("attempt")))
_SHOW: Final = Prepared(insert(_IMPRESSION))
_SHOW_AGAIN: Final = Prepared(
    update(_IMPRESSION).where(_IMPRESSION.c.id == bindparam("impression"))
)
_ANSWERED: Final = Prepared(insert(_ANSWER))
_ANSWERED_AGAIN: Final = Prepared(update(_ANSWER).where(_ANSWER.c.id == bindparam("answer")))
_UNTOLD: Final[Row] = {
    "arm": Arm.SHOWN,
    "outcome": Outcome.OPEN,
    "feedback": "",
    "from_article_id": None,
    "user_id": None,
    "visitor": None,
    "email": None,
}
"""What an attempt has when nothing else is known."""


@dataclass(frozen=True, slots=True)
class ShownBefore:
    """An article's impression in an attempt that goes on."""

    impression_id: int
    rank: int
    shown_count: int
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an attempt stands before an answer. `shown` is by article id."""

    id: int
    state: AttemptState
    from_article_id: int | None
    shown: Mapping[int, ShownBefore]

    @property
    def verdicts(self) -> dict[int, Verdict]:
        """What the customer said so far, by article id."""
        return {article_id: each.verdict for article_id, each in self.shown.items() if each.verdict}


def find_standing(connection: Connection, token: str) -> Standing | None:
    """Where the attempt with this token stands; nobody else changes it until the commit."""
    found = _FIND.fetch(connection, {"token": token})
    if not found:
        return None
    number, from_article_id, *state = found[0]
    shown = {
        article_id: ShownBefore(*rest)
        for article_id, *rest in _IMPRESSIONS.fetch(connection, {"attempt": number})
    }
    return Standing(number, AttemptState(*state), from_article_id, shown)


def begin(connection: Connection, attempt: Row) -> Standing:
    """Add an attempt under a token that nobody else knows."""
    number = _BEGIN.add(connection, _UNTOLD | attempt)
    return Standing(number, AttemptState(), attempt.get("from_article_id"), {})


def begin_or_find(session: Session, attempt: Row) -> tuple[Standing, bool]:
    """Add an attempt under a token that others may know, too; and whether it was added.

    Another request may have begun it meanwhile: then that one is given.
    """
    try:
        with session.begin_nested():
            # Asked for inside, the connection makes the savepoint.
            return begin(session.connection(), attempt), True
    except IntegrityError:
        found = find_standing(session.connection(), attempt["token"])
        if found is None:
            raise NotFoundError("no attempt with this token") from None
        return found, False


def go_on(connection: Connection, standing: Standing, attempt: Row) -> None:
    """Put what was typed and answered now into an attempt that has not ended."""
    state = rules.after_typing(standing.state)
    ended = {
        "outcome": state.outcome,
        "solved_by_article_id": state.solved_by,
        "solved_at": state.solved_at,
        "ended_at": state.ended_at,
    }
    _GO_ON.write(connection, [{"attempt": standing.id, **attempt, **ended}])


def keep_impressions(
    connection: Connection, standing: Standing, shown: Sequence[Row], *, now: datetime
) -> None:
    """Count what is shown now, best first; `shown` are rows without the attempt and the counts.

    An article that was shown before keeps its row and the best rank it had.
    """
    new, again = [], []
    for rank, row in enumerate(shown, start=1):
        before = standing.shown.get(row["article_id"])
        if before is None:
            counted = {"attempt_id": standing.id, "rank": rank, "shown_count": 1, "shown_at": now}
            new.append(row | counted | {"open_seconds": 0.0})
        else:
            counted = {"rank": min(before.rank, rank), "shown_count": before.shown_count + 1}
            again.append(row | counted | {"impression": before.impression_id})
    if new:
        _SHOW.write(connection, new)
    if again:
        _SHOW_AGAIN.write(connection, again)


def keep_answer(connection: Connection, attempt_id: int, answer: Row, *, first: bool) -> None:
    """Keep what was answered; `first`: the attempt was begun with it.

    An answer that repeats the one before it takes its row over.
    """
    answer = answer | {"attempt_id": attempt_id, "body": answer["body"][:MAX_DRAFT_CHARACTERS]}
    last = [] if first else _LAST_ANSWER.fetch(connection, {"attempt": attempt_id})
    for number, index_version, shown in last:
        if index_version == answer["index_version"] and _same(shown, answer["shown"]):
            _ANSWERED_AGAIN.write(connection, [answer | {"answer": number}])
            return
    _ANSWERED.write(connection, [answer])


def _same(one: list[list[Any]], other: list[list[Any]]) -> bool:
    """Whether two answers are the same sections of the same articles in the same order."""
    return [row[:2] for row in one] == [row[:2] for row in other]
