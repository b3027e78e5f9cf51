"""What was acknowledged is kept: through kill -9, without a worker, index or mail server."""

import concurrent.futures
import json
import threading
import time
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from app.db.database import Database
from app.db.models import OutboxEntry
from app.deflection.models import Attempt, Impression
from app.tickets.models import Message, Ticket
from tests.journeys.conftest import fresh_database
from tests.journeys.running import Installation
from tests.mail_server import mail_server

FILINGS = 200


@pytest.fixture
def database_address() -> str:
    return fresh_database()


@pytest.fixture
def installation(tmp_path: Path, database_address: str) -> Iterator[Installation]:
    made = Installation(tmp_path, database_address, "--no-demo")
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()


def open_database(installation: Installation, address: str) -> Database:
    path = installation.folder / "var" / "antesala.sqlite3"
    return Database(address or f"sqlite:///{path}")


def file_ticket(installation: Installation, key: str, subject: str) -> str | None:
    """File through the API; the reference when it was acknowledged."""
    body = {"subject": subject, "body": "What happened, in words.", "email": "ana@example.org"}
    request = urllib.request.Request(
        f"{installation.address}/api/v1/tickets",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": key},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.status == 201
            return str(json.load(response)["reference"])
    except (HTTPException, OSError, ValueError):  # no answer, or one that was cut off
        return None


def test_every_acknowledged_ticket_survives_kill_9_once(
    installation: Installation, database_address: str
) -> None:
    installation.start()
    acknowledged: dict[str, str] = {}
    filed = threading.Event()

    def one(number: int) -> None:
        key = f"{number}-{uuid.uuid4().hex}"
        reference = file_ticket(installation, key, f"Filing {number}")
        for _retry in range(100):
            if reference is not None:
                break
            time.sleep(0.3)  # down: a client tries again with the same key
            reference = file_ticket(installation, key, f"Filing {number}")
        assert reference is not None
        acknowledged[f"Filing {number}"] = reference
        if len(acknowledged) >= FILINGS // 3:
            filed.set()

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        work = [pool.submit(one, number) for number in range(FILINGS)]
        assert filed.wait(60)
        installation.kill()
        installation.start()
        for each in work:
            each.result()
    installation.stop()
    database = open_database(installation, database_address)
    with database.reading() as session:
        rows = session.execute(select(Ticket.subject, Ticket.reference)).all()
        messages = session.scalars(select(Message.id)).all()
        promised = session.scalars(select(OutboxEntry.key)).all()
    database.dispose()
    assert len(acknowledged) == FILINGS
    assert Counter(subject for subject, _reference in rows) == Counter(acknowledged.keys())
    assert dict(rows) == acknowledged
    assert len(messages) == FILINGS
    assert len(promised) == len(set(promised)) == FILINGS


def ask(installation: Installation, text: str) -> str | None:
    """Ask the API for suggestions; the attempt's token when it was answered."""
    request = urllib.request.Request(
        f"{installation.address}/api/v1/suggestions",
        data=json.dumps({"subject": text, "body": ""}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return str(json.load(response)["attempt"])
    except (HTTPException, OSError, ValueError):  # no answer, or one that was cut off
        return None


@pytest.mark.parametrize("ending", [Installation.stop, Installation.kill])
def test_every_attempt_that_was_answered_outlives_the_process(
    installation: Installation, database_address: str, ending: Callable[[Installation], object]
) -> None:
    installation.start()
    answered: list[str] = []
    enough, ended = threading.Event(), threading.Event()

    def type_on() -> None:
        while not ended.is_set():
            token = ask(installation, "How do I write an article and publish it?")
            if token is not None:
                answered.append(token)
            if len(answered) >= FILINGS // 4:
                enough.set()

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        work = [pool.submit(type_on) for _ in range(4)]
        assert enough.wait(60)
        ending(installation)
        ended.set()
        for each in work:
            each.result()
    database = open_database(installation, database_address)
    with database.reading() as session:
        kept = set(session.scalars(select(Attempt.token)))
        shown = session.scalars(select(Impression.attempt_id)).all()
    database.dispose()
    assert set(answered) <= kept
    assert set(Counter(shown).values()) <= {1, 2, 3, 4, 5}
    assert shown


class Postbox:
    """A mail server that refuses until it is opened."""

    def __init__(self) -> None:
        self.open = False
        self.recipients: list[str] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not self.open:
            return "451 Not now"
        self.recipients += envelope.rcpt_tos
        return "250 Taken"


def test_a_ticket_is_kept_while_worker_index_and_mail_server_fail(
    tmp_path: Path, database_address: str
) -> None:
    postbox = Postbox()
    server = mail_server(postbox)
    server.start()
    installation = Installation(
        tmp_path,
        database_address,
        "--no-demo",
        ANTESALA_MAIL_TRANSPORT="smtp",
        ANTESALA_SMTP_PORT=str(server.port),
        ANTESALA_SMTP_SECURITY="none",
    ).start()
    try:
        # Moved and not deleted: the processes may be writing there.
        (installation.folder / "var" / "index").rename(tmp_path / "lost-index")
        reference = file_ticket(installation, "a-key", "Filed in bad times")
        assert reference is not None
        database = open_database(installation, database_address)
        wait_for(lambda: attempts(database) > 0)
        with database.reading() as session:
            assert session.scalars(select(Ticket.reference)).all() == [reference]
        postbox.open = True
        wait_for(lambda: postbox.recipients == ["ana@example.org"], seconds=40)
        database.dispose()
    finally:
        installation.stop()
        server.stop()


def attempts(database: Database) -> int:
    with database.reading() as session:
        return max(session.scalars(select(OutboxEntry.attempts)).all(), default=0)


def wait_for(holds, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.1)


def test_starting_again_changes_nothing_and_stopping_is_clean(
    installation: Installation, database_address: str
) -> None:
    installation.start()
    assert file_ticket(installation, "only-one", "Only one") is not None
    assert installation.stop() == 0
    began = installation.log.stat().st_size
    installation.start()
    assert installation.stop() == 0
    said = installation.log.read_text(encoding="utf-8")[began:]
    assert "imported" not in said.lower()
    database = open_database(installation, database_address)
    with database.reading() as session:
        assert len(session.scalars(select(Ticket.id)).all()) == 1
    database.dispose()
