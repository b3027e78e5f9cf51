"""Sending a draft to a person: with and without suggestions before it, once, with its attempt."""

import threading
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.deflection.models import Attempt
from app.deflection.queries import find_packet, rejected_articles
from app.deflection.states import Outcome, Verdict
from app.tickets.models import Attachment, Message, Ticket, TicketKind
from tests.factories import make_user, sign_in
from tests.factories_deflection import (
    INVOICE_TROUBLE,
    NOTHING_KNOWN,
    AskBrowser,
    Library,
    attempt_of,
    impressions_of,
    make_library,
)

ADMIN = Actor(user_id=1, role=Role.ADMIN)
REQUEST = {**INVOICE_TROUBLE, "email": "ana@example.org", "name": "Ana", "kind": "problem"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


@pytest.fixture
def library(app: Flask, session: Session) -> Library:
    return make_library(app, session)


@pytest.fixture
def browser(client: FlaskClient) -> AskBrowser:
    page = AskBrowser(client)
    page.open()
    return page


def tickets(session: Session) -> list[Ticket]:
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Ticket).order_by(Ticket.id)))


# Without a script


def test_the_first_send_shows_the_suggestions_once_on_their_own_page_with_all_that_was_typed(
    library: Library, browser: AskBrowser, session: Session
):
    page = browser.send(**REQUEST)
    assert page.status_code == 200
    assert "Before we pass it on" in page.text
    assert "Invoice PDF shows a blank page" in page.text
    assert "Send it to a person" in page.text
    for name, value in REQUEST.items():
        assert browser.values[name] == value
    assert tickets(session) == []


def test_send_it_to_a_person_files_what_was_typed(
    library: Library, browser: AskBrowser, session: Session
):
    browser.send(**REQUEST)
    sent = browser.send(seen="yes")
    assert sent.status_code == 303
    (ticket,) = tickets(session)
    assert ticket.subject == REQUEST["subject"]
    assert ticket.kind is TicketKind.PROBLEM
    assert ticket.requester_email == "ana@example.org"
    assert ticket.requester_name == "Ana"
    message = session.scalars(select(Message).where(Message.ticket_id == ticket.id)).one()
    assert message.body == REQUEST["body"]
    attempt = session.get_one(Attempt, ticket.attempt_id)
    assert attempt.outcome is Outcome.ESCALATED
    assert library.invoice.id in impressions_of(session, attempt)


def test_the_page_comes_once_a_second_send_goes_to_a_person(
    library: Library, browser: AskBrowser, session: Session
):
    browser.send(**REQUEST)
    form = browser.send(edit="yes")
    assert "Tell us what is happening" in form.text
    assert browser.values["body"] == REQUEST["body"]
    assert browser.send(body="The invoice PDF is blank on every page.").status_code == 303
    (ticket,) = tickets(session)
    attempt = session.get_one(Attempt, ticket.attempt_id)
    assert attempt.body == "The invoice PDF is blank on every page."


def test_with_nothing_to_suggest_the_first_send_goes_to_a_person(
    library: Library, browser: AskBrowser, session: Session
):
    sent = browser.send(**{**REQUEST, **NOTHING_KNOWN})
    assert sent.status_code == 303
    (ticket,) = tickets(session)
    assert session.get_one(Attempt, ticket.attempt_id).outcome is Outcome.ESCALATED


def test_verdicts_on_the_page_come_back_to_it_with_everything_kept(
    library: Library, browser: AskBrowser, session: Session
):
    browser.send(**REQUEST)
    again = browser.send(verdict=f"tried:{library.invoice.id}")
    assert "Whoever answers will know that you tried it" in again.text
    gone = browser.send(verdict=f"unrelated:{library.viewer.id}")
    assert "Print an invoice" not in gone.text
    assert browser.values["email"] == "ana@example.org"
    assert browser.send(seen="yes").status_code == 303
    (ticket,) = tickets(session)
    packet = find_packet(session, ADMIN, ticket.attempt_id)
    assert packet is not None
    assert packet.rejected_ids == {library.invoice.id, library.viewer.id}
    assert rejected_articles(session, ticket.attempt_id) == packet.rejected_ids


def test_when_every_suggestion_was_rejected_a_person_is_what_is_left(
    library: Library, browser: AskBrowser
):
    browser.send(**REQUEST)
    browser.send(verdict=f"unrelated:{library.viewer.id}")
    page = browser.send(verdict=f"unrelated:{library.invoice.id}")
    assert "Then a person should see it" in page.text
    assert browser.send(seen="yes").status_code == 303


