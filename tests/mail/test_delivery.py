"""What the outbox promised reaches a real mail server, at least once and with one Message-ID."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy import select

from app.db.database import Database
from app.db.models import OutboxEntry
from app.db.outbox import enqueue
from app.factory import create_app
from app.mail.delivery import MOST_ATTEMPTS, deliver_due, wait_after
from app.mail.folder import list_mail
from app.mail.rendering import Promise, compose
from app.mail.transports import FolderTransport, SmtpTransport
from app.settings import MailTransport, Settings, SmtpSecurity
from app.worker import handlers
from tests.mail_server import free_port, mail_server

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Postbox:
    """A mail server's hand: keeps what comes, or refuses it while `open` is False."""

    def __init__(self) -> None:
        self.open = True
        self.messages: list[Message] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if not self.open:
            return "451 Come back later"
        self.messages.append(message_from_bytes(bytes(envelope.content or b"")))
        return "250 Taken"


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


@pytest.fixture
def server(postbox: Postbox) -> Iterator[Controller]:
    controller = mail_server(postbox)
    controller.start()
    yield controller
    controller.stop()


@pytest.fixture
def settings(settings: Settings, server: Controller) -> Settings:
    return settings.model_copy(
        update={
            "mail_transport": MailTransport.SMTP,
            "smtp_port": server.port,
            "smtp_security": SmtpSecurity.NONE,
        }
    )


def promise(database: Database, key: str = "hello:1", **context: object) -> None:
    with database.writing() as session:
        payload = {
            "template": "test_message",
            "to": "ana@example.org",
            "locale": "es",
            "context": {"subject": "Hola", "link": "http://localhost/es/t/1", **context},
        }
        enqueue(session, key=key, kind="mail", payload=payload, now=NOON)
        session.commit()


def entry(database: Database) -> OutboxEntry:
    with database.reading() as session:
        return session.scalars(select(OutboxEntry)).one()


@pytest.fixture(autouse=True)
def _template(app: Flask, tmp_path) -> None:
    folder = tmp_path / "templates" / "mail"
    folder.mkdir(parents=True)
    text = "Subject: {{ subject }}\n\nLook at {{ link }}, <please>.\n"
    (folder / "test_message.txt").write_text(text, encoding="utf-8")
    app.jinja_loader.searchpath.append(str(tmp_path / "templates"))


def deliver(app: Flask, now: datetime) -> int:
    return deliver_due(app.extensions["antesala"].database, handlers(app), clock=lambda: now)


def test_a_promised_mail_arrives_once(app: Flask, database: Database, postbox: Postbox) -> None:
    promise(database)
    promise(database)  # the same key: one mail
    assert deliver(app, NOON) == 1
    assert deliver(app, NOON + timedelta(days=1)) == 0
    (message,) = postbox.messages
    assert message["Subject"] == "Hola"
    assert message["To"] == "ana@example.org"
    assert message["From"] == "Antesala <help@example.org>"
    plain, html = message.get_payload()
    assert "Look at http://localhost/es/t/1, <please>." in plain.get_payload()
    assert '<a href="http://localhost/es/t/1">http://localhost/es/t/1</a>, &lt;please&gt;.' in (
        html.get_payload(decode=True).decode()
    )


def test_a_refused_mail_is_tried_again_later_with_the_same_message_id(
    app: Flask, database: Database, postbox: Postbox
) -> None:
    promise(database)
    payload = entry(database).payload
    postbox.open = False
    assert deliver(app, NOON) == 0
    assert entry(database).last_error
    assert deliver(app, NOON + timedelta(seconds=14)) == 0
    assert entry(database).attempts == 1
    postbox.open = True
    assert deliver(app, NOON + timedelta(seconds=16)) == 1
    assert entry(database).delivered_at == NOON + timedelta(seconds=16)
    assert entry(database).payload == {}  # nothing personal is kept for longer than needed
    folder = FolderTransport(app.extensions["antesala"].settings.data / "mail")
    assert postbox.messages[0]["Message-ID"].endswith("@example.org>")
    with app.app_context():
        again = compose(
            Promise.from_payload("hello:1", payload),
            sender="help@example.org",
            site_name="Antesala",
            now=NOON,
        )
    assert again["Message-ID"] == postbox.messages[0]["Message-ID"]
    folder.send(again)
    folder.send(again)
    assert [mail.subject for mail in list_mail(folder.folder)] == ["Hola"]


def test_a_server_that_is_away_does_not_lose_the_mail(
    app: Flask, database: Database, settings: Settings, postbox: Postbox
) -> None:
    promise(database)
    away = create_app(settings.model_copy(update={"smtp_port": free_port()}))
    assert deliver(away, NOON) == 0
    away.extensions["antesala"].database.dispose()
    assert entry(database).delivered_at is None
    assert deliver(app, NOON + timedelta(minutes=1)) == 1
    assert len(postbox.messages) == 1


def test_it_gives_up_at_last_and_keeps_the_reason(
    app: Flask, database: Database, postbox: Postbox
) -> None:
    promise(database)
    postbox.open = False
    now = NOON
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert deliver(app, now) == 0
        now += wait_after(attempt)
    given_up = entry(database)
    assert given_up.failed_at is not None
    assert "Come back later" in str(given_up.last_error)
    assert now - NOON > timedelta(days=2)


def test_a_line_break_never_becomes_a_header(
    app: Flask, database: Database, postbox: Postbox
) -> None:
    promise(database, subject="Hi\r\nBcc: everybody@example.org")
    deliver(app, NOON)
    for message in postbox.messages:
        assert message["Bcc"] is None


def test_sending_over_a_wrong_port_fails_as_a_transport_does(settings: Settings) -> None:
    transport = SmtpTransport(settings.model_copy(update={"smtp_port": 1}))
    with pytest.raises(OSError, match="refused"):
        transport.send(compose_nothing())


def compose_nothing() -> Message:
    from email.message import EmailMessage

    return EmailMessage()
