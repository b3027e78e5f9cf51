"""What holds for every response: headers, hosts, cookies, sizes, limits, quiet logs."""

import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.factory import create_app
from app.settings import Settings
from tests.factories import PASSWORD, csrf_token, make_user
from tests.factories_knowledge import make_article

PAGES = ["/en/", "/en/nowhere", "/en/account/sign-in", "/healthz", "/robots.txt",
         "/api/v1/openapi.json", "/static/css/site.css", "/desk/"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_every_response_has_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


@pytest.fixture
def secure_app(settings: Settings) -> Flask:
    values = settings.model_dump() | {"base_url": "https://help.example.org"}
    product = create_app(Settings(_env_file=None, **values))
    product.testing = True
    return product


def test_over_tls_transport_and_cookies_are_strict(secure_app: Flask, session: Session) -> None:
    make_user(session, email="ana@example.org")
    client = secure_app.test_client()
    where = {"base_url": "https://help.example.org"}
    page = client.get("/en/account/sign-in", **where)
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    for cookie in page.headers.getlist("Set-Cookie"):
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    secure_app.extensions["antesala"].database.dispose()


@pytest.mark.parametrize("host", ["evil.example.org", "localhost.evil.org", "127.0.0.1.nip.io"])
def test_an_unknown_host_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/en/", headers={"Host": host}).status_code == 400


def test_a_request_that_is_too_large_is_refused_in_words(client: FlaskClient) -> None:
    body = b"x" * (26 * 1024 * 1024 + 1)
    response = client.post("/en/ask", data=body, content_type="application/octet-stream")
    assert response.status_code == 413
    response = client.post("/api/v1/suggestions", data=body, content_type="application/json")
    assert response.status_code == 413
    assert response.content_type == "application/problem+json"


@pytest.fixture
def limited(app: Flask, settings: Settings) -> Iterator[FlaskClient]:
    values = settings.model_dump() | {
        "rate_limits": "on",
        "rate_limit_search": "2 per minute",
        "rate_limit_sign_in": "2 per minute",
        "rate_limit_suggestions": "2 per minute",
        "rate_limit_tickets": "2 per minute",
    }
    product = create_app(Settings(_env_file=None, **values))
    product.testing = True
    yield product.test_client()
    product.extensions["antesala"].database.dispose()
    create_app(settings).extensions["antesala"].database.dispose()  # limits off again


def test_too_many_searches_are_told_when_to_come_back(limited: FlaskClient) -> None:
    assert [limited.get("/en/search?q=router").status_code for _try in range(3)] == [200, 200, 429]
    refused = limited.get("/en/search?q=router")
    assert int(refused.headers["Retry-After"]) <= 60
    assert "Too many at once" in refused.text


def test_too_many_sign_ins_are_refused(limited: FlaskClient, session: Session) -> None:
    make_user(session, email="ana@example.org")
    form = {"csrf_token": csrf_token(limited), "email": "ana@example.org", "password": "wrong"}
    codes = [limited.post("/en/account/sign-in", data=form).status_code for _try in range(3)]
    assert codes[-1] == 429
    form["password"] = PASSWORD
    assert limited.post("/en/account/sign-in", data=form).status_code == 429


def test_programs_get_a_problem_when_they_ask_too_often(limited: FlaskClient) -> None:
    draft = {"subject": "The router is slow", "body": "Since yesterday"}
    for _try in range(2):
        assert limited.post("/api/v1/suggestions", json=draft).status_code == 200
    refused = limited.post("/api/v1/suggestions", json=draft)
    assert refused.status_code == 429
    assert refused.content_type == "application/problem+json"
    assert refused.headers["Retry-After"]


def test_the_log_has_one_line_a_request_without_personal_data(
    client: FlaskClient, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    make_article(session)
    with caplog.at_level(logging.INFO):
        client.get("/en/search?q=my+secret+illness", headers={"User-Agent": "Anas-Phone"})
        client.get("/en/t/a-private-secret")
        form = {"csrf_token": csrf_token(client), "email": "ana@example.org", "password": "wrong"}
        client.post("/en/account/sign-in", data=form)
    lines = [record.msg for record in caplog.records if record.name == "app.web.request_log"]
    assert len(lines) == 3
    assert all(
        {"method", "route", "status", "milliseconds", "request"} <= set(line) for line in lines
    )
    told = json.dumps([str(record.msg) for record in caplog.records])
    for private in ("illness", "a-private-secret", "ana@example.org", "wrong", "Anas-Phone"):
        assert private not in told
