"""The page on search quality: what it tells in each state, and the threshold that is set there."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.accounts.models import Role
from app.db.heartbeat import WORKER, beat
from app.deflection.models import ThresholdChange
from app.deflection.states import Outcome
from app.factory import create_app
from app.reports.models import Evaluation, EvaluationState
from articles.lifecycle import ArticleState
from search.suggestions import DEFAULT_THRESHOLD
from tests.factories import csrf_token, make_user, sign_in
from tests.factories_deflection import (
    INVOICE_TROUBLE,
    AskBrowser,
    make_attempt,
    make_library,
    product_of,
)
from tests.factories_knowledge import NOW, StatementCount
from tests.factories_reports import evaluations, make_desk, measure, solve
from tests.factories_tickets import make_ticket

PAGE = "/studio/search-quality/"


@pytest.fixture
def admin(app, session):
    found = make_user(session, role=Role.ADMIN, name="Alex Admin", email="alex@example.org")
    session.rollback()
    return sign_in(app.test_client(), found)


def send(browser, path, **fields):
    return browser.post(
        f"{PAGE}{path}", data={"csrf_token": csrf_token(browser), **fields}, follow_redirects=False
    )


def text_of(response) -> str:
    """What a page says, without tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split()).replace("\xa0", " ")


def decisions(session) -> list[float | None]:
    session.rollback()
    rows = session.scalars(select(ThresholdChange).order_by(ThresholdChange.id))
    return [each.threshold for each in rows]


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.AGENT, Role.EDITOR])
def test_it_is_for_admins_alone(client, session, role):
    sign_in(client, make_user(session, role=role))
    assert client.get(PAGE).status_code == 403
    assert send(client, "threshold", sure="20").status_code == 403
    assert send(client, "measure").status_code == 403
    assert decisions(session) == []
    assert "Search quality" not in client.get("/studio/", follow_redirects=True).text


def test_a_cold_desk_is_told_what_to_do(admin):
    page = text_of(admin.get(PAGE))
    assert "Nothing is measured yet" in page
    assert "Measure now" in page
    assert "at least 5 %" in page
    assert "R@1" not in page
    assert "Search quality" in admin.get("/studio/").text


def test_too_few_tickets_are_no_figures(app, admin, session, settings):
    make_desk(session, settings, solved=10, unsolved=2)
    measure(product_of(app))
    page = text_of(admin.get(PAGE))
    assert "There is not enough to measure yet" in page
    assert "So far an article solved 10 tickets" in page
    assert "About 57 more are needed" in page
    assert "R@1" not in page
    assert "Try it on these tickets" not in page


def test_figures_are_shown_beside_the_baselines(app, admin, session, settings):
    make_desk(session, settings)
    measure(product_of(app))
    page = text_of(admin.get(PAGE))
    assert "Based on 24 tickets" in page
    assert "learned from the 56 before them" in page
    for name in ("Antesala", "Always the most linked articles", "Plain TF-IDF"):
        assert name in page
    assert "Of 6 tickets that no article solved" in page
    assert "expected calibration error" in page
    html = admin.get(PAGE).text
    assert "<svg" in html
    assert "style=" not in html
    assert "<script>" not in html


def test_the_misses_lead_to_the_ticket_the_editor_and_the_words(app, admin, session, settings):
    desk = make_desk(session, settings)
    article = desk.articles["Parcel arrives late"]
    last = [
        solve(
            session,
            settings,
            article,
            f"<b>Flibbertigibbet</b> number {number}",
            NOW.replace(year=2027, hour=number),
            body="It whirls.",
        )
        for number in range(3)
    ]
    measure(product_of(app))
    html = admin.get(PAGE).text
    assert f"/studio/articles/{article.id}/edit" in html
    assert f"/desk/tickets/{last[0].reference}" in html
    assert "flibbertigibbet" in html
    assert "<b>Flibbertigibbet" not in html
    session.rollback()
    last[0].subject = "Changed since"
    session.commit()
    assert "Changed since" in admin.get(PAGE).text, "texts are read when they are shown"


def test_a_draft_that_became_no_ticket_is_told_apart(app, admin, session, settings):
    desk = make_desk(session, settings)
    person = make_user(session)
    make_attempt(
        session,
        app,
        now=NOW.replace(year=2027),
        user_id=person.id,
        subject="The contraption whirls",
        body="Round and round.",
        outcome=Outcome.SOLVED,
        solved_by_article_id=desk.articles["Parcel arrives late"].id,
    )
    measure(product_of(app))
    page = text_of(admin.get(PAGE))
    assert "The contraption whirls solved without a ticket" in page


def test_measuring_is_asked_for_and_told(admin, database, session):
    answer = send(admin, "measure")
    assert answer.status_code == 303
    assert [each.state for each in evaluations(session)] == [EvaluationState.WAITING]
    page = text_of(admin.get(PAGE))
    assert "The background process does not run" in page
    assert "Measure now" not in page
    with database.writing() as writing:
        beat(writing, WORKER, now=datetime.now(UTC))
    assert "It will be measured in a moment" in text_of(admin.get(PAGE))
    session.rollback()
    found = session.scalars(select(Evaluation)).one()
    found.state, found.started_at = EvaluationState.RUNNING, NOW
    session.commit()
    assert "Measuring." in text_of(admin.get(PAGE))
    found.state, found.ended_at, found.error = EvaluationState.FAILED, NOW, "ValueError: <x>"
    session.commit()
    page = admin.get(PAGE).text
    assert "The last measurement failed" in page
    assert "ValueError: &lt;x&gt;" in page
    found.error = "interrupted"
    session.commit()
    assert "was interrupted" in text_of(admin.get(PAGE))


