"""The background process: delivers the outbox, keeps the index fresh, runs the periodic jobs.

Huey (on SQLite, in the data folder) runs the periodic jobs; watcher threads look a few times a
second for what is due at once.
"""

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import structlog
from flask import Flask
from huey import SqliteHuey, crontab
from sqlalchemy.orm import Session

from app.accounts.sessions import forget_ended
from app.db.heartbeat import WORKER, beat
from app.deflection.service import sweep_abandoned
from app.factory import create_app
from app.mail.delivery import Handler, deliver_due, forget_delivered
from app.mail.rendering import Promise, compose
from app.mail.transports import make_transport
from app.reports import evaluating
from app.studies import StudyError, carry_out, merge
from app.tickets.attachments import discard_orphans
from app.tickets.publication import announce
from app.web.request_context import Product

LOOK_EVERY_SECONDS = 0.1
BEAT_EVERY = timedelta(seconds=10)
TEACH_EVERY = timedelta(minutes=1)
TEACH_AGAIN_AFTER = timedelta(hours=1)
MEASURE_EVERY = timedelta(seconds=1)
DUE_EVERY = timedelta(hours=1)
KEEP_DELIVERED = timedelta(days=30)

log = structlog.get_logger()


def clock() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)


def handlers(app: Flask) -> dict[str, Handler]:
    """What to do with each kind of outbox entry."""
    product: Product = app.extensions["antesala"]
    settings = product.settings
    transport = make_transport(settings)

    def mail(key: str, payload: dict[str, Any]) -> None:
        promise = Promise.from_payload(key, payload)
        with app.app_context():
            message = compose(
                promise, sender=settings.mail_from, site_name=settings.site_name, now=clock()
            )
        transport.send(message)

    def article_published(_key: str, payload: dict[str, Any]) -> None:
        with product.database.writing() as session:
            announce(
                session,
                article_id=int(payload["article_id"]),
                public_url=settings.public_url,
                key=settings.key(),
                now=clock(),
            )

    return {"mail": mail, "article_published": article_published}


class Watcher(threading.Thread):
    """Looks a few times a second for what must not wait for a periodic job."""

    def __init__(self, name: str, look: Callable[[], object], *, patience: float = 30) -> None:
        super().__init__(name=name, daemon=True)
        self.look = look
        self.patience = patience
        self.stopping = threading.Event()

    def run(self) -> None:
        """Look, until stopped; a failure is logged and the next look comes all the same."""
        while not self.stopping.wait(LOOK_EVERY_SECONDS):
            try:
                self.look()
            except Exception:
                log.exception("worker.look_failed", watcher=self.name)
                self.stopping.wait(1)

    def stop(self) -> None:
        """Finish the round, then end; `patience` seconds later whatever the round does is lost."""
        self.stopping.set()
        self.join(timeout=self.patience)


class SignsOfLife:
    """Says that the worker is alive, and keeps the indexes fresh."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.last_beat: datetime | None = None

    def look(self) -> None:
        """One round."""
        now = clock()
        if self.last_beat is None or now - self.last_beat >= BEAT_EVERY:
            with self.product.database.writing() as session:
                beat(session, WORKER, now=now)
            self.last_beat = now
        self.product.indexes.refresh()


class Teaching:
    """Trains what the desk's own tickets teach, now and then."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.next_at: datetime | None = None
        self.is_due = False

    def look(self) -> None:
        """Train, unless that was looked at a minute ago or there is nothing new."""
        if self.next_at is not None and clock() < self.next_at:
            return
        self.is_due = self.is_due or self.product.indexes.may_learn()
        wait = TEACH_EVERY
        if self.is_due:
            try:
                carry_out("teach", self.product.settings)
                self.is_due = False
            except StudyError:
                log.exception("training.died")
                wait = TEACH_AGAIN_AFTER
        self.next_at = clock() + wait


class Measuring:
    """Measures the suggestions on the desk's own tickets when it is asked for, or due."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.next_at: datetime | None = None
        self.due_at: datetime | None = None

    def look(self) -> None:
        """Do what was asked for; now and then see whether it is time again."""
        now = clock()
        if self.next_at is None:
            with self.product.database.writing() as session:
                evaluating.give_up_interrupted(session, now=now)
        elif now < self.next_at:
            return
        if self.due_at is None or now >= self.due_at:
            evaluating.request_when_due(self.product.database, now=now)
            self.due_at = now + DUE_EVERY
        if evaluating.is_waiting(self.product.database):
            try:
                carry_out("measure", self.product.settings)
            except StudyError:
                log.exception("evaluation.died")
                with self.product.database.writing() as session:
                    evaluating.give_up_interrupted(
                        session, now=clock(), states=evaluating.UNFINISHED
                    )
        self.next_at = clock() + MEASURE_EVERY


def watchers(app: Flask) -> tuple[Watcher, ...]:
    """One for each thing that may take long, so that a slow mail server holds up mail alone."""
    product: Product = app.extensions["antesala"]
    promised = handlers(app)
    in_a_study = partial(merge, product.settings)
    return (
        Watcher("index", SignsOfLife(product).look),
        Watcher("merging", lambda: product.indexes.tidy(in_a_study), patience=2),
        Watcher("model", Teaching(product).look, patience=2),
        Watcher("evaluation", Measuring(product).look, patience=2),
        Watcher("outbox", lambda: deliver_due(product.database, promised, clock=clock)),
    )


def periodic(app: Flask) -> SqliteHuey:
    """The queue with the jobs that run by the clock."""
    product: Product = app.extensions["antesala"]
    huey = SqliteHuey("antesala", filename=str(product.settings.data / "jobs.sqlite3"))

    def every(schedule: Callable[[datetime], bool], job: Callable[[Session], object]) -> None:
        def run() -> None:
            with product.database.writing() as session:
                job(session)

        run.__name__ = job.__name__
        huey.periodic_task(schedule)(run)

    def end_abandoned_attempts(session: Session) -> None:
        quiet = timedelta(hours=product.settings.abandoned_after_hours)
        sweep_abandoned(session, quiet_for=quiet, now=clock())

    def discard_orphan_files(session: Session) -> None:
        discard_orphans(session, product.settings, now=clock())

    def forget_delivered_mail(session: Session) -> None:
        forget_delivered(session, before=clock() - KEEP_DELIVERED)

    def forget_ended_sessions(session: Session) -> None:
        forget_ended(session, now=clock())

    every(crontab(minute="*/10"), end_abandoned_attempts)
    every(crontab(minute="23"), discard_orphan_files)
    every(crontab(minute="41", hour="3"), forget_delivered_mail)
    every(crontab(minute="53"), forget_ended_sessions)
    return huey


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    app = create_app()
    watching = watchers(app)
    for watcher in watching:
        watcher.start()
    log.info("worker.started", process=os.getpid())
    consumer = periodic(app).create_consumer(workers=1, graceful_signal="TERM")
    try:
        consumer.run()
    finally:
        for watcher in watching:
            watcher.stop()
        log.info("worker.stopped")


if __name__ == "__main__":
    main()
