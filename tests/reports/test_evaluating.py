"""Evaluations on the desk's own tickets: what is asked, what is kept, when they are made."""

from datetime import timedelta

import pytest

from app.accounts.models import Role
from app.deflection.learning import customer_words
from app.deflection.states import Outcome
from app.reports import evaluating
from app.reports.figures import Detail, Figures, outcome
from app.reports.history import read_history
from app.reports.models import Evaluation, EvaluationState
from app.reports.rules import is_due
from app.tickets.models import LinkKind, TicketArticle
from articles.lifecycle import Visibility
from search.desk_history import split_by_time
from search.suggestions import Draft, SuggestionIndex
from tests.factories import make_organisation, make_user
from tests.factories_deflection import make_attempt, product_of
from tests.factories_knowledge import NOW, StatementCount, make_article
from tests.factories_reports import evaluations, make_desk, measure, solve, wording


@pytest.fixture
def product(app):
    return product_of(app)


def figures_of(session) -> Figures:
    return Figures.model_validate(evaluations(session)[0].figures)


def detail_of(session) -> Detail:
    return Detail.model_validate(evaluations(session)[0].detail)


def test_a_desk_with_a_history_is_measured(product, session, settings):
    make_desk(session, settings)
    measure(product)
    found = evaluations(session)[0]
    assert found.state is EvaluationState.DONE
    assert found.index_version > 0
    figures = figures_of(session)
    assert (figures.solved, figures.taught, figures.asked) == (80, 56, 24)
    assert figures.outside == 6
    assert set(figures.methods) == {"antesala", "popular", "tfidf"}
    assert figures.methods["antesala"].recall_at_3 > figures.methods["popular"].recall_at_1
    assert 0 <= figures.expected_calibration_error <= 1
    assert sum(band.count for band in figures.bands) == 24


def test_the_newer_tickets_are_asked_of_an_index_that_does_not_know_them(
    product, session, settings
):
    desk = make_desk(session, settings)
    measure(product)
    asked = {each.source for each in detail_of(session).asked}
    assert asked == {f"ticket:{ticket.id}" for ticket in desk.solved[56:]}


def test_what_a_threshold_would_have_done_agrees_with_asking_again(product, session, settings):
    make_desk(session, settings)
    measure(product)
    known = read_history(session)
    history = split_by_time(known.tickets)
    index = SuggestionIndex.build(known.documents, history.words(), version=1)

    def shown(ticket, threshold):
        found = index.suggest(
            Draft(ticket.text, "", ticket.locale),
            audiences=ticket.audiences,
            limit=settings.suggestion_limit,
            threshold=threshold,
        )
        return {each.document_id for each in found}

    detail = detail_of(session)
    for threshold in (0.01, 0.05, 0.1, 0.3, 0.5, 0.9):
        told = outcome(detail, threshold)
        answers = [(each.articles, shown(each, threshold)) for each in history.asked]
        assert told.shown == sum(bool(ids) for _, ids in answers)
        assert told.right == sum(not right.isdisjoint(ids) for right, ids in answers)
        assert told.false == sum(bool(shown(each, threshold)) for each in history.outside_asked)
        assert told.held_back == outcome(detail, 1e-9).right - told.right


def test_a_desk_without_enough_says_so_instead_of_figures(product, session, settings):
    make_desk(session, settings, solved=10, unsolved=2)
    measure(product)
    figures = figures_of(session)
    assert not figures.is_enough
    assert figures.methods == {}
    assert (figures.solved, figures.asked) == (10, 3)
    assert figures.missing > 40


def test_an_empty_desk_is_measured_without_an_error(product, session):
    measure(product)
    assert evaluations(session)[0].state is EvaluationState.DONE
    assert figures_of(session).solved == 0


def test_solved_attempts_of_signed_in_people_count_and_drafted_tickets_only_teach(
    app, session, settings
):
    article = make_article(session)
    hidden = make_article(session, title="For agents", visibility=Visibility.AGENTS)
    person = make_user(session)
    solved = {"outcome": Outcome.SOLVED, "solved_by_article_id": article.id}
    own = make_attempt(session, app, now=NOW, user_id=person.id, **solved)
    make_attempt(session, app, now=NOW, subject="Nobody in particular", **solved)
    drafted = solve(session, settings, article, "Written from this", NOW, kind=LinkKind.DRAFTED)
    solve(session, settings, hidden, "An article that the customer could not find", NOW)
    found = {each.id: each for each in read_history(session).tickets}
    assert set(found) == {f"attempt:{own.id}", f"ticket:{drafted.id}"}
    assert found[f"attempt:{own.id}"].is_asked
    assert "customers" in found[f"attempt:{own.id}"].audiences
    assert not found[f"ticket:{drafted.id}"].is_asked
    assert len(list(customer_words(session))) == 3


def test_a_ticket_that_has_to_do_with_an_article_is_not_one_without_an_article(session, settings):
    desk = make_desk(session, settings, solved=4, unsolved=3)
    article = next(iter(desk.articles.values()))
    session.add(
        TicketArticle(
            ticket_id=desk.unsolved[0].id,
            article_id=article.id,
            kind=LinkKind.INSERTED,
            created_at=NOW,
        )
    )
    session.commit()
    found = [each.id for each in read_history(session).tickets if not each.articles]
    assert found == [f"ticket:{each.id}" for each in desk.unsolved[1:]]


