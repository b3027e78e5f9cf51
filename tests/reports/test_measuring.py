"""The worker's part: it begins by itself, does what is asked for, and gives up what was left."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.reports.evaluating import INTERRUPTED
from app.reports.models import Evaluation, EvaluationState
from app.settings import Settings
from app.worker import Measuring, watchers
from tests.factories_deflection import product_of
from tests.factories_knowledge import NOW
from tests.factories_reports import evaluations, make_desk


@pytest.fixture
def measuring(app: Flask) -> Measuring:
    return Measuring(product_of(app))


def test_the_first_look_measures_and_the_next_one_has_nothing_to_do(
    measuring: Measuring, session: Session, settings: Settings
) -> None:
    make_desk(session, settings)
    measuring.look()
    (found,) = evaluations(session)
    assert found.state is EvaluationState.DONE
    assert found.requested_by_id is None
    measuring.look()
    assert len(evaluations(session)) == 1


def test_what_an_earlier_worker_left_behind_has_failed(
    measuring: Measuring, session: Session
) -> None:
    session.add(Evaluation(state=EvaluationState.RUNNING, requested_at=NOW, started_at=NOW))
    session.commit()
    measuring.look()
    found = evaluations(session)[-1]
    assert (found.state, found.error) == (EvaluationState.FAILED, INTERRUPTED)


def test_it_is_one_of_the_watchers(app: Flask) -> None:
    assert "evaluation" in {watcher.name for watcher in watchers(app)}
