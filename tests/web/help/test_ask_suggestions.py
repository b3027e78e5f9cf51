"""Suggestions beside the form: what is answered, and what is kept of it."""

import logging
import re
import shutil

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.actor import Actor
from app.accounts.models import Role
from app.deflection.models import Answer, Attempt, Impression
from app.deflection.states import Arm, Channel, Outcome, Verdict
from app.knowledge import service as knowledge
from app.tickets.models import Ticket
from articles.lifecycle import Visibility
from tests.factories import make_user, sign_in
from tests.factories_deflection import (
    FACTURA_TROUBLE,
    INVOICE_TROUBLE,
    NOTHING_KNOWN,
    AskBrowser,
    Library,
    attempt_of,
    impressions_of,
    indexes_of,
    make_library,
    product_of,
)
from tests.factories_knowledge import NOW, StatementCount, make_article

EDITOR = Actor(user_id=None, role=Role.EDITOR)


@pytest.fixture
def library(app: Flask, session: Session) -> Library:
    return make_library(app, session)


@pytest.fixture
def browser(client: FlaskClient) -> AskBrowser:
    page = AskBrowser(client)
    page.open()
    return page


def shown_ids(html: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-article="(\d+)"', html)]


def count(session: Session, kind: type[Answer | Attempt | Ticket]) -> int:
    session.rollback()
    return session.scalar(select(func.count(kind.id))) or 0


def test_a_draft_is_answered_with_the_section_itself(library: Library, browser: AskBrowser):
    answer = browser.type(**INVOICE_TROUBLE)
    assert answer.status_code == 200
    assert shown_ids(answer.text)[0] == library.invoice.id
    assert "<html" not in answer.text
    assert "Invoice PDF shows a blank page" in answer.text
    assert "Download the invoice PDF again after clearing the cache" in answer.text
    assert "Open the invoice PDF in the files app" in answer.text, "what is below the heading"
    assert "The printer is offline" not in answer.text, "another section"
    assert 'href="/en/articles/invoice-blank#old"' in answer.text
    assert 'href="/en/articles/invoice-blank#clear-the-viewers-cache"' in answer.text
    assert "because you wrote" in answer.text
    assert "<mark>invoice</mark>" in answer.text
    for button in ("This solved it", "I tried it, it did not help", "Not my problem"):
        assert button in answer.text
    assert "Send it to a person" in answer.text


def test_never_more_than_five_and_one_slot_an_article(
    app: Flask, session: Session, library: Library, browser: AskBrowser
):
    for number in range(8):
        make_article(
            session,
            title=f"Blank invoice PDF, reason {number}",
            slug=f"reason-{number}",
            body="## One\n\nThe invoice PDF is blank.\n\n## Two\n\nBlank invoice PDF page.\n",
        )
    indexes_of(app).refresh()
    ids = shown_ids(browser.type(**INVOICE_TROUBLE).text)
    assert len(ids) == 5
    assert len(set(ids)) == 5


def test_below_twelve_characters_nothing_is_answered_and_nothing_is_kept(
    library: Library, browser: AskBrowser, session: Session
):
    answer = browser.type(subject="invoice PDF", body="")
    assert answer.status_code == 200
    assert shown_ids(answer.text) == []
    assert count(session, Attempt) == 0


def test_silence_when_nothing_is_good_enough_is_kept_as_an_attempt_without_articles(
    library: Library, browser: AskBrowser, session: Session
):
    answer = browser.type(**NOTHING_KNOWN)
    assert shown_ids(answer.text) == []
    assert "This may solve it" not in answer.text
    attempt = attempt_of(session, browser.values["attempt"])
    assert impressions_of(session, attempt) == {}


def test_an_attempt_records_all_that_is_needed_to_replay_the_answer(
    app: Flask, library: Library, browser: AskBrowser, session: Session
):
    browser.type(**INVOICE_TROUBLE)
    attempt = attempt_of(session, browser.values["attempt"])
    assert attempt.outcome is Outcome.OPEN
    assert attempt.arm is Arm.SHOWN
    assert attempt.channel is Channel.WEB
    assert attempt.locale == "en"
    assert attempt.language == "en"
    assert attempt.index_version == indexes_of(app).suggestions().version > 0
    assert (attempt.subject, attempt.body) == tuple(INVOICE_TROUBLE.values())
    assert attempt.parameters["limit"] == 5
    assert 0 < attempt.parameters["threshold"] < 1
    assert attempt.parameters["audiences"] == ["public"]
    assert attempt.visitor is not None
    shown = impressions_of(session, attempt)[library.invoice.id]
    assert shown.rank == 1
    assert shown.score > 0
    assert 0 < shown.confidence <= 1
    assert "invoice" in shown.terms
    assert shown.section_anchor == "clear-the-viewers-cache"
    assert shown.revision_id == library.invoice.published_revision_id
    answer = session.scalars(select(Answer)).one()
    assert answer.shown[0][0] == library.invoice.id
    assert answer.body == INVOICE_TROUBLE["body"]


def test_an_article_shown_again_keeps_its_row(
    library: Library, browser: AskBrowser, session: Session
):
    browser.type(**INVOICE_TROUBLE)
    browser.type(body=INVOICE_TROUBLE["body"] + " It began yesterday.")
    attempt = attempt_of(session, browser.values["attempt"])
    assert impressions_of(session, attempt)[library.invoice.id].shown_count == 2
    assert attempt.body.endswith("yesterday.")
    assert count(session, Answer) == 1, "the same answer"
    browser.type(subject="Change my password", body="How do I choose a new password?")
    assert count(session, Answer) == 2, "another answer"


def test_requests_that_overtake_each_other_belong_to_one_attempt(
    library: Library, browser: AskBrowser, session: Session
):
    browser.type(**INVOICE_TROUBLE)
    browser.type(subject="The invoice")
    assert count(session, Attempt) == 1


def test_an_answer_takes_one_transaction_and_a_fixed_number_of_statements(
    app: Flask, library: Library, browser: AskBrowser
):
    product_of(app).threshold.current()  # read once a second, however many answers there are
    with StatementCount(product_of(app).database.engine) as first:
        browser.type(**INVOICE_TROUBLE)
    with StatementCount(product_of(app).database.engine) as second:
        browser.type(body=INVOICE_TROUBLE["body"] + " Since yesterday.")
    assert first.count <= 10
    assert second.count <= 10


def test_a_spanish_draft_is_answered_in_spanish_and_labelled_on_an_english_page(
    library: Library, browser: AskBrowser, session: Session
):
    answer = browser.type(**FACTURA_TROUBLE)
    assert shown_ids(answer.text) == [library.factura.id]
    assert "In Spanish" in answer.text
    assert 'lang="es"' in answer.text
    assert attempt_of(session, browser.values["attempt"]).language == "es"


def test_what_is_not_my_problem_is_not_suggested_again(
    library: Library, browser: AskBrowser, session: Session
):
    browser.type(**INVOICE_TROUBLE)
    said = browser.post("verdicts", article=library.invoice.id, verdict="unrelated")
    assert said.status_code == 204
    answer = browser.type(body=INVOICE_TROUBLE["body"] + " Again and again.")
    assert library.invoice.id not in shown_ids(answer.text)
    attempt = attempt_of(session, browser.values["attempt"])
    assert impressions_of(session, attempt)[library.invoice.id].verdict is Verdict.UNRELATED


def test_what_was_tried_is_not_shown_first_again(library: Library, browser: AskBrowser):
    before = shown_ids(browser.type(**INVOICE_TROUBLE).text)
    assert before[:2] == [library.invoice.id, library.viewer.id]
    browser.post("verdicts", article=library.invoice.id, verdict="tried")
    answer = browser.type(body=INVOICE_TROUBLE["body"] + " Again and again.")
    assert shown_ids(answer.text) == [*before[1:], before[0]]
    assert 'aria-pressed="true"' in answer.text


def test_the_article_that_the_customer_comes_from_is_not_shown_first(
    library: Library, client: FlaskClient
):
    page = AskBrowser(client)
    page.open(f"?from={library.invoice.slug}")
    ids = shown_ids(page.type(**INVOICE_TROUBLE).text)
    assert ids[-1] == library.invoice.id
    assert len(ids) > 1


def test_a_withdrawn_article_is_gone_at_once_although_the_index_still_has_it(
    library: Library, browser: AskBrowser, session: Session
):
    assert library.invoice.id in shown_ids(browser.type(**INVOICE_TROUBLE).text)
    knowledge.withdraw(session, actor=EDITOR, article_id=library.invoice.id, now=NOW)
    session.rollback()
    answer = browser.type(body=INVOICE_TROUBLE["body"] + " Still.")
    assert library.invoice.id not in shown_ids(answer.text)
    assert "Invoice PDF shows" not in answer.text
    assert library.viewer.id in shown_ids(answer.text), "the others stay"


def test_an_article_that_became_private_is_gone_at_once(
    library: Library, browser: AskBrowser, session: Session
):
    session.get_one(type(library.invoice), library.invoice.id).visibility = Visibility.AGENTS
    session.commit()
    assert library.invoice.id not in shown_ids(browser.type(**INVOICE_TROUBLE).text)


def test_articles_for_customers_are_suggested_to_who_is_signed_in_and_to_nobody_else(
    app: Flask, session: Session, client: FlaskClient
):
    article = make_article(
        session,
        title="Blank invoice PDF for customers",
        body="## Steps\n\nThe canary invoice PDF is blank: download the page again.\n",
        visibility=Visibility.CUSTOMERS,
    )
    user = make_user(session)
    indexes_of(app).refresh()
    visitor = AskBrowser(client)
    visitor.open()
    assert "canary" not in visitor.type(**INVOICE_TROUBLE).text
    customer = AskBrowser(sign_in(app.test_client(), user))
    customer.open()
    assert shown_ids(customer.type(**INVOICE_TROUBLE).text) == [article.id]
    assert attempt_of(session, customer.values["attempt"]).user_id == user.id


def test_without_an_index_the_form_works_as_if_there_were_no_suggestions(
    browser: AskBrowser, session: Session
):
    assert shown_ids(browser.type(**INVOICE_TROUBLE).text) == []
    sent = browser.send(email="ana@example.org")
    assert sent.status_code == 303
    assert count(session, Ticket) == 1


def test_a_damaged_index_is_told_to_the_log_and_to_nobody_else(
    app: Flask, library: Library, client: FlaskClient, session: Session, caplog
):
    folder = product_of(app).settings.data / "index"
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_bytes(b"damage")
    from app.factory import create_app

    other = create_app(product_of(app).settings)
    other.testing = True
    with caplog.at_level(logging.WARNING):
        page = AskBrowser(other.test_client())
        page.open()
        assert shown_ids(page.type(**INVOICE_TROUBLE).text) == []
        assert page.send(email="ana@example.org").status_code == 303
    assert count(session, Ticket) == 1
    other.extensions["antesala"].database.dispose()


def test_an_index_that_vanishes_while_it_is_used_loses_nothing(
    app: Flask, library: Library, browser: AskBrowser, session: Session
):
    browser.type(**INVOICE_TROUBLE)
    shutil.rmtree(product_of(app).settings.data / "index")
    assert browser.type(body="The invoice PDF is blank, still.").status_code == 200
    assert browser.send(email="ana@example.org", seen="yes").status_code == 303


def test_opening_and_reading_time_are_kept_within_reason(
    library: Library, browser: AskBrowser, session: Session
):
    browser.type(**INVOICE_TROUBLE)
    article = library.invoice.id
    assert browser.post("readings", article=article).status_code == 204
    assert browser.post("readings", article=article, seconds="0.001").status_code == 204
    attempt = attempt_of(session, browser.values["attempt"])
    shown = impressions_of(session, attempt)[article]
    assert shown.opened_at is not None
    assert 0 < shown.open_seconds < 60
    browser.post("readings", article=article, seconds="999999")
    session.rollback()
    session.expire_all()
    assert impressions_of(session, attempt)[article].open_seconds < 60, "not since it was shown"


@pytest.mark.parametrize("seconds", ["much", "--1"])
def test_a_reading_time_that_is_no_number_is_refused(
    library: Library, browser: AskBrowser, seconds: str
):
    browser.type(**INVOICE_TROUBLE)
    answer = browser.post("readings", article=library.invoice.id, seconds=seconds)
    assert answer.status_code == 422


def test_a_verdict_needs_the_token_of_an_attempt_and_an_article_that_was_shown(
    library: Library, browser: AskBrowser, session: Session
):
    browser.type(**INVOICE_TROUBLE)
    other = AskBrowser(browser.client)
    other.open()

    def judge(token: str, article: int, verdict: str = "solved") -> int:
        return browser.post("verdicts", token=token, article=article, verdict=verdict).status_code

    own = browser.values["attempt"]
    assert judge("A" * 43, library.invoice.id) == 404, "made up"
    assert judge(other.values["attempt"], library.invoice.id) == 404, "not begun"
    assert judge(own, library.factura.id) == 404, "not shown"
    assert judge(own, 999_999_999_999_999_999_999) == 404
    assert judge(own, library.invoice.id, "splendid") == 422
    assert attempt_of(session, own).outcome is Outcome.OPEN
    assert not session.scalars(select(Impression).where(Impression.verdict.is_not(None))).all()


def test_verdicts_and_suggestions_need_the_csrf_token(library: Library, browser: AskBrowser):
    browser.values["csrf_token"] = "wrong"
    assert browser.type(**INVOICE_TROUBLE).status_code == 400
    assert browser.post("verdicts", article=1, verdict="solved").status_code == 400


def test_the_visitor_cookie_is_unreadable_for_scripts_and_not_what_is_stored(
    library: Library, client: FlaskClient, session: Session
):
    page = AskBrowser(client)
    header = page.open().headers.getlist("Set-Cookie")
    cookie = next(each for each in header if each.startswith("antesala_visitor="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    page.type(**INVOICE_TROUBLE)
    visitor = attempt_of(session, page.values["attempt"]).visitor
    assert visitor is not None
    assert visitor not in cookie
    assert cookie.split("=")[1].split(";")[0] != visitor