def test_this_solved_it_on_the_page_leads_to_thanks_and_files_nothing(
    library: Library, browser: AskBrowser, session: Session
):
    browser.send(**REQUEST)
    token = browser.values["attempt"]
    answer = browser.send(verdict=f"solved:{library.invoice.id}")
    assert answer.status_code == 303
    assert answer.location == f"/en/ask/attempts/{token}/solved"
    assert attempt_of(session, token).outcome is Outcome.SOLVED
    assert tickets(session) == []


# After "this solved it"


def solve(browser: AskBrowser, library: Library) -> str:
    browser.type(**REQUEST)
    said = browser.post(
        "verdicts", article=library.invoice.id, verdict="solved", email="ana@example.org"
    )
    assert said.status_code == 204
    return browser.values["attempt"]


def test_thanks_with_the_article_undo_and_one_question(
    library: Library, browser: AskBrowser, session: Session
):
    token = solve(browser, library)
    page = browser.client.get(f"/en/ask/attempts/{token}/solved")
    assert page.status_code == 200
    assert "Nothing was sent" in page.text
    assert "/en/articles/invoice-blank" in page.text
    assert "Undo" in page.text
    answer = browser.post("feedback", feedback="  A picture.  ")
    assert answer.status_code == 303
    after = browser.client.get(answer.location)
    assert "Thank you" in after.text
    assert 'name="feedback"' not in after.text, "one question, once"
    assert attempt_of(session, token).feedback == "A picture."


def test_undo_leads_back_to_the_form_with_what_was_typed(
    library: Library, browser: AskBrowser, session: Session
):
    token = solve(browser, library)
    back = browser.post("undo")
    assert back.status_code == 303
    browser.look(browser.client.get(back.location))
    assert browser.values["attempt"] == token
    assert browser.values["subject"] == REQUEST["subject"]
    assert browser.values["body"] == REQUEST["body"]
    assert browser.values["email"] == "ana@example.org"
    attempt = attempt_of(session, token)
    assert attempt.outcome is Outcome.OPEN
    assert impressions_of(session, attempt)[library.invoice.id].verdict is None
    gone = browser.client.get(f"/en/ask/attempts/{token}/solved")
    assert gone.status_code == 302, "it is not solved any more"


def test_what_was_typed_is_given_back_to_nobody_else(
    app: Flask, library: Library, browser: AskBrowser
):
    token = solve(browser, library)
    browser.post("undo")
    other = AskBrowser(app.test_client())
    other.open(f"?attempt={token}")
    assert other.values["body"] == ""
    assert other.values["attempt"] != token


def test_a_solved_attempt_counts_for_its_article_until_it_is_undone(
    library: Library, browser: AskBrowser, session: Session
):
    def solved_count() -> int:
        session.rollback()
        session.expire_all()
        return session.get_one(type(library.invoice), library.invoice.id).solved_count

    solve(browser, library)
    browser.post("verdicts", article=library.invoice.id, verdict="solved")
    assert solved_count() == 1, "said twice, solved once"
    browser.post("undo")
    browser.post("undo")
    assert solved_count() == 0


def test_typing_after_it_was_solved_is_another_attempt(
    library: Library, browser: AskBrowser, session: Session
):
    token = solve(browser, library)
    answer = browser.type(body="How do I change my password in my profile?")
    assert f'data-attempt="{token}"' not in answer.text
    assert attempt_of(session, token).outcome is Outcome.SOLVED
    assert session.scalar(select(func.count(Attempt.id))) == 2


# A ticket after all


def test_a_ticket_from_a_solved_attempt_makes_it_a_failed_one(
    library: Library, browser: AskBrowser, session: Session
):
    token = solve(browser, library)
    assert browser.send(**REQUEST, seen="yes").status_code == 303
    attempt = attempt_of(session, token)
    assert attempt.outcome is Outcome.FAILED
    assert tickets(session)[0].attempt_id == attempt.id
    assert impressions_of(session, attempt)[library.invoice.id].verdict is Verdict.SOLVED
    assert session.get_one(type(library.invoice), library.invoice.id).solved_count == 0


def test_a_ticket_of_the_same_person_about_the_same_thing_within_a_week_makes_it_failed(
    app: Flask, library: Library, browser: AskBrowser, session: Session
):
    token = solve(browser, library)
    elsewhere = AskBrowser(app.test_client())
    elsewhere.open()
    elsewhere.send(
        subject="Invoice still blank",
        body="My invoice as PDF is a blank page when I download it.",
        email="ana@example.org",
        seen="yes",
    )
    attempt = attempt_of(session, token)
    assert attempt.outcome is Outcome.FAILED
    assert tickets(session)[0].attempt_id != attempt.id


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"email": "bea@example.org"}, "somebody else"),
        (
            {"subject": "Add a colleague", "body": "How do I invite somebody to the team?"},
            "something else",
        ),
    ],
)
def test_it_stays_solved_when_it_is(
    app: Flask, library: Library, browser: AskBrowser, session: Session, changed, why
):
    token = solve(browser, library)
    elsewhere = AskBrowser(app.test_client())
    elsewhere.open()
    assert elsewhere.send(**{**REQUEST, **changed}, seen="yes").status_code == 303
    assert attempt_of(session, token).outcome is Outcome.SOLVED, why


