"""A help centre with something to suggest, attempts, and a browser on "Ask us"."""

from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.deflection.models import Attempt, Impression
from app.deflection.tokens import new_token
from app.knowledge.models import Article
from app.web.request_context import Product
from tests.factories_knowledge import make_article

INVOICE_TROUBLE = {
    "subject": "The invoice PDF is blank",
    "body": "When I download my invoice as PDF the page stays blank.",
}
FACTURA_TROUBLE = {
    "subject": "La factura en PDF sale en blanco",
    "body": "Descargo la factura en PDF y la página sale en blanco.",
}
NOTHING_KNOWN = {
    "subject": "Purple giraffe orbit",
    "body": "Quantum marmalade saxophone volcano, umbrella zeppelin.",
}


@dataclass(frozen=True)
class Library:
    """Published articles by a short name."""

    invoice: Article
    viewer: Article
    password: Article
    factura: Article


def make_library(app: Flask, session: Session) -> Library:
    """Some public articles, indexed: two about invoices, one about passwords, one Spanish."""
    library = Library(
        invoice=make_article(
            session,
            title="Invoice PDF shows a blank page",
            slug="invoice-blank",
            body=(
                "## Clear the viewer's cache\n\nDownload the invoice PDF again after clearing "
                "the cache: a blank page comes from [an old copy](#old).\n\n"
                "### On a phone\n\nOpen the invoice PDF in the files app.\n\n"
                "## Other reasons\n\nThe printer is offline.\n"
            ),
        ),
        viewer=make_article(
            session,
            title="Print an invoice without a blank page",
            slug="print-an-invoice",
            body="## Print\n\nChoose the paper: the invoice PDF has one page, no blank one.\n",
        ),
        password=make_article(
            session,
            title="Change your password",
            slug="change-password",
            body="## Steps\n\nOpen your profile and choose a new password.\n",
        ),
        factura=make_article(
            session,
            title="La factura en PDF sale en blanco",
            slug="factura-en-blanco",
            locale="es",
            body="## Vaciar la caché\n\nVacía la caché y descarga la factura en PDF otra vez: "
            "la página deja de salir en blanco.\n",
        ),
    )
    session.rollback()
    indexes_of(app).refresh()
    return library


def product_of(app: Flask) -> Product:
    found: Product = app.extensions["antesala"]
    return found


def indexes_of(app: Flask) -> Any:
    return product_of(app).indexes


def token_of(app: Flask) -> str:
    """A token as forms carry it, of an attempt that has not begun."""
    return new_token(product_of(app).settings.key())


def attempt_of(session: Session, token: str) -> Attempt:
    """The attempt as the database has it now."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(Attempt).where(Attempt.token == token)).one()


def impressions_of(session: Session, attempt: Attempt) -> dict[int, Impression]:
    """What was shown in it, by article id."""
    rows = session.scalars(select(Impression).where(Impression.attempt_id == attempt.id))
    return {row.article_id: row for row in rows}


def make_attempt(session: Session, app: Flask, *, now: datetime, **fields: Any) -> Attempt:
    """An attempt as a row, committed."""
    values = {"token": token_of(app), "locale": "en", "created_at": now, "updated_at": now}
    attempt = Attempt(**{**values, **INVOICE_TROUBLE, **fields})
    session.add(attempt)
    session.commit()
    return attempt


@dataclass
class AskBrowser:
    """Fills in and sends the form as a browser without scripts does."""

    client: FlaskClient
    locale: str = "en"
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/{self.locale}/ask"

    def open(self, query: str = "") -> TestResponse:
        response = self.client.get(f"{self.address}{query}")
        assert response.status_code == 200, response.status_code
        return self.look(response)

    def look(self, response: TestResponse) -> TestResponse:
        """Take the fields of the form on this page over."""
        self.values = fields_of(response.text)
        return response

    def send(self, files: tuple[tuple[str, bytes], ...] = (), **typed: Any) -> TestResponse:
        """Press a button; a page that comes back is looked at."""
        self.values.update(typed)
        data = dict(self.values)
        if files:
            data["files"] = [(BytesIO(content), name) for name, content in files]
        for button in ("seen", "edit", "verdict", "leave_out"):
            if button in typed:
                self.values.pop(button)
        response = self.client.post(self.address, data=data, content_type="multipart/form-data")
        return self.look(response) if response.status_code in {200, 422} else response

    def type(self, **typed: Any) -> TestResponse:
        """Ask for suggestions as the script does."""
        self.values.update(typed)
        return self.client.post(f"{self.address}/suggestions", data=self.values)

    def post(self, path: str, **data: Any) -> TestResponse:
        """A request of the script about the attempt of this form."""
        token = data.pop("token", self.values["attempt"])
        sent = {"csrf_token": self.values["csrf_token"], **data}
        return self.client.post(f"{self.address}/attempts/{token}/{path}", data=sent)


class _Fields(HTMLParser):
    """Reads the fields of the form with the id "ask"."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._inside = False
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == "ask"
        name = given.get("name", "")
        if not self._inside or not name:
            return
        if tag == "textarea":
            self._textarea = name
            self.values[name] = ""
        elif tag == "input" and given.get("type") not in {"file", "submit"}:
            chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if chosen:
                self.values[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            text = self.values[self._textarea]
            self.values[self._textarea] = text.removeprefix("\r").removeprefix("\n")
            self._textarea = None
        elif tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data


def fields_of(html: str) -> dict[str, str]:
    """What the form "Ask us" on a page would send."""
    reader = _Fields()
    reader.feed(html)
    return reader.values
