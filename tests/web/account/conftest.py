"""What a person does at the pages of accounts, and the mail that comes of it."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.db.models import OutboxEntry
from tests.factories import csrf_token

Send = Callable[..., TestResponse]


@pytest.fixture
def send(client: FlaskClient) -> Send:
    """Post a form with its CSRF token."""

    def post(path: str, *, by: FlaskClient = client, **data: object) -> TestResponse:
        return by.post(path, data={"csrf_token": csrf_token(by), **data})

    return post


@pytest.fixture
def mails(session: Session) -> Callable[[], list[dict]]:
    """The promised mails, in order."""

    def read() -> list[dict]:
        session.rollback()
        entries = session.scalars(select(OutboxEntry).order_by(OutboxEntry.id))
        found = [entry.payload for entry in entries if entry.kind == "mail"]
        session.rollback()
        return found

    return read


@pytest.fixture
def mailed_path(mails) -> Callable[[], str]:
    """The path of the link in the latest mail."""

    def read() -> str:
        link = mails()[-1]["context"]["link"]
        assert link.startswith("http://localhost/")
        return re.sub(r"^http://localhost", "", link)

    return read
