"""The front page of the help centre and the page of a category, over HTTP."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.db.database import Database
from articles.lifecycle import Visibility
from tests.factories_knowledge import StatementCount, make_article


def test_the_address_without_a_language_leads_to_the_readers_own(client: FlaskClient) -> None:
    spanish = client.get("/", headers={"Accept-Language": "es-MX,es;q=0.9"})
    assert spanish.status_code == 302
    assert spanish.location == "/es/"
    assert client.get("/", headers={"Accept-Language": "fr"}).location == "/en/"


def test_without_articles_the_front_page_still_opens_the_way_to_people(
    client: FlaskClient,
) -> None:
    page = client.get("/en/")
    assert page.status_code == 200
    assert "No articles yet" in page.text
    assert 'type="search"' in page.text
    assert 'href="/en/ask"' in page.text


def test_the_front_page_shows_each_category_with_three_articles_and_how_many_there_are(
    client: FlaskClient, session: Session
) -> None:
    for number in range(4):
        make_article(session, title=f"Billing question {number}", category="billing")
    page = client.get("/en/")
    shelf = page.text.partition('id="shelf-billing"')[2].partition("</section>")[0]
    assert shelf.count("/en/articles/") == 3
    assert "All 4 articles" in shelf


def test_an_article_that_exists_in_the_other_language_alone_is_offered_and_labelled(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, title="Only for the English", slug="only-english", category="billing")
    page = client.get("/es/")
    assert 'href="/es/articles/only-english" lang="en"' in page.text
    assert "Sólo en inglés" in page.text


def test_what_a_reader_may_not_see_is_not_on_the_front_page(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, title="Xylograph canary", category="secret", visibility=Visibility.AGENTS)
    make_article(session, title="Xylograph draft", category="secret", published=False)
    assert "Xylograph" not in client.get("/en/").text
    assert client.get("/en/categories/secret").status_code == 404


def test_a_category_lists_its_articles_with_their_summaries(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, title="Pay by card", summary="Which cards work.", category="billing")
    page = client.get("/en/categories/billing")
    assert page.status_code == 200
    assert "Pay by card" in page.text
    assert "Which cards work." in page.text
    assert 'hreflang="es" href="http://localhost/es/categories/billing"' in page.text


@pytest.mark.parametrize("page", ["0", "-3", "999999999999999999999", "two"])
def test_a_page_that_does_not_exist_shows_one_that_does(
    client: FlaskClient, session: Session, page: str
) -> None:
    make_article(session, category="billing")
    assert client.get(f"/en/categories/billing?page={page}").status_code == 200


def test_a_long_category_is_paged(client: FlaskClient, session: Session) -> None:
    for number in range(51):
        make_article(session, title=f"Question {number}", category="long")
    first = client.get("/en/categories/long")
    assert 'rel="next" href="/en/categories/long?page=2"' in first.text
    assert 'rel="prev"' in client.get("/en/categories/long?page=2").text


def test_the_front_page_asks_the_database_a_fixed_number_of_times(
    client: FlaskClient, session: Session, database: Database
) -> None:
    for number in range(6):
        make_article(session, title=f"Question {number}", category=f"topic-{number}")
    with StatementCount(database.engine) as statements:
        client.get("/en/")
    assert statements.count <= 4


def test_the_header_leads_to_the_same_page_in_the_other_language(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, category="billing")
    assert (
        'href="/es/categories/billing" hreflang="es"' in client.get("/en/categories/billing").text
    )


def test_a_signed_in_person_changes_the_language_with_a_button(
    client: FlaskClient, session: Session
) -> None:
    from tests.factories import make_user, sign_in

    sign_in(client, make_user(session))
    page = client.get("/en/")
    header = page.text.partition("</header>")[0]
    assert 'name="next" value="/es/"' in header
    assert 'name="lang" value="es"' in header