def test_it_stays_solved_after_more_than_seven_days(
    library: Library, browser: AskBrowser, session: Session
):
    token = solve(browser, library)
    attempt = attempt_of(session, token)
    attempt.solved_at -= timedelta(days=7, seconds=5)
    session.commit()
    assert browser.send(**REQUEST, seen="yes").status_code == 303
    attempt = attempt_of(session, token)
    assert attempt.outcome is Outcome.SOLVED
    (ticket,) = tickets(session)
    assert session.get_one(Attempt, ticket.attempt_id).outcome is Outcome.ESCALATED


def test_a_late_verdict_is_kept_and_the_ticket_stays(
    library: Library, browser: AskBrowser, session: Session
):
    browser.type(**REQUEST)
    token = browser.values["attempt"]
    browser.send(seen="yes")
    assert browser.post("verdicts", article=library.invoice.id, verdict="solved").status_code == 204
    attempt = attempt_of(session, token)
    assert attempt.outcome is Outcome.ESCALATED
    assert impressions_of(session, attempt)[library.invoice.id].verdict is Verdict.SOLVED


# After sending


def test_the_page_after_tells_reference_and_moment_and_a_link_without_an_account(
    app: Flask, browser: AskBrowser, session: Session
):
    sent = browser.send(**REQUEST)
    page = browser.client.get(sent.location)
    assert page.status_code == 200
    (ticket,) = tickets(session)
    assert ticket.reference in page.text
    assert ticket.first_response_due_at.isoformat() in page.text
    assert "You hear from us by" in page.text
    assert "ana@example.org" in page.text
    assert f"http://localhost/en/t/{sent.location.rsplit('/', 1)[1]}" in page.text
    again = app.test_client().get(sent.location)
    assert again.status_code == 200
    assert len(tickets(session)) == 1
    assert browser.client.get("/en/ask/sent/" + "A" * 43).status_code == 404


def test_what_this_browser_asked_stands_in_its_list(browser: AskBrowser, client: FlaskClient):
    page = browser.send(**NOTHING_KNOWN, email="ana@example.org", seen="yes")
    assert "There is nothing here yet" in client.get("/en/tickets").text
    client.get(page.headers["Location"])
    found = client.get("/en/tickets").text
    assert NOTHING_KNOWN["subject"] in found
    assert "in this browser" in found


def test_who_has_no_account_is_told_the_moment_with_its_zone(
    browser: AskBrowser, client: FlaskClient, session: Session
):
    page = browser.send(**NOTHING_KNOWN, email="ana@example.org", seen="yes")
    due = tickets(session)[0].first_response_due_at
    assert f"{due:%H:%M} UTC" in client.get(page.headers["Location"]).text


def test_a_form_sent_twice_files_once(browser: AskBrowser, session: Session):
    first = browser.send(**REQUEST, files=(("blank.png", PNG),))
    second = browser.send(**REQUEST, files=(("blank.png", PNG),))
    assert first.location == second.location
    (ticket,) = tickets(session)
    (file,) = session.scalars(select(Attachment))
    assert file.ticket_id == ticket.id  # and nothing waits under a form that was sent


def test_a_form_sent_twice_at_once_files_once(app: Flask, browser: AskBrowser, session: Session):
    browser.values.update(REQUEST)
    cookies = {
        name: browser.client.get_cookie(name).value for name in ("antesala", "antesala_visitor")
    }
    barrier, answers = threading.Barrier(2), []

    def press() -> None:
        client = app.test_client()
        for name, value in cookies.items():
            client.set_cookie(name, value)
        barrier.wait()
        fields = {**browser.values, "files": (BytesIO(PNG), "blank.png")}
        answers.append(client.post("/en/ask", data=fields))

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({answer.location for answer in answers}) == 1
    (ticket,) = tickets(session)
    assert session.scalar(select(func.count(Attempt.id))) == 1
    assert ticket.attempt_id is not None
    assert [file.ticket_id for file in session.scalars(select(Attachment))] == [ticket.id]


