"""For other programs: suggestions, verdicts and tickets as JSON, errors as RFC 9457."""

import threading
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.deflection.models import Attempt
from app.deflection.states import Channel, Outcome, Verdict
from app.factory import create_app
from app.knowledge import service as knowledge
from app.settings import Settings
from app.tickets.models import Ticket, TicketKind
from articles.lifecycle import Visibility
from tests.factories import make_user, sign_in
from tests.factories_deflection import (
    FACTURA_TROUBLE,
    INVOICE_TROUBLE,
    NOTHING_KNOWN,
    Library,
    attempt_of,
    impressions_of,
    indexes_of,
    make_library,
    token_of,
)
from tests.factories_knowledge import NOW, make_article

EDITOR = Actor(user_id=None, role=Role.EDITOR)
SUGGESTIONS = "/api/v1/suggestions"
TICKETS = "/api/v1/tickets"
TICKET = {**INVOICE_TROUBLE, "email": "ana@example.org"}


@pytest.fixture
def library(app: Flask, session: Session) -> Library:
    return make_library(app, session)


def ask(client: FlaskClient, **members: Any) -> dict[str, Any]:
    answer = client.post(SUGGESTIONS, json={**INVOICE_TROUBLE, **members})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def judge(client: FlaskClient, token: str, article: str, verdict: str) -> TestResponse:
    return client.post(
        f"/api/v1/attempts/{token}/verdicts", json={"article": article, "verdict": verdict}
    )


def file(client: FlaskClient, key: str = "key-1", **members: Any) -> TestResponse:
    return client.post(TICKETS, json={**TICKET, **members}, headers={"Idempotency-Key": key})


