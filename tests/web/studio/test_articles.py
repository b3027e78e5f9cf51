"""Editors and agents write, review, publish, send back and compare articles in the studio."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role
from app.db.models import OutboxEntry
from app.knowledge.files import ArticleFiles, add_asset
from app.knowledge.models import Article, ArticleRevision
from app.mail.rendering import Promise, compose
from articles.lifecycle import ArticleState
from tests.factories import csrf_token, make_user, sign_in
from tests.factories_knowledge import make_category


@pytest.fixture
def agent(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app.test_client(), make_user(session, role=Role.AGENT, name="Agata"))


@pytest.fixture
def editor(app: Flask, session: Session) -> FlaskClient:
    return sign_in(app.test_client(), make_user(session, role=Role.EDITOR, name="Edu"))


def post(client: FlaskClient, path: str, **fields: object):
    return client.post(path, data={"csrf_token": csrf_token(client), **fields})


def write(client: FlaskClient, **fields: object):
    values = {
        "title": "Reset the router",
        "summary": "When nothing loads",
        "body": "## Steps\n\nHold the button.\n",
        "locale": "en",
        "category": "0",
        "tags": "router, network",
        "visibility": "public",
        "organisation": "0",
        **fields,
    }
    return post(client, "/studio/articles/new", **values)


def the_article(session: Session) -> Article:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Article)).one()


def test_an_agent_writes_and_an_editor_publishes(
    agent: FlaskClient, editor: FlaskClient, client: FlaskClient, session: Session
) -> None:
    assert write(agent).status_code == 302
    article = the_article(session)
    look = f"/studio/articles/{article.id}"
    assert "Reset the router" in agent.get("/studio/").text
    assert post(agent, f"{look}/publish").status_code == 403
    assert post(agent, f"{look}/submit", comment="Please look").status_code == 302
    assert "Reset the router" in editor.get("/studio/").text
    page = editor.get(look).text
    assert "Please look" in page
    assert "Hold the button." in page
    assert client.get("/en/articles/reset-the-router").status_code == 404
    assert post(editor, f"{look}/publish").status_code == 302
    assert the_article(session).state is ArticleState.PUBLISHED
    assert "Hold the button." in client.get("/en/articles/reset-the-router").text


def test_sending_back_needs_a_comment_which_the_author_reads(
    agent: FlaskClient, editor: FlaskClient, session: Session
) -> None:
    write(agent)
    look = f"/studio/articles/{the_article(session).id}"
    post(agent, f"{look}/submit")
    refused = post(editor, f"{look}/send-back")
    assert refused.status_code == 422
    assert "comment-error" in refused.text
    post(editor, f"{look}/send-back", comment="Say which button <b>")
    assert the_article(session).state is ArticleState.DRAFT
    assert "Say which button &lt;b&gt;" in agent.get(look).text


def send_back(editor: FlaskClient, look: str, comment: str) -> None:
    assert post(editor, f"{look}/send-back", comment=comment).status_code == 302


def test_a_draft_that_was_sent_back_says_so_and_why_wherever_its_author_meets_it(
    agent: FlaskClient, editor: FlaskClient, session: Session
) -> None:
    write(agent)
    look = f"/studio/articles/{the_article(session).id}"
    assert "Sent back" not in agent.get("/studio/articles/").text
    post(agent, f"{look}/submit")
    send_back(editor, look, "Say which button <b>")
    for path in ("/studio/", "/studio/articles/", look, f"{look}/edit"):
        page = agent.get(path).text
        assert "Sent back" in page, path
        assert "Say which button &lt;b&gt;" in page, path
        assert "Edu" in page, path
    post(agent, f"{look}/submit")
    for path in ("/studio/articles/", look):
        assert "Sent back" not in agent.get(path).text, path


def test_an_agent_finds_their_new_text_of_somebody_elses_article_among_their_drafts(
    agent: FlaskClient, editor: FlaskClient, session: Session
) -> None:
    write(editor)
    look = f"/studio/articles/{the_article(session).id}"
    post(editor, f"{look}/publish")
    revise(agent, look, body="Press the *left* button.", expected=1)
    post(agent, f"{look}/submit")
    send_back(editor, look, "Which left?")
    assert "Which left?" in agent.get("/studio/").text


def test_a_dropped_draft_takes_the_reviewers_word_with_it(
    agent: FlaskClient, editor: FlaskClient, session: Session
) -> None:
    write(agent)
    look = f"/studio/articles/{the_article(session).id}"
    post(editor, f"{look}/publish")
    revise(agent, look, body="Press it twice.", expected=1)
    post(agent, f"{look}/submit")
    send_back(editor, look, "Once is enough")
    post(agent, f"{look}/discard")
    assert "dropped the draft" in agent.get(look).text
    revise(agent, look, body="Another text.", expected=1)
    assert "Sent back" not in agent.get("/studio/articles/").text


@pytest.mark.parametrize(("locale", "subject"), [("es", "Devuelto: "), ("en", "Sent back: ")])
def test_the_author_is_told_by_mail_in_their_language_why_it_came_back(
    app: Flask, session: Session, editor: FlaskClient, locale: str, subject: str
) -> None:
    author = make_user(session, role=Role.AGENT, locale=locale, name="Ana <i>")
    agent = sign_in(app.test_client(), author)
    write(agent, title="Router & modem")
    look = f"/studio/articles/{the_article(session).id}"
    post(agent, f"{look}/submit")
    send_back(editor, look, "Say which\n<button>")
    mails = promised_mails(app, session)
    assert [mail["To"] for mail in mails] == [author.email]
    assert mails[0]["Subject"] == f"{subject}Router & modem"
    text, html = (mails[0].get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Edu" in text
    assert "Say which\n<button>" in text
    assert f"http://localhost{look}" in text
    assert "&lt;button&gt;" in html


def test_only_those_who_wait_for_a_draft_are_told(
    app: Flask, session: Session, agent: FlaskClient, editor: FlaskClient
) -> None:
    write(editor)
    look = f"/studio/articles/{the_article(session).id}"
    post(editor, f"{look}/submit")
    send_back(editor, look, "I change my mind")
    assert promised_mails(app, session) == []  # who sends their own back knows
    gone = make_user(session, role=Role.AGENT)
    write(sign_in(app.test_client(), gone), title="Another one")
    look = f"/studio/articles/{max(session.scalars(select(Article.id)))}"
    session.rollback()
    post(editor, f"{look}/submit")
    gone.disabled_at = datetime.now(UTC)
    session.add(gone)
    session.commit()
    send_back(editor, look, "Nobody reads this")
    assert promised_mails(app, session) == []


def promised_mails(app: Flask, session: Session) -> list[EmailMessage]:
    session.rollback()
    entries = session.scalars(select(OutboxEntry).where(OutboxEntry.kind == "mail")).all()
    with app.app_context():
        return [
            compose(
                Promise.from_payload(entry.key, entry.payload),
                sender="help@example.org",
                site_name="Antesala",
                now=datetime.now(UTC),
            )
            for entry in entries
        ]


def revise(client: FlaskClient, look: str, **fields: object) -> None:
    values = {"category": "0", "visibility": "public", "organisation": "0", "locale": "en"}
    answer = post(client, f"{look}/edit", title="Reset the router", **values, **fields)
    assert answer.status_code == 302


def test_private_words_stop_the_way_to_readers(editor: FlaskClient, session: Session) -> None:
    write(editor, body="Ask ⟦Ana Pérez⟧ about it.")
    look = f"/studio/articles/{the_article(session).id}"
    refused = post(editor, f"{look}/publish")
    assert refused.status_code == 422
    assert "Private details" in refused.text
    assert the_article(session).state is ArticleState.DRAFT


def test_a_wrong_field_says_so_and_everything_typed_is_kept(editor: FlaskClient) -> None:
    answer = write(editor, title="", body="My long text", translation_of="nowhere")
    assert answer.status_code == 422
    answer = write(editor, title="", body="My long text")
    assert answer.status_code == 422
    assert "Write a title." in answer.text
    assert "My long text" in answer.text
    assert "router, network" in answer.text


def test_who_saves_second_is_told_and_keeps_the_text(editor: FlaskClient, session: Session) -> None:
    write(editor)
    article = the_article(session)
    edit = f"/studio/articles/{article.id}/edit"
    fields = {"category": "0", "visibility": "public", "organisation": "0", "locale": "en"}
    first = post(editor, edit, title="First", body="One", expected=1, **fields)
    assert first.status_code == 302
    second = post(editor, edit, title="Second", body="Two words kept", expected=1, **fields)
    assert second.status_code == 409
    assert "Two words kept" in second.text
    session.rollback()
    titles = session.scalars(select(ArticleRevision.title).order_by(ArticleRevision.number)).all()
    assert titles == ["Reset the router", "First"]


def test_publishing_asks_for_the_category_by_which_readers_find_it(
    editor: FlaskClient, client: FlaskClient, session: Session
) -> None:
    billing = make_category(session, "billing", en="Billing")
    write(editor)
    look = f"/studio/articles/{the_article(session).id}"
    for nothing in ({}, {"category": ""}, {"category": "9" * 9}):
        refused = post(editor, f"{look}/publish", comment="Good <b>", **nothing)
        assert refused.status_code == 422
        assert 'aria-describedby="category-hint category-error" aria-invalid="true"' in refused.text
        assert "Choose a category" in refused.text
        assert "Good &lt;b&gt;" in refused.text
        assert the_article(session).state is ArticleState.DRAFT
    assert post(editor, f"{look}/publish", category=billing.id).status_code == 302
    assert "Reset the router" in client.get("/en/").text
    assert 'name="category"' not in editor.get(look).text


def test_what_readers_see_keeps_a_category(editor: FlaskClient, session: Session) -> None:
    billing = make_category(session, "billing")
    tickets = make_category(session, "tickets")
    write(editor, category=str(billing.id))
    look = f"/studio/articles/{the_article(session).id}"
    fields = {"visibility": "public", "organisation": "0", "locale": "en", "title": "Reset it"}
    fields |= {"body": "Hold it.", "tags": ""}
    post(editor, f"{look}/publish")
    refused = post(editor, f"{look}/edit", category="0", expected=1, **fields)
    assert refused.status_code == 422
    assert 'id="category-error"' in refused.text
    assert the_article(session).category_id == billing.id
    assert (
        post(editor, f"{look}/edit", category=tickets.id, expected=1, **fields).status_code == 302
    )
    assert the_article(session).category_id == tickets.id


GONE = "0123456789abcdef" * 2 + ".png"


def test_an_image_that_is_missing_is_named_when_it_is_previewed_saved_and_published(
    app: Flask, editor: FlaskClient, session: Session
) -> None:
    body = f"![The <box>](box.png) ![Old](asset:{GONE})"
    said = f"The images “box.png”, “asset:{GONE}” do not exist"
    fragment = post(editor, "/studio/articles/preview", title="T", body=body, locale="en").text
    assert said in fragment
    without_javascript = write(editor, body=body, preview="1").text
    assert without_javascript.count(said) == len(["field", "preview"])
    assert write(editor, body=body).status_code == 302  # a draft may lack it
    look = f"/studio/articles/{the_article(session).id}"
    at_the_field = editor.get(f"{look}/edit").text
    assert f'id="body-warning">{said}' in at_the_field
    assert re.search(r'aria-describedby="[^"]*body-warning[^"]*"', at_the_field)
    assert said in editor.get(look).text
    post(editor, f"{look}/publish")
    assert the_article(session).state is ArticleState.PUBLISHED
    assert said in editor.get(look).text


def test_images_that_are_there_and_links_to_others_are_no_reason_to_warn(
    app: Flask, editor: FlaskClient, session: Session
) -> None:
    gif = b"GIF89a" + b"\0" * 30
    files = ArticleFiles.under(app.extensions["antesala"].settings.data)
    asset = add_asset(session, files, filename="a.gif", content=gif, now=datetime.now(UTC))
    body = (
        f"![A](asset:{asset.name}) ![B](/assets/{asset.name}) ![C](https://x.org/c.png)\n\n"
        "`![D](d.png)` [E](e.png)"
    )
    write(editor, body=body)
    look = f"/studio/articles/{the_article(session).id}"
    for path in (look, f"{look}/edit"):
        page = editor.get(path).text
        assert "not exist" not in page
    assert 'id="body-warning" hidden' in page
    preview = post(editor, "/studio/articles/preview", title="T", body="![](a.png)", locale="en")
    assert "The image “a.png” does not exist" in preview.text


def test_the_preview_is_sanitised_and_saves_nothing(editor: FlaskClient, session: Session) -> None:
    body = "**bold** <script>alert(1)</script>"
    answer = post(editor, "/studio/articles/preview", title="T", body=body, locale="en")
    assert "<strong>bold</strong>" in answer.text
    assert "<script" not in answer.text
    without_javascript = write(editor, body=body, preview="1")
    assert without_javascript.status_code == 200
    assert "<strong>bold</strong>" in without_javascript.text
    assert session.scalars(select(Article)).all() == []


def test_revisions_are_compared_side_by_side(editor: FlaskClient, session: Session) -> None:
    write(editor)
    article = the_article(session)
    fields = {"category": "0", "visibility": "public", "organisation": "0", "locale": "en"}
    edit = f"/studio/articles/{article.id}/edit"
    body = "## Steps\n\nHold the <red> button.\n"
    post(editor, edit, title="Reset the router", body=body, expected=1, **fields)
    history = editor.get(f"/studio/articles/{article.id}/history").text
    assert "Revision 2" in history
    changes = editor.get(f"/studio/articles/{article.id}/history/2").text
    assert "<del>Hold the button.</del>" in changes
    assert "<ins>Hold the &lt;red&gt; button.</ins>" in changes
    assert editor.get(f"/studio/articles/{article.id}/history/9").status_code == 404


def test_a_withdrawn_article_is_gone_and_can_come_back(
    editor: FlaskClient, client: FlaskClient, session: Session
) -> None:
    write(editor)
    look = f"/studio/articles/{the_article(session).id}"
    post(editor, f"{look}/publish")
    post(editor, f"{look}/withdraw")
    assert client.get("/en/articles/reset-the-router").status_code == 410
    post(editor, f"{look}/restore")
    assert the_article(session).state is ArticleState.DRAFT


def test_the_list_filters(editor: FlaskClient) -> None:
    write(editor, title="Alpha one")
    write(editor, title="Beta two")
    found = editor.get("/studio/articles/?q=alpha&state=draft&locale=en").text
    assert "Alpha one" in found
    assert "Beta two" not in found
    assert "No article is like that" in editor.get("/studio/articles/?state=archived").text
    assert editor.get("/studio/articles/?state=nonsense&category=x&page=-3").status_code == 200


def test_customers_stay_out(app: Flask, session: Session) -> None:
    customer = sign_in(app.test_client(), make_user(session))
    for path in ("/studio/", "/studio/articles/", "/studio/articles/new"):
        assert customer.get(path).status_code == 403
        assert app.test_client().get(path).status_code == 302