def test_a_value_is_tried_before_it_is_saved(app, admin, session, settings):
    make_desk(session, settings)
    measure(product_of(app))
    answer = send(admin, "threshold", sure="12,5", do="try")
    assert answer.status_code == 303
    page = text_of(admin.get(answer.location))
    assert "With at least 12.5 %" in page
    assert "your value" in page
    assert "Nothing is saved yet" in page
    assert decisions(session) == []


@pytest.mark.parametrize("typed", ["", "0", "100", "many", "-3", "5 %% x", "<b>"])
def test_a_wrong_value_is_refused_at_its_field_and_kept(admin, session, typed):
    for do in ("save", "try"):
        answer = send(admin, "threshold", sure=typed, do=do)
        assert answer.status_code == 422
        assert 'id="sure-error"' in answer.text
        assert "Write a number from 1 to 99." in answer.text
        kept = typed.replace("<", "&lt;").replace(">", "&gt;")
        assert f'value="{kept}"' in answer.text
    refused = admin.get(PAGE, query_string={"sure": typed})
    assert refused.status_code == 422
    assert "Write a number from 1 to 99." in refused.text
    assert decisions(session) == []


def test_what_is_saved_is_obeyed_at_once_by_the_form_the_api_and_the_desk(
    app, admin, session, settings, client
):
    make_library(app, session)
    filed = make_ticket(session, settings, **INVOICE_TROUBLE)
    session.rollback()
    browser = AskBrowser(client)
    browser.open()

    def shown() -> tuple[bool, bool, bool]:
        form = "Invoice PDF shows a blank page" in browser.type(**INVOICE_TROUBLE).text
        api = bool(client.post("/api/v1/suggestions", json=INVOICE_TROUBLE).json["suggestions"])
        desk = (
            "Invoice PDF shows a blank page"
            in admin.get(f"/desk/tickets/{filed.ticket.reference}").text
        )
        return form, api, desk

    assert shown() == (True, True, True)
    answer = send(admin, "threshold", sure="99", do="save")
    assert answer.status_code == 303
    assert shown() == (False, False, False)
    assert "Alex Admin" in admin.get(PAGE).text
    assert "Now: at least 99 %" in text_of(admin.get(PAGE))
    send(admin, "threshold", do="default")
    assert shown() == (True, True, True)
    assert decisions(session) == [0.99, None]
    assert f"Antesala decides, at least {DEFAULT_THRESHOLD:.0%}".replace("%", " %") in text_of(
        admin.get(PAGE)
    )


def test_misses_say_under_which_threshold_they_were_counted(app, admin, session, settings):
    desk = make_desk(session, settings)
    article = desk.articles["Parcel arrives late"]
    solve(session, settings, article, "The whirligig", NOW.replace(year=2027), body="It whirls")
    measure(product_of(app))
    assert "Counted with" not in text_of(admin.get(PAGE))
    send(admin, "threshold", sure="30", do="save")
    assert "Counted with at least 5 %" in text_of(admin.get(PAGE))


def test_tickets_that_no_article_solved_are_named(app, admin, session, settings):
    desk = make_desk(session, settings)
    measure(product_of(app))
    html = admin.get(PAGE).text
    assert "Is an article missing?" in html
    assert f"/desk/tickets/{desk.unsolved[-1].reference}" in html
    assert f"/desk/tickets/{desk.unsolved[0].reference}" not in html


def test_it_goes_before_the_environment(app, settings, session):
    other = create_app(settings.model_copy(update={"suggestion_threshold": 0.4}))
    other.testing = True
    person = sign_in(other.test_client(), make_user(session, role=Role.ADMIN))
    assert "Antesala decides, at least 40 %" in text_of(person.get(PAGE))
    send(person, "threshold", sure="7", do="save")
    assert product_of(other).threshold.current() == 0.07
    product_of(other).database.dispose()


def test_the_command_obeys_it_too(app, admin, session):
    make_library(app, session)
    send(admin, "threshold", sure="99", do="save")
    said = app.test_cli_runner().invoke(args=["search", "query", "The invoice PDF is blank"])
    assert "threshold 0.99" in said.output


def test_the_page_takes_a_fixed_number_of_statements(app, admin, session, settings, database):
    make_desk(session, settings)
    measure(product_of(app))
    with StatementCount(database.engine) as counted:
        admin.get(PAGE)
    assert counted.count <= 12


def test_earlier_measurements_are_told(app, admin, session, settings):
    make_desk(session, settings)
    for _ in range(2):
        measure(product_of(app))
    assert "in the last measurements" in text_of(admin.get(PAGE))


def test_an_article_that_was_withdrawn_since_is_left_out(app, admin, session, settings):
    desk = make_desk(session, settings)
    article = desk.articles["Parcel arrives late"]
    solve(session, settings, article, "The whirligig", NOW.replace(year=2027), body="It whirls")
    measure(product_of(app))
    assert f"/studio/articles/{article.id}/edit" in admin.get(PAGE).text
    session.rollback()
    article.state = ArticleState.ARCHIVED
    session.commit()
    page = admin.get(PAGE)
    assert page.status_code == 200
    assert f"/studio/articles/{article.id}/edit" not in page.text
