"""Measure the suggestions on the desk's own tickets: asked for by an admin, done by the worker."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.db.database import Database
from app.deflection.threshold import decided
from app.knowledge.indexing import ContentVersion
from app.reports.figures import MIN_ASKED, Detail, Figures, asked_tickets, figures_of
from app.reports.history import read_history
from app.reports.misses import find_misses
from app.reports.models import Evaluation, EvaluationState
from app.reports.rules import is_due, is_too_soon
from search.desk_evaluation import evaluate_desk
from search.desk_history import split_by_time

KEPT: Final = 12
UNFINISHED: Final = (EvaluationState.WAITING, EvaluationState.RUNNING)
_MAX_ERROR: Final = 400

log = structlog.get_logger()


def request_evaluation(session: Session, *, by: int | None, now: datetime) -> None:
    """Ask for a measurement, unless one is under way."""
    under_way = session.scalar(
        select(Evaluation.id).where(Evaluation.state.in_(UNFINISHED)).limit(1)
    )
    if under_way is None:
        session.add(Evaluation(state=EvaluationState.WAITING, requested_by_id=by, requested_at=now))
    session.commit()


def request_when_due(database: Database, *, now: datetime) -> None:
    """Ask for a measurement when the clock or the number of new tickets says so.

    Reads the whole history, a day or more after the last measurement.
    """
    with database.reading() as session:
        last = session.scalar(select(Evaluation).order_by(Evaluation.id.desc()).limit(1))
        last_at = last.requested_at if last else None
        if (last and last.state in UNFINISHED) or is_too_soon(now=now, last_at=last_at):
            return
        figures = Figures.model_validate(last.figures) if last and last.figures else None
        due = is_due(
            now=now,
            last_at=last_at,
            solved_then=figures.solved if figures else 0,
            was_enough=figures is not None and figures.is_enough,
            solved=read_history(session).solved,
        )
    if due:
        with database.writing() as session:
            request_evaluation(session, by=None, now=now)


def is_waiting(database: Database) -> bool:
    """Whether a measurement was asked for that nobody has begun."""
    with database.reading() as session:
        waiting = select(Evaluation.id).where(Evaluation.state == EvaluationState.WAITING)
        return session.scalar(waiting.limit(1)) is not None


def give_up_interrupted(
    session: Session,
    *,
    now: datetime,
    states: Sequence[EvaluationState] = (EvaluationState.RUNNING,),
) -> None:
    """Call what was left behind by a worker, or a process, that ended failed. For the only worker."""
    session.execute(
        update(Evaluation)
        .where(Evaluation.state.in_(states))
        .values(state=EvaluationState.FAILED, ended_at=now, error=INTERRUPTED)
    )
    session.commit()


INTERRUPTED: Final = "interrupted"
"""The error of a measurement during which the worker ended."""


def run_next(
    database: Database, *, default_threshold: float, limit: int, clock: Callable[[], datetime]
) -> bool:
    """Do what was asked for first, if anything was; whether there was something to do.

    `default_threshold` holds where no admin has decided, `limit` is how many articles are shown
    at most. Takes up to a minute or two, without a transaction for writing. What goes wrong is
    kept with the evaluation, and logged.
    """
    evaluation_id = _begin(database, clock())
    if evaluation_id is None:
        return False
    started = time.monotonic()
    try:
        version, figures, detail = _measure(database, default_threshold, limit)
    except Exception as error:
        log.exception("evaluation.failed")
        _end(
            database,
            evaluation_id,
            state=EvaluationState.FAILED,
            ended_at=clock(),
            error=f"{type(error).__name__}: {error}"[:_MAX_ERROR],
        )
        return True
    _end(
        database,
        evaluation_id,
        state=EvaluationState.DONE,
        ended_at=clock(),
        index_version=version,
        figures=figures.model_dump(mode="json"),
        detail=detail.model_dump(mode="json"),
    )
    seconds = round(time.monotonic() - started, 1)
    log.info("evaluation.done", asked=figures.asked, taught=figures.taught, seconds=seconds)
    return True


def _measure(
    database: Database, default_threshold: float, limit: int
) -> tuple[int, Figures, Detail]:
    with database.reading() as session:
        version = ContentVersion.read(session).version
        chosen = decided(session)
        known = read_history(session)
    threshold = default_threshold if chosen is None else chosen
    history = split_by_time(known.tickets)
    evaluation = None
    detail = Detail()
    if len(history.asked) >= MIN_ASKED:
        evaluation = evaluate_desk(known.documents, history, limit=limit)
        detail = Detail(
            asked=asked_tickets(evaluation.answered),
            outside=asked_tickets(evaluation.outside),
            misses=find_misses(known.documents, history, evaluation.answered, threshold=threshold),
        )
    figures = figures_of(
        history,
        evaluation,
        articles=len(known.documents),
        solved=known.solved,
        threshold=threshold,
        limit=limit,
    )
    return version, figures, detail


def _begin(database: Database, now: datetime) -> int | None:
    """Take the measurement that was asked for first; None when there is none."""
    with database.reading() as session:
        waiting = session.scalar(
            select(Evaluation.id)
            .where(Evaluation.state == EvaluationState.WAITING)
            .order_by(Evaluation.id)
            .limit(1)
        )
    if waiting is None:
        return None
    with database.writing() as session:
        session.execute(
            update(Evaluation)
            .where(Evaluation.id == waiting)
            .values(state=EvaluationState.RUNNING, started_at=now)
        )
        session.commit()
    return waiting


def _end(database: Database, evaluation_id: int, **values: object) -> None:
    """Keep what came of it; of those before it only figures, and of the oldest nothing."""
    with database.writing() as session:
        own = (Evaluation.id == evaluation_id, Evaluation.state == EvaluationState.RUNNING)
        ended = session.execute(
            update(Evaluation).where(*own).values(**values).returning(Evaluation.id)
        )
        if ended.first() is None:
            return  # given up meanwhile
        if values["state"] is EvaluationState.DONE:
            older = Evaluation.id < evaluation_id
            session.execute(update(Evaluation).where(older).values(detail={}))
        kept = select(Evaluation.id).order_by(Evaluation.id.desc()).limit(KEPT)
        forgotten = set(session.scalars(select(Evaluation.id))) - set(session.scalars(kept))
        for each in forgotten:
            session.delete(session.get_one(Evaluation, each))
        session.commit()
