"""Downloads: who gets a file, and what the browser is told about it."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import Role
from app.factory import create_app
from app.settings import Settings
from app.tickets import attachments, conversation
from app.tickets.attachments import Upload
from app.tickets.models import Attachment
from app.tickets.service import Filed
from tests.factories import csrf_token, make_user, sign_in
from tests.factories_tickets import actor_of, make_ticket

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


@pytest.fixture
def filed(session: Session, settings: Settings) -> Filed:
    return make_ticket(session, settings)


def attach(session: Session, settings: Settings, filed: Filed, data: bytes, name: str) -> str:
    """The token of a file of an internal note."""
    admin = actor_of(make_user(session, role=Role.ADMIN))
    at = filed.ticket.created_at
    attachments.add_files(
        session,
        draft_key="k",
        uploader="u",
        uploads=[Upload(BytesIO(data), name)],
        settings=settings,
        now=at,
    )
    conversation.note(
        session, actor=admin, ticket_id=filed.ticket.id, body="See.", now=at, draft_key="k"
    )
    return session.scalars(select(Attachment.token)).one()


def upload(client: FlaskClient, data: bytes, name: str, form_id: str = "f") -> TestResponse:
    fields = {"csrf_token": csrf_token(client), "form_id": form_id, "files": (BytesIO(data), name)}
    return client.post("/en/files/", data=fields, content_type="multipart/form-data")


def reply_with(client: FlaskClient, filed: Filed, data: bytes, name: str) -> None:
    client.get(filed.link.removeprefix("http://localhost"))
    client.post(
        f"/en/tickets/{filed.ticket.reference}/reply",
        data={
            "csrf_token": csrf_token(client),
            "body": "See.",
            "files": (BytesIO(data), name),
        },
        content_type="multipart/form-data",
    )


def test_a_reply_sent_twice_has_its_file_once(
    client: FlaskClient, session: Session, filed: Filed
) -> None:
    for _press in range(2):
        reply_with(client, filed, b"log", "log.txt")
    assert session.scalars(select(Attachment.filename)).all() == ["log.txt"]
    page = client.get(f"/en/tickets/{filed.ticket.reference}").text
    assert page.count("See.") == 1
    assert "leave_out" not in page  # nothing waits for the next reply
    reply_with(client, filed, b"another log", "log.txt")
    page = client.get(f"/en/tickets/{filed.ticket.reference}").text
    assert page.count("See.") == 2


@pytest.mark.parametrize(("data", "name"), [(b"<script>1</script>", "a.html"), (PNG, "a.png")])
def test_a_file_is_downloaded_and_never_run(
    client: FlaskClient, session: Session, filed: Filed, data: bytes, name: str
) -> None:
    reply_with(client, filed, data, name)
    token = session.scalars(select(Attachment.token)).one()
    found = client.get(f"/attachments/{token}", buffered=True)
    assert found.data == data
    assert found.headers["Content-Disposition"].startswith("attachment")
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in found.headers["Content-Security-Policy"]
    assert not found.content_type.startswith("text/html")


def test_only_pictures_are_shown_on_the_page(
    client: FlaskClient, session: Session, filed: Filed
) -> None:
    reply_with(client, filed, PNG, "photo.txt")
    reply_with(client, filed, b"<svg/>", "drawing.svg")
    picture, drawing = session.scalars(select(Attachment).order_by(Attachment.id))
    shown = client.get(f"/attachments/{picture.token}?preview=1", buffered=True)
    assert shown.content_type == "image/png"
    assert not shown.headers["Content-Disposition"].startswith("attachment")
    kept = client.get(f"/attachments/{drawing.token}?preview=1", buffered=True)
    assert kept.headers["Content-Disposition"].startswith("attachment")


def test_a_file_is_for_those_who_may_see_the_ticket(
    app: Flask, client: FlaskClient, session: Session, filed: Filed
) -> None:
    reply_with(client, filed, b"log", "log.txt")
    path = f"/attachments/{session.scalars(select(Attachment.token)).one()}"
    assert client.get(path, buffered=True).status_code == 200
    assert app.test_client().get(path, buffered=True).status_code == 404
    assert (
        sign_in(app.test_client(), make_user(session)).get(path, buffered=True).status_code == 404
    )
    admin = make_user(session, role=Role.ADMIN)
    assert sign_in(app.test_client(), admin).get(path, buffered=True).status_code == 200


def test_a_file_of_a_note_is_for_the_team(
    app: Flask, client: FlaskClient, session: Session, settings: Settings, filed: Filed
) -> None:
    token = attach(session, settings, filed, b"internal", "plan.txt")
    client.get(filed.link.removeprefix("http://localhost"))
    assert client.get(f"/attachments/{token}", buffered=True).status_code == 404
    admin = sign_in(app.test_client(), make_user(session, role=Role.ADMIN))
    assert admin.get(f"/attachments/{token}", buffered=True).data == b"internal"


@pytest.mark.parametrize("token", ["x", "A" * 43, "..%2f..%2fsecret_key"])
def test_an_invented_name_is_nothing(client: FlaskClient, token: str) -> None:
    assert client.get(f"/attachments/{token}", buffered=True).status_code == 404


def test_a_file_is_uploaded_when_it_is_chosen_and_left_out_again(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    listed = upload(client, b"line", "log.txt")
    assert "log.txt" in listed.text
    token = session.scalars(select(Attachment.token)).one()
    fields = {"form_id": "f", "leave_out": token}
    stranger = app.test_client()
    stranger.post("/en/files/leave-out", data={"csrf_token": csrf_token(stranger), **fields})
    assert session.scalars(select(Attachment.token)).one() == token
    left = client.post("/en/files/leave-out", data={"csrf_token": csrf_token(client), **fields})
    assert "log.txt" not in left.text


def test_a_refused_upload_says_why_beside_what_is_there(client: FlaskClient) -> None:
    upload(client, b"line", "log.txt")
    refused = upload(client, b"\x7fELF", "report.pdf")
    assert refused.status_code == 422
    assert "report.pdf" in refused.text
    assert "log.txt" in refused.text


@pytest.fixture
def few(settings: Settings) -> Settings:
    return settings.model_copy(update={"attachment_waiting_count": 2})


def test_who_has_too_much_waiting_is_told_at_the_files_and_loses_nothing(
    few: Settings, session: Session
) -> None:
    app = create_app(few)
    app.testing = True
    browser = app.test_client()
    assert upload(browser, b"1", "a.txt", "one").status_code == 200
    assert upload(browser, b"2", "b.txt", "two").status_code == 200
    refused = upload(browser, b"3", "c.txt", "two")
    assert refused.status_code == 422
    assert "Too many of your files wait" in refused.text
    assert "b.txt" in refused.text
    fields = {"csrf_token": csrf_token(browser), "subject": "Blank", "body": "The words stay."}
    sent = browser.post("/en/ask", data={**fields, "files": (BytesIO(b"4"), "d.txt")})
    assert sent.status_code == 422
    assert "Too many of your files wait" in sent.text
    assert "The words stay." in sent.text
    assert upload(app.test_client(), b"3", "c.txt", "two").status_code == 200
    # Whoever is signed in has their own bound, in every browser.
    user = make_user(session)
    for number, status in enumerate((200, 200, 422)):
        phone = sign_in(app.test_client(), user)
        assert upload(phone, b"%d" % number, "c.txt").status_code == status
    app.extensions["antesala"].database.dispose()


def test_what_is_not_sent_yet_is_downloaded_by_nobody(
    client: FlaskClient, session: Session
) -> None:
    upload(client, b"line", "log.txt")
    token = session.scalars(select(Attachment.token)).one()
    assert client.get(f"/attachments/{token}", buffered=True).status_code == 404


def test_uploads_need_the_forms_token(client: FlaskClient) -> None:
    data = {"form_id": "f", "files": (BytesIO(b"x"), "a.txt")}
    assert client.post("/en/files/", data=data).status_code == 400


def test_the_list_of_files_speaks_the_language_of_its_page(client: FlaskClient) -> None:
    fields = {"csrf_token": csrf_token(client), "form_id": "f", "files": (BytesIO(b""), "a.txt")}
    refused = client.post("/es/files/", data=fields, content_type="multipart/form-data")
    assert "está vac" in refused.text