def test_other_words_in_a_form_gone_back_to_are_another_ticket(
    browser: AskBrowser, session: Session
):
    browser.send(**REQUEST)
    browser.send(**{**REQUEST, "body": "And the second invoice is blank, too."})
    first, second = tickets(session)
    assert first.attempt_id != second.attempt_id


# Fields, files, people


def test_errors_stand_at_their_field_and_everything_typed_is_kept(
    browser: AskBrowser, session: Session
):
    page = browser.send(subject="", body="Text.", email="nobody", name="Ana", kind="request")
    assert page.status_code == 422
    assert "Say in a few words what it is about." in page.text
    assert "Write an e-mail address" in page.text
    assert browser.values["body"] == "Text."
    assert browser.values["email"] == "nobody"
    assert browser.values["kind"] == "request"
    assert tickets(session) == []


def test_files_wait_with_the_draft_over_errors_and_suggestions(
    library: Library, browser: AskBrowser, session: Session
):
    page = browser.send(**{**REQUEST, "email": ""}, files=(("blank.png", PNG), ("log.txt", b"x")))
    assert page.status_code == 422
    assert "blank.png" in page.text
    leave = page.text.split('name="leave_out" value="')[2].split('"')[0]
    page = browser.send(email="ana@example.org", leave_out=leave)
    assert "Before we pass it on" in page.text
    assert "blank.png" in page.text
    assert "log.txt" not in page.text
    assert browser.send(seen="yes").status_code == 303
    (ticket,) = tickets(session)
    files = session.scalars(select(Attachment).where(Attachment.ticket_id == ticket.id)).all()
    assert [file.filename for file in files] == ["blank.png"]


def test_a_refused_file_is_told_and_nothing_typed_is_lost(browser: AskBrowser, session: Session):
    page = browser.send(**REQUEST, files=(("empty.txt", b""),))
    assert page.status_code == 422
    assert "empty.txt” is empty" in page.text
    assert browser.values["body"] == REQUEST["body"]
    assert tickets(session) == []


def test_a_signed_in_person_is_answered_at_their_account(
    app: Flask, session: Session, client: FlaskClient
):
    user = make_user(session, email="maria@example.org", name="María")
    page = AskBrowser(sign_in(client, user))
    page.open()
    assert page.values["email"] == "maria@example.org"
    assert page.send(**{**REQUEST, "email": "other@example.org"}).status_code == 303
    (ticket,) = tickets(session)
    assert ticket.requester_id == user.id
    assert ticket.requester_email == "maria@example.org"
    assert session.get_one(Attempt, ticket.attempt_id).user_id == user.id


def test_what_was_searched_and_where_one_comes_from_are_carried_along(
    library: Library, client: FlaskClient, session: Session
):
    page = AskBrowser(client)
    shown = page.open("?q=blank+invoice&from=change-password")
    assert page.values["subject"] == "blank invoice"
    assert "Change your password" in shown.text
    assert page.send(**REQUEST, seen="yes").status_code == 303
    (ticket,) = tickets(session)
    packet = find_packet(session, ADMIN, ticket.attempt_id)
    assert packet is not None
    assert packet.came_from is not None
    assert packet.came_from.id == library.password.id


@pytest.mark.parametrize("where", ["nowhere", "999999", "9" * 40, "%00"])
def test_an_article_that_does_not_exist_is_not_carried_along(client: FlaskClient, where: str):
    page = AskBrowser(client)
    page.open(f"?from={where}")
    assert page.values["came_from"] == ""
    assert page.send(**REQUEST, came_from=where).status_code in {200, 303}


def test_the_form_speaks_spanish(client: FlaskClient, session: Session):
    page = AskBrowser(client, "es")
    page.open()
    sent = page.send(**REQUEST)
    assert sent.status_code == 303
    assert tickets(session)[0].locale == "es"


def test_nul_characters_do_no_harm(browser: AskBrowser, session: Session):
    assert browser.type(subject="The invoice\x00 PDF", body="is blank\x00").status_code == 200
    assert browser.send(**{**REQUEST, "body": "Blank\x00 page."}, seen="yes").status_code == 303
    (ticket,) = tickets(session)
    assert session.get_one(Attempt, ticket.attempt_id).body == "Blank page."


def test_no_personal_data_reaches_the_log(library: Library, browser: AskBrowser, caplog):
    with caplog.at_level("DEBUG"):
        browser.type(**REQUEST)
        browser.post("verdicts", article=library.invoice.id, verdict="tried", email="ana@x.org")
        browser.send(seen="yes")
    ours = " ".join(
        record.getMessage() for record in caplog.records if record.name.startswith("app")
    )
    for secret in ("ana@", "Ana", REQUEST["body"], browser.values["attempt"]):
        assert secret not in ours