def is_problem(answer: TestResponse, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: dict[str, Any] = answer.get_json()
    assert body["status"] == status
    assert body["title"]
    assert body["type"]
    return body


def count(session: Session, kind: type[Ticket | Attempt]) -> int:
    session.rollback()
    return session.scalar(select(func.count(kind.id))) or 0


def test_a_draft_gets_suggestions_in_the_documented_shape(
    library: Library, client: FlaskClient, session: Session
):
    answer = ask(client)
    assert set(answer) == {"attempt", "suggestions", "is_cut"}
    assert answer["is_cut"] is False
    first = answer["suggestions"][0]
    assert first["article"] == {
        "slug": "invoice-blank",
        "title": "Invoice PDF shows a blank page",
        "locale": "en",
        "url": "http://localhost/en/articles/invoice-blank",
    }
    assert first["section"]["anchor"] == "clear-the-viewers-cache"
    assert first["section"]["title"].startswith("Clear the viewer")
    assert set(first) == {
        "article", "section", "excerpt", "confidence", "terms", "sources", "earlier_tickets",
    }  # fmt: skip
    assert set(first["sources"]) & {"title", "section", "text"}
    assert first["earlier_tickets"] == 0
    assert 0 < first["confidence"] <= 1
    assert "invoice" in first["terms"]
    assert "<" not in first["excerpt"]
    attempt = attempt_of(session, answer["attempt"])
    assert attempt.channel is Channel.API
    assert attempt.visitor is None


def test_a_draft_that_is_too_long_to_be_read_whole_is_answered_and_told_so(
    library: Library, client: FlaskClient
):
    answer = ask(client, body="The invoice PDF is blank. " + "Nothing else helped me. " * 400)
    assert answer["is_cut"] is True
    assert answer["suggestions"][0]["article"]["slug"] == "invoice-blank"


def test_typing_on_belongs_to_the_same_attempt(
    library: Library, client: FlaskClient, session: Session
):
    token = ask(client)["attempt"]
    assert ask(client, body="The invoice PDF is blank again.", attempt=token)["attempt"] == token
    assert count(session, Attempt) == 1


def test_the_locale_is_a_hint_and_the_text_decides(library: Library, client: FlaskClient):
    found = ask(client, **FACTURA_TROUBLE, locale="en")["suggestions"]
    assert [each["article"]["slug"] for each in found] == ["factura-en-blanco"]


def test_silence_is_an_empty_list_with_an_attempt(library: Library, client: FlaskClient):
    answer = ask(client, **NOTHING_KNOWN)
    assert answer["suggestions"] == []
    assert len(answer["attempt"]) == 43
    short = ask(client, subject="PDF", body="")
    assert short["suggestions"] == []
    assert len(short["attempt"]) == 43


def test_without_an_index_there_are_no_suggestions_and_no_error(client: FlaskClient):
    assert ask(client)["suggestions"] == []


def test_only_what_is_public_is_found_whatever_cookies_come_along(
    app: Flask, session: Session, client: FlaskClient
):
    make_article(
        session,
        title="Blank invoice PDF for customers",
        body="## Steps\n\nThe canary invoice PDF is blank.\n",
        visibility=Visibility.CUSTOMERS,
    )
    make_article(
        session, title="Blank invoice PDF draft", body="A canary invoice PDF.\n", published=False
    )
    user = make_user(session, role=Role.ADMIN)
    indexes_of(app).refresh()
    answer = sign_in(client, user).post(SUGGESTIONS, json=INVOICE_TROUBLE)
    assert answer.get_json()["suggestions"] == []
    assert attempt_of(session, answer.get_json()["attempt"]).user_id is None


def test_a_withdrawn_article_is_gone_at_once(
    library: Library, client: FlaskClient, session: Session
):
    knowledge.withdraw(session, actor=EDITOR, article_id=library.invoice.id, now=NOW)
    session.rollback()
    slugs = [each["article"]["slug"] for each in ask(client)["suggestions"]]
    assert "invoice-blank" not in slugs


def test_no_cookie_is_set_and_none_is_needed(library: Library, client: FlaskClient):
    answers = [
        client.post(SUGGESTIONS, json=INVOICE_TROUBLE),
        file(client),
        client.get("/api/v1/openapi.json"),
        client.post(SUGGESTIONS, json={}),
        client.get("/api/v1/nothing"),
    ]
    for answer in answers:
        assert "Set-Cookie" not in answer.headers
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_verdict_is_recorded_and_may_be_repeated(
    library: Library, client: FlaskClient, session: Session
):
    token = ask(client)["attempt"]
    for _ in range(2):
        answer = judge(client, token, "invoice-blank", "solved")
        assert answer.status_code == 204
        assert answer.data == b""
    attempt = attempt_of(session, token)
    assert attempt.outcome is Outcome.SOLVED
    assert impressions_of(session, attempt)[library.invoice.id].verdict is Verdict.SOLVED


def test_a_rejected_article_is_not_suggested_first_again(library: Library, client: FlaskClient):
    token = ask(client)["attempt"]
    judge(client, token, "invoice-blank", "unrelated")
    found = ask(client, body="The invoice PDF is blank again.", attempt=token)["suggestions"]
    assert "invoice-blank" not in [each["article"]["slug"] for each in found]


def test_verdicts_need_a_token_of_ours_and_an_article_of_that_attempt(
    app: Flask, library: Library, client: FlaskClient
):
    token = ask(client)["attempt"]
    is_problem(judge(client, "A" * 43, "invoice-blank", "solved"), 404)
    is_problem(judge(client, token_of(app), "invoice-blank", "solved"), 404)
    is_problem(judge(client, token, "change-password", "solved"), 404)
    is_problem(judge(client, token, "\x00", "solved"), 404)
    wrong = is_problem(judge(client, token, "invoice-blank", "great"), 422)
    assert wrong["errors"][0]["pointer"] == "#/verdict"


def test_a_ticket_is_filed_with_its_attempt(
    library: Library, client: FlaskClient, session: Session
):
    token = ask(client)["attempt"]
    judge(client, token, "invoice-blank", "tried")
    answer = file(client, attempt=token, kind="problem", name="Ana", locale="es")
    assert answer.status_code == 201
    body = answer.get_json()
    assert set(body) == {"reference", "url"}
    assert body["url"].startswith("http://localhost/es/t/")
    assert answer.headers["Location"] == body["url"]
    session.rollback()
    ticket = session.scalars(select(Ticket)).one()
    assert ticket.reference == body["reference"]
    assert ticket.kind is TicketKind.PROBLEM
    assert (ticket.locale, ticket.requester_name) == ("es", "Ana")
    attempt = attempt_of(session, token)
    assert ticket.attempt_id == attempt.id
    assert attempt.outcome is Outcome.ESCALATED


def test_a_ticket_without_an_attempt_gets_one(client: FlaskClient, session: Session):
    assert file(client).status_code == 201
    session.rollback()
    ticket = session.scalars(select(Ticket)).one()
    assert session.get_one(Attempt, ticket.attempt_id).outcome is Outcome.ESCALATED


def test_the_same_key_and_request_give_the_same_answer_and_file_nothing_again(
    client: FlaskClient, session: Session
):
    first, second = file(client), file(client)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.get_json() == second.get_json()
    assert count(session, Ticket) == 1
    assert count(session, Attempt) == 1


def test_another_request_under_the_same_key_is_refused(client: FlaskClient, session: Session):
    file(client)
    is_problem(file(client, body="Something else."), 409)
    assert count(session, Ticket) == 1
    assert file(client, key="key-2", body="Something else.").status_code == 201


def test_two_threads_with_one_key_file_once(app: Flask, session: Session):
    barrier, answers = threading.Barrier(4), []

    def send() -> None:
        client = app.test_client()
        barrier.wait()
        answers.append(file(client))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.get_json()["reference"] for answer in answers}) == 1
    assert count(session, Ticket) == 1
    assert count(session, Attempt) == 1


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "ñandú", "two words"])
def test_a_ticket_needs_an_idempotency_key(client: FlaskClient, session: Session, key: str):
    answer = client.post(TICKETS, json=TICKET, headers={"Idempotency-Key": key})
    is_problem(answer, 400)
    is_problem(client.post(TICKETS, json=TICKET), 400)
    assert count(session, Ticket) == 0


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"email": "nobody"}, "#/email"),
        ({"subject": ""}, "#/subject"),
        ({"subject": "a" * 256}, "#/subject"),
        ({"subject": "two\nlines"}, "#/subject"),
        ({"body": " "}, "#/body"),
        ({"body": "a" * 65_537}, "#/body"),
        ({"body": "ñ" * 40_000}, "#/body"),
        ({"kind": "wish"}, "#/kind"),
        ({"name": "a\r\nBcc: x"}, "#/name"),
        ({"locale": "fr"}, "#/locale"),
        ({"attempt": "A" * 43}, "#/attempt"),
        ({"attempt": "short"}, "#/attempt"),
        ({"unknown/~": 1}, "#/unknown~1~0"),
        ({"body": None}, "#/body"),
    ],
)
def test_what_is_wrong_is_pointed_at(
    client: FlaskClient, session: Session, members: dict[str, Any], pointer: str
):
    problem = is_problem(file(client, **members), 422)
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert all(error["detail"] for error in problem["errors"])
    assert count(session, Ticket) == 0


