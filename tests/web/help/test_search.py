"""The search page and the results while typing, over HTTP."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.db.database import Database
from app.knowledge import service
from articles.lifecycle import Visibility
from tests.factories import make_user, sign_in
from tests.factories_knowledge import NOW, StatementCount, make_article


@pytest.fixture
def refresh(app: Flask):
    """Bring the index up to what was published."""
    return app.extensions["antesala"].indexes.refresh


def test_a_search_finds_articles_and_marks_the_words(
    client: FlaskClient, session: Session, refresh
) -> None:
    make_article(
        session, title="Invoice as a PDF", slug="invoice", body="## Steps\n\nDownload the invoice."
    )
    make_article(session, title="Change your password")
    refresh()
    page = client.get("/en/search?q=invoices")
    assert page.status_code == 200
    assert "<mark>Invoice</mark>" in page.text
    assert "1 article" in page.text
    assert "/en/articles/invoice" in page.text
    assert "password" not in page.text


def test_nothing_typed_explains_how_to_search(client: FlaskClient) -> None:
    page = client.get("/en/search?q=++")
    assert page.status_code == 200
    assert "Quotes find a phrase" in page.text


def test_nothing_found_offers_people_with_the_words_carried_along(
    client: FlaskClient, session: Session, refresh
) -> None:
    make_article(session)
    refresh()
    page = client.get("/en/search?q=zeppelin+mooring")
    assert "Nothing found for “zeppelin mooring”" in page.text
    assert 'href="/en/ask?q=zeppelin+mooring"' in page.text


def test_a_misspelt_word_is_corrected(client: FlaskClient, session: Session, refresh) -> None:
    make_article(session, title="Download your invoice", body="The invoice is a PDF.")
    refresh()
    page = client.get("/en/search?q=invioce")
    assert "Did you mean" in page.text
    assert "q=invoice" in page.text


def test_without_an_answer_in_this_language_the_other_is_shown_and_labelled(
    client: FlaskClient, session: Session, refresh
) -> None:
    make_article(session, title="Pagar la factura", slug="pagar", locale="es")
    refresh()
    page = client.get("/en/search?q=factura")
    assert "this exists in Spanish" in page.text
    assert "Only in Spanish" in page.text
    assert 'href="/es/articles/pagar' in page.text


def test_filters_narrow_and_are_kept_in_the_addresses(
    client: FlaskClient, session: Session, refresh
) -> None:
    make_article(session, title="Invoice by mail", category="billing", tags=("mail",))
    make_article(session, title="Invoice by post", category="shipping", tags=("post",))
    refresh()
    page = client.get("/en/search?q=invoice&category=billing").text
    assert "by mail" in page
    assert "by post" not in page
    assert "/en/search?q=invoice&amp;category=billing&amp;tag=mail" in page
    page = client.get("/en/search?q=invoice&tag=post").text
    assert "by post" in page
    assert "by mail" not in page
    page = client.get("/en/search?q=invoice&language=es").text
    assert "Nothing found" in page
    assert "/en/search?q=invoice&amp;language=all" in page


def test_many_results_are_paged(client: FlaskClient, session: Session, refresh) -> None:
    for number in range(12):
        make_article(session, title=f"Invoice {number}", slug=f"i{number}")
    refresh()
    first = client.get("/en/search?q=invoice").text
    second = client.get("/en/search?q=invoice&page=2").text
    assert 'rel="next" href="/en/search?q=invoice&amp;page=2"' in first
    assert first.count('class="result-title"') == 10
    assert second.count('class="result-title"') == 2


def test_a_withdrawn_article_is_gone_at_once(
    client: FlaskClient, session: Session, refresh
) -> None:
    article = make_article(session, title="Invoice as a PDF")
    refresh()
    service.withdraw(session, actor=Actor(role=Role.EDITOR), article_id=article.id, now=NOW)
    assert "Invoice as a PDF" not in client.get("/en/search?q=invoice").text


def test_what_a_reader_may_not_see_is_neither_found_nor_suggested_as_a_correction(
    client: FlaskClient, session: Session, refresh
) -> None:
    make_article(session, title="Xylograph for staff", visibility=Visibility.AGENTS)
    make_article(session, title="Xylograph draft", published=False)
    refresh()
    for address in ("/en/search?q=xylograph+staff", "/en/search/live?q=xylograph+staff"):
        text = client.get(address).text
        assert "for staff" not in text
        assert "/en/articles/" not in text
    assert "<strong>xylograph" not in client.get("/en/search?q=xylogrph").text
    sign_in(client, make_user(session, role=Role.AGENT))
    assert "for staff" in client.get("/en/search?q=xylograph").text


@pytest.mark.parametrize(
    "query",
    [
        "a" * 20_000,
        "* " * 2_000,
        "x* " * 2_000,
        '"unbalanced',
        "((((( AND OR NOT )))))",
        "title:x ^ ~ [a TO b]",
        "<script>alert(1)</script>",
        "%00\x00\ud7ff",
        "🦄" * 300,
    ],
)
@pytest.mark.parametrize("address", ["/en/search", "/es/search/live"])
def test_hostile_queries_never_fail(
    client: FlaskClient, session: Session, refresh, query: str, address: str
) -> None:
    make_article(session)
    refresh()
    page = client.get(address, query_string={"q": query, "page": "-5"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_a_long_query_is_cut_and_the_page_says_so(
    client: FlaskClient, session: Session, refresh
) -> None:
    make_article(session)
    refresh()
    page = client.get("/en/search", query_string={"q": "password " * 200})
    assert "first words of it only" in page.text
    assert len(page.text) < 60_000


@pytest.mark.parametrize(
    "filters", ["page=99999999999999999999", "language=xx", "category=%00", "tag=" + "t" * 9000]
)
def test_senseless_filters_never_fail(
    client: FlaskClient, session: Session, refresh, filters: str
) -> None:
    make_article(session)
    refresh()
    assert client.get(f"/en/search?q=password&{filters}").status_code == 200


def test_without_an_index_the_page_says_that_it_is_being_prepared(client: FlaskClient) -> None:
    page = client.get("/en/search?q=invoice")
    assert page.status_code == 200
    assert "being prepared" in page.text


def test_results_while_typing_are_options_of_a_list_box(
    client: FlaskClient, session: Session, refresh
) -> None:
    for number in range(8):
        make_article(session, title=f"Invoice {number}", slug=f"i{number}")
    refresh()
    fragment = client.get("/en/search/live?q=invoice").text
    assert 'role="listbox"' in fragment
    assert fragment.count('role="option"') == 7
    assert "All 8 results" in fragment
    assert "<html" not in fragment


def test_nothing_typed_yields_an_empty_fragment(client: FlaskClient) -> None:
    assert client.get("/en/search/live?q=").text.strip() == ""


def test_a_search_asks_the_database_a_fixed_number_of_times(
    client: FlaskClient, session: Session, database: Database, refresh
) -> None:
    for number in range(12):
        make_article(session, title=f"Invoice {number}", slug=f"i{number}")
    refresh()
    client.get("/en/search?q=warm")
    with StatementCount(database.engine) as statements:
        client.get("/en/search?q=invoice")
    assert statements.count <= 5
