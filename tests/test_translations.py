"""Spanish is complete, and a Spanish page holds no English of ours."""

import importlib.util
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.settings import Settings
from tests.factories import csrf_token, make_user, sign_in
from tests.factories_knowledge import make_article
from tests.factories_tickets import make_queue, make_ticket

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\\\((\w+)\\\)[sd]")
SPOKEN = ("aria-label", "placeholder", "title", "alt", "data-says", "data-failed")
VOID = frozenset(("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))

_spec = importlib.util.spec_from_file_location(
    "check_catalogues", ROOT / "script" / "check_catalogues.py"
)
assert _spec is not None
assert _spec.loader is not None
check_catalogues = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(check_catalogues)


class Texts(HTMLParser):
    """What a person reads or hears of a page, but for what the page itself marks as English."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = self._silent or given.get("lang") == "en" or tag in {"script", "style"}
        if tag not in VOID:
            self._open.append((tag, silent))
        if not silent:
            self.found += [given[name] or "" for name in SPOKEN if name in given]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(" ".join(data.split()))

    @property
    def _silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]


@pytest.fixture(scope="module")
def english() -> list[re.Pattern[str]]:
    """Every English text of ours that Spanish says in other words."""
    path = ROOT / "app" / "translations" / "es" / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale="es")
    pairs: set[tuple[str, str]] = set()
    for message in catalogue:
        if isinstance(message.id, tuple):
            pairs |= set(zip(message.id, message.string, strict=True))
        elif message.id:
            pairs.add((message.id, message.string))
    return [_pattern(ours) for ours, theirs in sorted(pairs) if ours != theirs]


def _pattern(text: str) -> re.Pattern[str]:
    words = PLACEHOLDER.sub(".+", re.escape(" ".join(text.split())))
    return re.compile(words.replace("%%", "%"))


def leftovers(html: str, english: list[re.Pattern[str]]) -> set[str]:
    """The English texts that a page shows."""
    texts = Texts()
    texts.feed(html)
    return {text for text in texts.found if any(each.fullmatch(text) for each in english)}


def test_every_text_of_code_and_templates_is_translated() -> None:
    assert check_catalogues.problems("es", check_catalogues.extract()) == []


def test_the_check_notices_what_is_missing() -> None:
    assert check_catalogues.problems("es", {"Nobody ever says this"}) == [
        "es: missing: 'Nobody ever says this'"
    ]


def test_a_leftover_is_noticed_in_text_and_attributes_and_not_where_it_is_marked(
    english: list[re.Pattern[str]],
) -> None:
    page = '<p>Ask us<br></p><p lang="en"><b>Sign in</b></p><a title="Search">3 articles</a>'
    assert leftovers(page, english) == {"Ask us", "Search", "3 articles"}


@pytest.mark.parametrize(
    "path",
    [
        "/es/",
        "/es/ask",
        "/es/tickets",
        "/es/articles/cambiar-la-clave",
        "/es/articles/only-english",
        "/es/search",
        "/es/search?q=clave",
        "/es/search?q=zzzzqqqq",
        "/es/account/sign-in",
        "/es/account/sign-up",
        "/es/account/forgot",
        "/es/nowhere",
    ],
)
def test_a_visitor_reads_spanish_only(
    client: FlaskClient, session: Session, english: list[re.Pattern[str]], path: str
) -> None:
    make_article(
        session,
        title="Cambiar la clave",
        slug="cambiar-la-clave",
        locale="es",
        body="## Pasos\n\nAbre la página.\n\n## Si no llega el correo\n\nEspera un poco.\n",
    )
    make_article(session, title="Nobody translated this", slug="only-english")
    page = client.get(path)
    assert page.status_code in {200, 404}
    assert 'lang="es"' in page.text
    assert leftovers(page.text, english) == set()


def test_refusals_at_the_fields_are_spanish(
    client: FlaskClient, english: list[re.Pattern[str]]
) -> None:
    sent = {"csrf_token": csrf_token(client), "kind": "question", "email": "nadie"}
    page = client.post("/es/ask", data=sent)
    assert "Di en pocas palabras de qué se trata." in page.text
    assert leftovers(page.text, english) == set()


def test_an_admin_reads_spanish_on_every_page_without_arguments(
    app: Flask, session: Session, settings: Settings, english: list[re.Pattern[str]]
) -> None:
    """Their account speaks Spanish: so do pages whose address names no language."""
    admin = make_user(session, role=Role.ADMIN, name="Ana", locale="es")
    make_queue(session, "Soporte", admin)
    ticket = make_ticket(
        session, settings, subject="La factura sale en blanco", body="No veo nada.", locale="es"
    ).ticket
    article = make_article(session, title="Cambiar la clave", locale="es")
    browser = sign_in(app.test_client(), admin)
    paths = {f"/desk/tickets/{ticket.reference}", f"/studio/articles/{article.id}"}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.arguments <= {"lang"}:
            _, path = rule.build({"lang": "es"}) if rule.arguments else ("", rule.rule)
            paths.add(path)
    found = {}
    for path in sorted(paths):
        page = browser.get(path)
        if page.mimetype == "text/html" and page.status_code != 302:
            found[path] = leftovers(page.text, english)
    assert len(found) >= 15
    assert {path: texts for path, texts in found.items() if texts} == {}
