"""Training and measuring happen in a process of their own, which may die."""

import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.db.outbox import bump_index
from app.reports.evaluating import INTERRUPTED, request_evaluation
from app.reports.models import EvaluationState
from app.studies import StudyError, carry_out, merge
from app.worker import Measuring, Teaching, watchers
from search.errors import SnapshotError
from search.snapshots import saved_name
from search.training import MIN_TICKETS
from tests.factories_deflection import product_of
from tests.factories_knowledge import NOW, make_article
from tests.factories_reports import evaluations
from tests.knowledge.test_indexes import solve


@pytest.fixture
def nowhere(settings, tmp_path):
    """Settings by which nothing can be started: a file stands where the data should be."""
    (tmp_path / "file").write_text("")
    return settings.model_copy(update={"data": tmp_path / "file"})


def test_the_worker_lets_the_desks_tickets_be_learned(app, session):
    articles = [make_article(session, title=f"Repair the {what}") for what in ("lamp", "brake")]
    for number in range(MIN_TICKETS):
        text = ("the light flickers", "the stopper squeaks")[number % 2]
        solve(session, articles[number % 2], f"{number} please", f"{text} since day {number}")
    bump_index(session, now=NOW)
    session.commit()
    indexes = product_of(app).indexes
    indexes.refresh()
    assert indexes.suggestions().model.tickets == 0
    teaching = Teaching(product_of(app))
    teaching.look()
    indexes.refresh()
    assert indexes.suggestions().model.tickets == MIN_TICKETS
    assert teaching.next_at is not None


def test_a_training_whose_process_died_is_tried_again_later(app, session, nowhere):
    article = make_article(session, title="Repair the lamp")
    for number in range(MIN_TICKETS):
        solve(session, article, f"{number} please", f"the light flickers since day {number}")
    bump_index(session, now=NOW)
    session.commit()
    product = product_of(app)
    product.indexes.refresh()
    teaching = Teaching(replace(product, settings=nowhere))
    before = datetime.now(UTC)
    teaching.look()
    assert teaching.is_due
    assert teaching.next_at > before + timedelta(minutes=50)
    teaching.product, teaching.next_at = product, None
    teaching.look()
    assert not teaching.is_due


def test_a_process_that_ends_before_its_work_is_told(nowhere):
    with pytest.raises(StudyError, match="teach ended with 1"):
        carry_out("teach", nowhere)


def test_a_measurement_whose_process_died_has_failed_and_is_not_begun_again(app, session, nowhere):
    with product_of(app).database.writing() as writing:
        request_evaluation(writing, by=None, now=NOW)
    Measuring(replace(product_of(app), settings=nowhere)).look()
    (found,) = evaluations(session)
    assert (found.state, found.error) == (EvaluationState.FAILED, INTERRUPTED)


def test_the_worker_makes_two_parts_of_an_index_one(app, session, settings):
    base = settings.data / "index" / "suggestions" / "base"
    indexes = product_of(app).indexes
    indexes.refresh()
    for number in range(70):
        make_article(session, title=f"Repair the lamp {number}")
    indexes.refresh()
    before = saved_name(base)
    [merging] = [each for each in watchers(app) if each.name == "merging"]
    merging.look()
    indexes.refresh()
    assert saved_name(base) != before
    assert len(indexes.suggestions().parts) == 1
    assert indexes.suggestions().document_count == 70


def test_a_damaged_part_is_told_by_the_process_that_finds_it(app, session, settings):
    indexes = product_of(app).indexes
    make_article(session, title="Repair the brake")
    indexes.refresh()
    base = settings.data / "index" / "suggestions" / "base"
    path = base / saved_name(base) / "keys.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(SnapshotError, match="damaged"):
        merge(settings, articles=True, tickets=False)


PARENT = """
import multiprocessing
from app.studies import _end_with_parent
child = multiprocessing.get_context("spawn").Process(target=_end_with_parent, daemon=True)
child.start()
print(child.pid, flush=True)
child.join()
"""


def test_a_study_ends_when_the_worker_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as parent:
        child = Path(f"/proc/{int(parent.stdout.readline())}/cmdline")
        assert child.read_text()
        parent.kill()
    deadline = time.monotonic() + 30
    while child.exists() and child.read_text():  # what nobody waited for has no command line
        assert time.monotonic() < deadline
        time.sleep(0.05)