def test_an_article_of_an_organisation_is_found_by_its_people_alone(session, settings):
    organisation = make_organisation(session)
    person = make_user(session, organisation_id=organisation.id)
    article = make_article(
        session,
        title="Only for us",
        visibility=Visibility.ORGANISATION,
        organisation=organisation,
    )
    solve(session, settings, article, "Ours", NOW, requester=person, email=person.email)
    solve(session, settings, article, "Of a stranger", NOW)
    (found,) = read_history(session).tickets
    assert found.text.startswith("Ours")
    assert f"organisation:{organisation.id}" in found.audiences


def test_misses_are_grouped_by_article_with_the_words_that_it_lacks(product, session, settings):
    desk = make_desk(session, settings)
    parcel = desk.articles["Parcel arrives late"]
    for number in range(4):
        solve(
            session,
            settings,
            parcel,
            f"The flibbertigibbet number {number} whirls",
            NOW + timedelta(days=30, hours=number),
            body="It goes round and round.",
        )
    measure(product)
    worst = detail_of(session).misses[0]
    assert worst.article == str(parcel.id)
    assert worst.missed >= 4
    assert "flibbertigibbet" in {word for word, _ in worst.words}


def test_reading_the_history_takes_a_fixed_number_of_statements(database, session, settings):
    make_desk(session, settings, solved=4, unsolved=1)
    with StatementCount(database.engine) as few:
        read_history(session)
    for number in range(8):
        solve(session, settings, make_article(session, title=f"A {number}"), f"S {number}", NOW)
    session.rollback()
    with StatementCount(database.engine) as many:
        read_history(session)
    assert few.count == many.count <= 8


def test_asking_twice_measures_once(product, session):
    for _ in range(2):
        with product.database.writing() as writing:
            evaluating.request_evaluation(writing, by=None, now=NOW)
    assert [each.state for each in evaluations(session)] == [EvaluationState.WAITING]


def test_what_goes_wrong_is_kept_as_an_error_and_the_next_one_works(product, session, settings):
    make_desk(session, settings)
    with product.database.writing() as writing:
        evaluating.request_evaluation(writing, by=None, now=NOW)
    evaluating.run_next(product.database, default_threshold=0.05, limit="many", clock=lambda: NOW)
    failed = evaluations(session)[0]
    assert failed.state is EvaluationState.FAILED
    assert failed.error.startswith("TypeError")
    measure(product)
    assert evaluations(session)[0].state is EvaluationState.DONE


def test_a_measurement_that_the_worker_left_behind_has_failed(product, session):
    with product.database.writing() as writing:
        writing.add(Evaluation(state=EvaluationState.RUNNING, requested_at=NOW, started_at=NOW))
        writing.commit()
        evaluating.give_up_interrupted(writing, now=NOW)
    (found,) = evaluations(session)
    assert (found.state, found.error) == (EvaluationState.FAILED, evaluating.INTERRUPTED)


def test_the_last_twelve_are_kept_and_only_the_newest_in_detail(product, session, settings):
    make_desk(session, settings)
    for number in range(14):
        measure(product, now=NOW + timedelta(days=number))
    found = evaluations(session)
    assert len(found) == 12
    assert found[0].detail["asked"]
    assert all(not each.detail for each in found[1:])
    assert all(each.figures for each in found)


@pytest.mark.parametrize(
    ("days", "then", "enough", "solved", "due"),
    [
        (None, 0, False, 0, True),
        (30, 100, True, 100, False),
        (8, 100, True, 101, True),
        (2, 100, True, 101, False),
        (2, 100, True, 121, True),
        (0, 100, True, 500, False),
        (2, 10, False, 12, True),
        (0, 10, False, 12, False),
    ],
)
def test_it_is_measured_once_a_week_or_when_there_is_enough_new(days, then, enough, solved, due):
    last = None if days is None else NOW - timedelta(days=days)
    assert is_due(now=NOW, last_at=last, solved_then=then, was_enough=enough, solved=solved) is due


def test_the_clock_asks_once(product, session, settings):
    make_desk(session, settings, solved=4, unsolved=0)
    evaluating.request_when_due(product.database, now=NOW)
    evaluating.request_when_due(product.database, now=NOW + timedelta(days=30))
    assert len(evaluations(session)) == 1
    evaluating.run_next(product.database, default_threshold=0.05, limit=5, clock=lambda: NOW)
    evaluating.request_when_due(product.database, now=NOW + timedelta(days=30))
    assert len(evaluations(session)) == 1, "nothing new"
    article = make_article(session, title="Another")
    solve(session, settings, article, wording("Change your password", 99), NOW)
    evaluating.request_when_due(product.database, now=NOW + timedelta(days=30))
    assert len(evaluations(session)) == 2


def test_on_the_day_after_a_measurement_the_history_is_not_read(
    product, session, settings, database
):
    make_desk(session, settings, solved=4, unsolved=0)
    measure(product)
    with StatementCount(database.engine) as soon:
        evaluating.request_when_due(product.database, now=NOW + timedelta(hours=23))
    with StatementCount(database.engine) as later:
        evaluating.request_when_due(product.database, now=NOW + timedelta(hours=25))
    assert soon.count < later.count


def test_roles_are_those_of_the_writers(session, settings):
    article = make_article(session, visibility=Visibility.AGENTS)
    agent = make_user(session, role=Role.AGENT)
    solve(session, settings, article, "By staff", NOW, requester=agent, email=agent.email)
    (found,) = read_history(session).tickets
    assert "agents" in found.audiences
