"""The composer: replies, notes, previews, articles, and what is asked before sending."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.actor import Actor
from app.deflection.models import Impression
from app.deflection.states import Verdict
from app.knowledge.models import Article
from app.tickets import conversation
from app.tickets.models import Attachment, MessageKind, TicketState
from tests.factories_deflection import make_attempt
from tests.factories_knowledge import make_article
from tests.factories_tickets import make_ticket
from tests.web.desk.conftest import Desk


def last_id(desk: Desk) -> str:
    return str(desk.now().messages[-1].id)


def reject(desk: Desk, article: Article) -> None:
    """The customer saw this article in the form, tried it, and it did not help."""
    attempt = make_attempt(desk.session, desk.app, now=desk.ticket.created_at)
    desk.session.add(
        Impression(
            attempt_id=attempt.id,
            article_id=article.id,
            revision_id=article.published_revision_id,
            rank=1,
            score=1.5,
            confidence=0.8,
            terms=["invoice", "blank"],
            shown_at=desk.ticket.created_at,
            opened_at=desk.ticket.created_at,
            open_seconds=42,
            verdict=Verdict.TRIED,
        )
    )
    desk.ticket.attempt_id = attempt.id
    desk.session.commit()


def write(desk: Desk, client: FlaskClient, **fields: object) -> TestResponse:
    values = {"mode": "reply", "then": "waiting", "seen": last_id(desk), "action": "send"}
    return desk.post(client, "write", **{**values, **fields})


def test_a_reply_reaches_the_customer_and_the_state_is_chosen(
    desk: Desk, agent: FlaskClient
) -> None:
    answer = write(desk, agent, body="Clear **the cache**.", then="open")
    assert answer.status_code == 303
    ticket = desk.now()
    assert ticket.state is TicketState.OPEN
    assert ticket.messages[1].html == "<p>Clear <strong>the cache</strong>.</p>"


def test_a_reply_can_resolve_and_then_asks_how_it_was_solved(
    desk: Desk, agent: FlaskClient
) -> None:
    write(desk, agent, body="Done.", then="resolved")
    assert desk.now().state is TicketState.RESOLVED
    assert "Say how it was solved" in agent.get(desk.path()).text


def test_a_note_never_reaches_the_customer(
    desk: Desk, agent: FlaskClient, client: FlaskClient
) -> None:
    filed = make_ticket(desk.session, desk.settings, subject="Another")
    desk.ticket = filed.ticket
    write(desk, agent, body="Canary: the refund is approved.", mode="note")
    assert desk.now().messages[-1].kind is MessageKind.NOTE
    assert "Canary" in agent.get(desk.path()).text
    page = client.get(filed.link.removeprefix("http://localhost"), follow_redirects=True)
    assert "Another" in page.text
    assert "Canary" not in page.text


def test_an_empty_text_is_refused_at_the_field_and_nothing_is_lost(
    desk: Desk, agent: FlaskClient
) -> None:
    answer = write(desk, agent, body="  ", then="open", find="cache")
    assert answer.status_code == 422
    assert 'id="body-error"' in answer.text
    assert '<option selected value="open">' in answer.text


def test_a_preview_sends_nothing(desk: Desk, agent: FlaskClient) -> None:
    answer = write(desk, agent, body="Clear **it**.", action="preview")
    assert "<strong>it</strong>" in answer.text
    assert "Clear **it**." in answer.text
    assert len(desk.now().messages) == 1
    fragment = desk.post(agent, "preview", body="*a* <script>")
    assert "<em>a</em>" in fragment.text
    assert "<script>" not in fragment.text
    assert "<html" not in fragment.text
    assert desk.post(agent, "preview", body=" ").status_code == 422


def test_an_article_is_put_into_the_text_without_a_script(desk: Desk, agent: FlaskClient) -> None:
    article = make_article(desk.session, title="Clear [the] cache", slug="clear-cache")
    answer = write(desk, agent, body="Try this:", action=f"insert:{article.id}")
    expected = "Try this:\n\n[Clear (the) cache](http://localhost/en/articles/clear-cache)"
    assert expected in answer.text.replace("\r\n", "\n")
    assert len(desk.now().messages) == 1


def test_sending_a_rejected_article_is_asked_about_once(desk: Desk, agent: FlaskClient) -> None:
    article = make_article(desk.session, title="Clear the cache", slug="clear-cache")
    reject(desk, article)
    body = "Again: http://localhost/en/articles/clear-cache"
    asked = write(desk, agent, body=body)
    assert asked.status_code == 422
    assert "did not help" in asked.text
    assert body in asked.text
    assert len(desk.now().messages) == 1
    assert write(desk, agent, body=body, mode="note").status_code == 303
    assert write(desk, agent, body=body, action="anyway").status_code == 303
    assert desk.now().messages[-1].body == body


def test_what_came_in_meanwhile_stops_the_reply_and_keeps_the_text(
    desk: Desk, agent: FlaskClient, client: FlaskClient
) -> None:
    seen = last_id(desk)
    conversation.customer_reply(
        desk.session,
        actor=Actor(ticket_ids=frozenset({desk.ticket.id})),
        ticket_id=desk.ticket.id,
        body="It works again.",
        settings=desk.settings,
        now=desk.ticket.created_at,
    )
    answer = write(desk, agent, body="My long answer.", seen=seen)
    assert answer.status_code == 409
    assert "Nothing was done, because the ticket changed meanwhile." in answer.text
    assert "The customer, Ana, wrote again." in answer.text
    assert "It works again." in answer.text
    assert "My long answer." in answer.text
    assert write(desk, agent, body="My long answer.").status_code == 303


def test_an_old_tab_does_not_reopen_what_was_resolved_in_another(
    desk: Desk, agent: FlaskClient
) -> None:
    old_tab = last_id(desk)
    write(desk, agent, body="That was it.", then="resolved")
    answer = write(desk, agent, body="One thing <more>.", then="open", seen=old_tab)
    assert answer.status_code == 409
    assert desk.now().state is TicketState.RESOLVED
    assert desk.now().messages[-1].body != "One thing <more>."
    assert "Bea Soto replied to the customer." in answer.text
    assert "Bea Soto resolved the ticket." in answer.text
    assert "a reply opens it again" in answer.text
    assert "One thing &lt;more&gt;." in answer.text
    assert '<option selected value="open">' in answer.text
    told = str(max(message.id for message in desk.now().messages))
    assert f'name="seen" type="hidden" value="{told}"' in answer.text
    assert write(desk, agent, body="One thing <more>.", then="open").status_code == 303
    assert desk.now().state is TicketState.OPEN


def test_a_page_that_is_shown_again_tells_what_happened_since_the_one_before(
    desk: Desk, agent: FlaskClient
) -> None:
    old_tab = last_id(desk)
    desk.post(agent, "resolve", how="nothing")
    shown = write(desk, agent, body="Clear it.", seen=old_tab, action="preview")
    assert shown.status_code == 200
    assert "The ticket changed while you were writing." in shown.text
    assert "Bea Soto resolved the ticket" in shown.text
    assert "while you were writing" not in write(desk, agent, body="a", action="preview").text


def test_what_an_agent_does_beside_it_stops_no_reply(desk: Desk, agent: FlaskClient) -> None:
    old_tab = last_id(desk)
    desk.post(agent, "claim")
    write(desk, agent, body="For us.", mode="note")
    assert write(desk, agent, body="Clear it.", seen=old_tab).status_code == 303
    assert write(desk, agent, body="Mine.", mode="note", seen=old_tab).status_code == 303


def test_files_go_with_the_reply(desk: Desk, agent: FlaskClient) -> None:
    write(desk, agent, body="See the log.", files=(BytesIO(b"line"), "log.txt"))
    attachment = desk.now().messages[-1].attachments[0]
    assert attachment.filename == "log.txt"
    found = agent.get(f"/attachments/{attachment.token}", buffered=True)
    assert found.data == b"line"


@pytest.mark.parametrize("mode", ["reply", "note"])
def test_what_is_sent_twice_has_its_file_once(desk: Desk, agent: FlaskClient, mode: str) -> None:
    seen = last_id(desk)
    for _press in range(2):
        file = (BytesIO(b"line"), "log.txt")
        assert write(desk, agent, body="See.", mode=mode, seen=seen, files=file).status_code == 303
    assert desk.session.scalars(select(Attachment.filename)).all() == ["log.txt"]
    assert "leave_out" not in agent.get(desk.path()).text


def test_a_refused_file_keeps_the_text(desk: Desk, agent: FlaskClient) -> None:
    answer = write(desk, agent, body="See it.", files=(BytesIO(b"MZ\x90"), "a.pdf"))
    assert answer.status_code == 422
    assert "is a program" in answer.text
    assert "See it." in answer.text
    assert len(desk.now().messages) == 1


def test_an_agent_of_another_queue_can_do_nothing(desk: Desk) -> None:
    stranger = desk.browser(desk.other_agent)
    assert stranger.get(desk.path()).status_code == 404
    assert write(desk, stranger, body="Hello.").status_code == 404
    assert desk.post(stranger, "preview", body="x").status_code == 404
    assert stranger.get(desk.path("articles")).status_code == 404


def test_without_the_forms_token_nothing_is_sent(desk: Desk, agent: FlaskClient) -> None:
    answer = agent.post(desk.path("write"), data={"body": "x", "mode": "reply"})
    assert answer.status_code == 400
    assert len(desk.now().messages) == 1


def test_the_packet_tells_what_was_tried(desk: Desk, agent: FlaskClient) -> None:
    reject(desk, make_article(desk.session, title="Clear the cache"))
    page = agent.get(desk.path()).text
    assert "Tried, did not help" in page
    assert "opened for 42 s" in page
    assert "80 % sure" in page
    assert "invoice · blank" in page
