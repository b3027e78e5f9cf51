"""Every refusal has a page of its own, in the reader's language, with a next step."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.factory import create_app
from app.settings import Settings
from app.web.access import Access, access
from tests.factories import make_user, sign_in

STATUSES = (400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500)


@pytest.fixture
def failing(app: Flask) -> Flask:
    """The product with an address that answers with any status."""

    @app.get("/fail/<int:status>")
    @access(Access.PUBLIC)
    def fail(status: int) -> None:
        abort(status)

    return app


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_a_title_a_hint_and_a_way_on(failing: Flask, status: int) -> None:
    page = failing.test_client().get(f"/fail/{status}", headers={"Accept-Language": "en"})
    assert page.status_code == status
    assert '<section class="error-page">' in page.text
    assert "Something went wrong</h1>" not in page.text
    assert page.text.partition('class="lead">')[2].partition("</p>")[0].strip()
    assert 'href="/en/' in page.text.partition("error-page")[2]


def test_an_unknown_address_speaks_the_language_that_it_names(client: FlaskClient) -> None:
    page = client.get("/es/nada", headers={"Accept-Language": "en"})
    assert page.status_code == 404
    assert '<html lang="es">' in page.text


def test_a_signed_in_person_without_the_right_is_told(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, make_user(session))
    assert client.get("/studio/people/").status_code == 403


@pytest.fixture
def limited(settings: Settings) -> Iterator[Flask]:
    """The product with a limit of one search a minute."""
    strict = settings.model_copy(update={"rate_limits": "on", "rate_limit_search": "1 per minute"})
    app = create_app(strict)
    app.testing = True
    yield app
    app.extensions["antesala"].database.dispose()


def test_too_many_searches_are_told_when_to_try_again(limited: Flask) -> None:
    client = limited.test_client()
    assert client.get("/en/search?q=a").status_code == 200
    refused = client.get("/en/search?q=b")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 61
    assert "You can try again in " in refused.text


def test_a_failure_has_its_page_even_without_a_database(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "no database"
    folder.mkdir()
    app = create_app(settings.model_copy(update={"database_url": f"sqlite:///{folder}"}))
    page = app.test_client().get("/en/")
    app.extensions["antesala"].indexes.stop()
    assert page.status_code == 500
    assert '<section class="error-page">' in page.text
    assert "default-src" in page.headers["Content-Security-Policy"]