def test_missing_members_are_pointed_at(client: FlaskClient):
    problem = is_problem(client.post(SUGGESTIONS, json={}), 422)
    assert [error["pointer"] for error in problem["errors"]] == ["#/subject", "#/body"]
    is_problem(client.post(SUGGESTIONS, json=[]), 422)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b'{"subject": }', b'{"subject": "\\ud800", "body": ""}', b"[" * 100_000],
)
def test_broken_json_is_refused(client: FlaskClient, body: bytes):
    is_problem(client.post(SUGGESTIONS, data=body, content_type="application/json"), 400)


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_anything_but_json_is_refused(client: FlaskClient, media: str):
    is_problem(client.post(SUGGESTIONS, data=b"{}", content_type=media), 415)


def test_a_request_that_is_too_large_is_refused(client: FlaskClient):
    is_problem(client.post(SUGGESTIONS, json={**INVOICE_TROUBLE, "body": "a" * 600_000}), 413)


def test_wrong_ways_and_addresses_are_problems_too(client: FlaskClient):
    is_problem(client.get(SUGGESTIONS), 405)
    is_problem(client.get("/api/v1/nothing"), 404)


def test_too_many_requests_are_a_problem_that_says_when(settings: Settings):
    app = create_app(
        settings.model_copy(
            update={
                "rate_limits": "on",
                "rate_limit_suggestions": "2 per minute",
                "rate_limit_tickets": "1 per minute",
            }
        )
    )
    app.testing = True
    client = app.test_client()
    ask(client)
    ask(client)
    refused = client.post(SUGGESTIONS, json=INVOICE_TROUBLE)
    is_problem(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 61
    assert file(client).status_code == 201
    is_problem(file(client, key="key-2"), 429)
    app.extensions["antesala"].database.dispose()


def test_problems_speak_the_language_that_is_asked_for(client: FlaskClient):
    answer = client.post(
        TICKETS, json=TICKET, headers={"Accept-Language": "es", "Content-Type": "application/json"}
    )
    assert "Idempotency-Key" in is_problem(answer, 400)["detail"]


class TestOpenApi:
    @pytest.fixture
    def document(self, client: FlaskClient) -> dict[str, Any]:
        answer = client.get("/api/v1/openapi.json")
        assert answer.status_code == 200
        found: dict[str, Any] = answer.get_json()
        return found

    def test_it_describes_every_route_and_no_other(self, app: Flask, document: dict[str, Any]):
        routes = {
            (rule.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}"), method.lower())
            for rule in app.url_map.iter_rules()
            if rule.endpoint.startswith("api.")
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
        described = {
            (path, method) for path, methods in document["paths"].items() for method in methods
        }
        assert described == routes
        assert document["openapi"].startswith("3.1")
        assert document["servers"] == [{"url": "http://localhost/api/v1"}]

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]):
        schemas = document["components"]["schemas"]
        for reference in references(document):
            assert reference.removeprefix("#/components/schemas/") in schemas, reference

    def test_the_answers_have_the_described_members(
        self, document: dict[str, Any], library: Library, client: FlaskClient
    ):
        schemas = document["components"]["schemas"]
        answer = ask(client)
        assert set(answer) == set(schemas["SuggestionsAnswer"]["properties"])
        assert set(answer["suggestions"][0]) == set(schemas["Suggestion"]["properties"])
        assert set(file(client).get_json()) == set(schemas["TicketAnswer"]["properties"])
        assert schemas["TicketRequest"]["required"] == ["subject", "body", "email"]
        assert schemas["SuggestionsRequest"]["required"] == ["subject", "body"]


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [found for each in value.values() for found in references(each)]
    if isinstance(value, list):
        return [found for each in value for found in references(each)]
    return []
