"""The page of an article over HTTP: reading, other languages, addresses that moved, votes."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.db.database import Database
from app.knowledge import service
from app.knowledge.files import ArticleFiles, add_asset
from app.knowledge.models import Article, ArticleRedirect, ArticleVote
from app.settings import Settings
from articles.lifecycle import Visibility
from tests.factories import csrf_token, make_user, sign_in
from tests.factories_knowledge import NOW, StatementCount, make_article

BODY = """## First

See `x`.

| a | b |
|---|---|
| 1 | 2 |

## Second

```python
print("hello")
```

!!! warning
    Careful.
"""
EDITOR = Actor(role=Role.EDITOR)


def test_an_article_shows_title_summary_text_contents_and_tags(
    client: FlaskClient, session: Session
) -> None:
    make_article(
        session, title="Reopen it", summary="Because it came back.", body=BODY, tags=("reopen",)
    )
    page = client.get("/en/articles/reopen-it")
    assert page.status_code == 200
    assert "<h1>Reopen it</h1>" in page.text
    assert "Because it came back." in page.text
    assert '<a href="#second">Second</a>' in page.text
    assert '<h2 id="second">Second</h2>' in page.text
    assert "/en/search?q=reopen&amp;tag=reopen" in page.text
    assert 'href="/en/ask?from=' in page.text


def test_wide_tables_and_code_scroll_by_keyboard(client: FlaskClient, session: Session) -> None:
    make_article(session, slug="wide", body=BODY)
    page = client.get("/en/articles/wide").text
    assert 'class="table-wrap" role="region" tabindex="0"' in page
    assert '<pre tabindex="0">' in page


def test_programs_read_description_address_and_translations(
    client: FlaskClient, session: Session
) -> None:
    english = make_article(session, title="Pay", summary="How to pay.", slug="pay")
    make_article(session, title="Pagar", slug="pagar", locale="es", translation_of=english)
    page = client.get("/en/articles/pay").text
    assert '<meta name="description" content="How to pay.">' in page
    assert '<link rel="canonical" href="http://localhost/en/articles/pay">' in page
    assert 'hreflang="es" href="http://localhost/es/articles/pagar"' in page
    assert '<meta property="og:type" content="article">' in page
    header = page.partition("</header>")[0]
    assert 'href="/es/articles/pagar" hreflang="es"' in header


def test_the_translations_address_with_the_wrong_language_moves(
    client: FlaskClient, session: Session
) -> None:
    english = make_article(session, slug="pay")
    make_article(session, title="Pagar", slug="pagar", locale="es", translation_of=english)
    moved = client.get("/es/articles/pay")
    assert moved.status_code == 301
    assert moved.location == "/es/articles/pagar"


def test_an_article_in_the_other_language_alone_is_shown_labelled(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, title="Pay by card", slug="pay")
    page = client.get("/es/articles/pay")
    assert page.status_code == 200
    assert "Sólo en inglés" in page.text
    assert '<article class="article" lang="en">' in page.text
    assert '<link rel="canonical" href="http://localhost/en/articles/pay">' in page.text


def test_an_old_address_redirects_for_good(client: FlaskClient, session: Session) -> None:
    article = make_article(session, slug="new-name")
    session.add(ArticleRedirect(locale="en", slug="old-name", article_id=article.id))
    session.commit()
    moved = client.get("/en/articles/old-name")
    assert moved.status_code == 301
    assert moved.location == "/en/articles/new-name"


def test_a_withdrawn_article_is_gone_and_a_search_is_offered(
    client: FlaskClient, session: Session
) -> None:
    article = make_article(session, slug="gone")
    service.withdraw(session, actor=EDITOR, article_id=article.id, now=NOW)
    page = client.get("/en/articles/gone")
    assert page.status_code == 410
    assert 'role="search"' in page.text


def test_drafts_and_other_peoples_articles_are_not_there(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, slug="draft", published=False)
    make_article(session, title="For staff", slug="staff", visibility=Visibility.AGENTS)
    make_article(session, title="For clients", slug="clients", visibility=Visibility.CUSTOMERS)
    assert client.get("/en/articles/draft").status_code == 404
    assert client.get("/en/articles/staff").status_code == 404
    assert client.get("/en/articles/clients").status_code == 404
    sign_in(client, make_user(session))
    assert client.get("/en/articles/clients").status_code == 200
    assert client.get("/en/articles/staff").status_code == 404


def test_staff_are_told_who_else_sees_an_article(client: FlaskClient, session: Session) -> None:
    make_article(session, slug="staff", visibility=Visibility.AGENTS)
    sign_in(client, make_user(session, role=Role.AGENT))
    page = client.get("/en/articles/staff").text
    assert "Only staff see this" in page
    assert "Edit this article" in page


def test_readers_are_not_offered_to_edit(client: FlaskClient, session: Session) -> None:
    make_article(session, slug="pay")
    assert "Edit this article" not in client.get("/en/articles/pay").text


@pytest.mark.parametrize(("days", "words"), [(0, "Verified today"), (21, "Verified 3 weeks ago")])
def test_when_it_was_verified_is_said_in_words(
    client: FlaskClient, session: Session, days: int, words: str
) -> None:
    article = make_article(session, slug="checked")
    found = session.get_one(Article, article.id)
    found.verified_on = datetime.now(UTC).date() - timedelta(days=days)
    session.commit()
    assert words in client.get("/en/articles/checked").text


def test_related_articles_share_tags_or_the_category(client: FlaskClient, session: Session) -> None:
    make_article(session, title="One", slug="one", tags=("card",), category="billing")
    make_article(session, title="Another card", tags=("card",))
    make_article(session, title="Unrelated")
    page = client.get("/en/articles/one").text.partition("related-title")[2]
    assert "Another card" in page
    assert "Unrelated" not in page


def test_an_articles_page_asks_the_database_a_fixed_number_of_times(
    client: FlaskClient, session: Session, database: Database
) -> None:
    for number in range(6):
        make_article(session, title=f"Question {number}", slug=f"q{number}", category="billing")
    with StatementCount(database.engine) as statements:
        client.get("/en/articles/q0")
    assert statements.count <= 4


def _vote(client: FlaskClient, slug: str, **fields: str):
    return client.post(
        f"/en/articles/{slug}/vote", data={"csrf_token": csrf_token(client), **fields}
    )


def test_a_vote_is_thanked_for_and_can_be_changed(client: FlaskClient, session: Session) -> None:
    make_article(session, slug="pay")
    answer = _vote(client, "pay", helpful="yes")
    assert answer.status_code == 303
    assert answer.location == "/en/articles/pay#feedback"
    page = client.get("/en/articles/pay")
    assert "Good to know that this helped." in page.text
    assert "It did not help after all" in page.text
    _vote(client, "pay", helpful="no", reason="The button has another name.")
    session.rollback()
    votes = session.scalars(select(ArticleVote)).all()
    assert [(vote.helpful, vote.reason) for vote in votes] == [
        (False, "The button has another name.")
    ]
    assert "people who look after this article" in client.get("/en/articles/pay").text


def test_a_bare_no_asks_what_was_missing(client: FlaskClient, session: Session) -> None:
    make_article(session, slug="pay")
    _vote(client, "pay", helpful="no")
    assert "What was missing or wrong?" in client.get("/en/articles/pay").text


def test_somebody_elses_vote_is_not_shown(app: Flask, session: Session) -> None:
    make_article(session, slug="pay")
    _vote(app.test_client(), "pay", helpful="yes")
    assert "Was this helpful?" in app.test_client().get("/en/articles/pay").text


def test_a_reason_that_is_too_long_keeps_what_was_typed(
    client: FlaskClient, session: Session
) -> None:
    make_article(session, slug="pay")
    answer = _vote(client, "pay", helpful="no", reason="long " * 100)
    assert answer.status_code == 422
    assert "Use at most 400 characters." in answer.text
    assert "long long" in answer.text


@pytest.mark.parametrize("fields", [{}, {"helpful": "perhaps"}])
def test_a_vote_without_an_answer_is_refused(
    client: FlaskClient, session: Session, fields: dict[str, str]
) -> None:
    make_article(session, slug="pay")
    assert _vote(client, "pay", **fields).status_code == 422


def test_voting_needs_the_token_of_the_page(client: FlaskClient, session: Session) -> None:
    make_article(session, slug="pay")
    answer = client.post("/en/articles/pay/vote", data={"helpful": "yes"})
    assert answer.status_code == 400


def test_nobody_votes_on_what_they_may_not_see(client: FlaskClient, session: Session) -> None:
    make_article(session, slug="staff", visibility=Visibility.AGENTS)
    assert _vote(client, "staff", helpful="yes").status_code == 404


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "60606000000005000125a5f4d00000000049454e44ae426082"
)


def test_an_image_is_served_to_those_who_may_read_an_article_with_it(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    asset = add_asset(
        session, ArticleFiles.under(settings.data), filename="dot.png", content=PNG, now=NOW
    )
    address = f"/assets/{asset.name}"
    assert client.get(address).status_code == 404
    article = make_article(session, body=f"![A dot](asset:{asset.name})")
    response = client.get(address, buffered=True)
    assert response.status_code == 200
    assert response.data == PNG
    assert response.content_type == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    known = {"If-None-Match": f'"{asset.sha256}"'}
    assert client.get(address, headers=known, buffered=True).status_code == 304
    service.withdraw(session, actor=EDITOR, article_id=article.id, now=NOW)
    assert client.get(address).status_code == 404


def test_an_image_of_a_private_article_is_kept_by_the_readers_browser_alone(
    client: FlaskClient, session: Session, settings: Settings
) -> None:
    asset = add_asset(
        session, ArticleFiles.under(settings.data), filename="dot.png", content=PNG, now=NOW
    )
    make_article(session, body=f"![A dot](asset:{asset.name})", visibility=Visibility.CUSTOMERS)
    assert client.get(f"/assets/{asset.name}").status_code == 404
    sign_in(client, make_user(session))
    response = client.get(f"/assets/{asset.name}", buffered=True)
    assert response.headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize("name", ["0" * 64, "nonsense", "..%2f..%2fetc%2fpasswd"])
def test_an_image_that_does_not_exist_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"/assets/{name}").status_code == 404
