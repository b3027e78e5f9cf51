"""What programs read: the Atom feed, the sitemap, robots.txt."""

from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.knowledge import service
from articles.lifecycle import Visibility
from tests.factories import make_user, sign_in
from tests.factories_knowledge import NOW, make_article

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def _read(body: bytes) -> ET.Element:
    return ET.fromstring(body)  # noqa: S314 - our own feed


def test_the_feed_holds_the_public_articles_of_its_language(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, title="Pay & <go>", summary="How.", slug="pay", category="billing")
    make_article(session, title="Pagar", slug="pagar", locale="es")
    response = client.get("/en/feed.atom")
    assert response.content_type == "application/atom+xml; charset=utf-8"
    feed = _read(response.data)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Pay & <go>"
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == "http://localhost/en/articles/pay"
    assert "<h2" in (entry.findtext(f"{ATOM}content") or "")
    assert str(entry.findtext(f"{ATOM}id")).startswith("urn:uuid:")


def test_an_empty_feed_is_a_feed(client: FlaskClient) -> None:
    feed = _read(client.get("/es/feed.atom").data)
    assert feed.findall(f"{ATOM}entry") == []
    assert feed.findtext(f"{ATOM}updated")


def test_what_is_not_public_is_in_no_feed_even_for_staff(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, title="Xylograph", slug="xylograph", visibility=Visibility.AGENTS)
    make_article(session, title="Xylograph too", visibility=Visibility.CUSTOMERS)
    make_article(session, title="Xylograph draft", published=False)
    sign_in(client, make_user(session, role=Role.ADMIN))
    for address in ("/en/feed.atom", "/sitemap.xml"):
        assert "xylograph" not in client.get(address).text.lower()


def test_control_characters_do_not_break_the_feed(client: FlaskClient, session: Session) -> None:
    make_article(session, title="A\x08B", slug="ab")
    _read(client.get("/en/feed.atom").data)


def test_a_feed_that_has_not_changed_is_not_sent_again(
    client: FlaskClient, session: Session
) -> None:
    article = make_article(session)
    tag = client.get("/en/feed.atom").headers["ETag"]
    assert client.get("/en/feed.atom", headers={"If-None-Match": tag}).status_code == 304
    service.withdraw(session, actor=Actor(role=Role.EDITOR), article_id=article.id, now=NOW)
    assert client.get("/en/feed.atom", headers={"If-None-Match": tag}).status_code == 200


def test_the_sitemap_names_every_public_address(client: FlaskClient, session: Session) -> None:
    make_article(session, slug="pay")
    make_article(session, title="Pagar", slug="pagar", locale="es")
    sitemap = _read(client.get("/sitemap.xml").data)
    addresses = {node.text for node in sitemap.iter(f"{SITEMAP}loc")}
    assert addresses == {
        "http://localhost/en/",
        "http://localhost/es/",
        "http://localhost/en/articles/pay",
        "http://localhost/es/articles/pagar",
    }


def test_a_page_of_the_sitemap_that_does_not_exist_is_not_found(client: FlaskClient) -> None:
    assert client.get("/sitemap.xml?page=2").status_code == 404


def test_robots_are_told_where_the_sitemap_is_and_what_to_leave(client: FlaskClient) -> None:
    response = client.get("/robots.txt")
    assert response.content_type == "text/plain; charset=utf-8"
    assert "Sitemap: http://localhost/sitemap.xml" in response.text
    assert "Disallow: /desk" in response.text
