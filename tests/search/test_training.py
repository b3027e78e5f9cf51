"""A desk with enough tickets ranks in a way of its own."""

import random
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from search.desk_model import DeskModel
from search.documents import CustomerWords
from search.errors import SnapshotError
from search.explaining import explain
from search.suggestions import Draft, SuggestionIndex
from search.training import MIN_TICKETS, Solved, is_worth_training, solved_tickets, train
from tests.search.samples import PUBLIC, document

SUBJECTS = ("saddle", "brake", "chain", "lamp", "pedal", "basket")
COMPLAINTS = ("squeaks", "wobbles", "is loose", "fell off", "looks bent", "came back broken")
ARTICLES = [document(f"{each}-en", "en", f"Repair the {each}") for each in SUBJECTS]
# Customers have words of their own, which no title has.
SLANG = dict(zip(SUBJECTS, ("seat", "stopper", "links", "light", "footrest", "bag"), strict=True))


def tickets(count: int, seed: int = 3) -> list[CustomerWords]:
    chance = random.Random(seed)  # noqa: S311 - invented tickets, no secrets
    found = []
    for number in range(count):
        subject = chance.choice(SUBJECTS)
        text = f"My {SLANG[subject]} {chance.choice(COMPLAINTS)} since day {number}, please advise"
        found.append(CustomerWords(f"{subject}-en", text, "en", f"ticket:{number}"))
    return found


@pytest.fixture(scope="module")
def model() -> DeskModel:
    trained = train(ARTICLES, tickets(200))
    assert trained is not None
    return trained


@pytest.fixture(scope="module")
def index(model) -> SuggestionIndex:
    return SuggestionIndex.build(ARTICLES, tickets(200), version=1, model=model)


def test_a_desk_with_few_tickets_has_no_model_of_its_own():
    assert train(ARTICLES, tickets(MIN_TICKETS - 1)) is None


def test_tickets_all_about_one_article_teach_nothing_to_tell_apart():
    same = [CustomerWords("lamp-en", each.text, "en", each.id) for each in tickets(200)]
    assert train(ARTICLES[3:4], same) is None


def test_new_drafts_find_what_earlier_ones_were_solved_by(index):
    asked = tickets(60, seed=8)
    hits = [
        index.rank(Draft(each.text, "", "en"), audiences=PUBLIC)[0].document_id == each.document_id
        for each in asked
    ]
    assert np.mean(hits) >= 0.95


def test_the_gate_lets_the_desks_own_drafts_pass_and_others_not(index):
    def gate(text: str) -> float:
        return index.rank_with_gate(Draft(text, "", "en"), audiences=PUBLIC)[1]

    passed = [gate(each.text) >= 0 for each in tickets(60, seed=8)]
    assert np.mean(passed) >= 0.85
    assert gate("Which volcano soup goes with basil and aubergines?") < 0
    assert index.suggest(Draft("Which volcano soup goes with basil?", ""), audiences=PUBLIC) == ()


def test_the_same_tickets_give_the_same_model_in_any_order(model):
    again = train(ARTICLES[::-1], tickets(200)[::-1])
    assert again is not None
    assert again.recipe == model.recipe
    assert again.linear.articles == model.linear.articles
    np.testing.assert_array_equal(again.linear.weights, model.linear.weights)


def test_a_model_survives_the_round_trip(model, index, tmp_path):
    model.save(tmp_path, version=7)
    loaded = DeskModel.load(tmp_path)
    assert (loaded.recipe, loaded.tickets) == (model.recipe, model.tickets)
    draft = Draft("my stopper squeaks", "please advise", "en")
    assert index.with_model(loaded).rank(draft, audiences=PUBLIC) == index.rank(
        draft, audiences=PUBLIC
    )


def test_a_damaged_model_is_refused(model, tmp_path):
    model.save(tmp_path, version=7)
    recipe = next(tmp_path.glob("v*/recipe.json"))
    recipe.write_text('{"rank": {}}')
    with pytest.raises(SnapshotError):
        DeskModel.load(tmp_path)


def test_tickets_without_an_article_make_the_gate_stricter_with_their_like():
    outside = [
        Solved(f"ticket:x{number}", f"Please refund my basket of day {number}", "en", frozenset())
        for number in range(60)
    ]
    told = tickets(200)
    plain, warned = train(ARTICLES, told), train(ARTICLES, told, outside)
    assert plain is not None
    assert warned is not None
    assert warned.recipe.gate != plain.recipe.gate


def test_a_subject_line_that_says_little_is_answered_by_what_is_usual_and_less_surely():
    told = [
        replace(each, text=f"A question\n{each.text}")
        for each in tickets(300)
        if each.document_id != "lamp-en" or int(each.id.removeprefix("ticket:")) % 3 == 0
    ]
    usual, _ = Counter(each.document_id for each in told).most_common(1)[0]
    index = SuggestionIndex.build(ARTICLES, told, version=1, model=train(ARTICLES, told))
    brief = index.rank(Draft("A question", "", "en"), audiences=PUBLIC)
    whole = index.rank(Draft("A question", "My stopper squeaks again", "en"), audiences=PUBLIC)
    assert brief[0].document_id == usual
    assert whole[0].document_id == "brake-en"
    assert brief[0].confidence < 0.5 < whole[0].confidence
    assert brief[-1].document_id == "lamp-en"


def test_more_of_the_odds_never_make_an_article_less_likely(model):
    chances = model.recipe.certainty.chances(np.linspace(0.0, 1.0, 50), gate=1.0, brevity=0.5)
    assert np.all(np.diff(chances) >= 0)
    assert 0.0 < chances[0] < chances[-1] < 1.0


def test_one_ticket_solved_by_two_articles_is_one_ticket():
    twice = [CustomerWords(id_, "It squeaks", "en", "ticket:1") for id_ in ("lamp-en", "chain-en")]
    (ticket,) = solved_tickets(twice)
    assert ticket.articles == {"lamp-en", "chain-en"}


@pytest.mark.parametrize(
    ("known", "trained_on", "worth"),
    [(149, 0, False), (150, 0, True), (160, 150, False), (175, 150, True), (1_020, 1_000, False)],
)
def test_training_again_waits_for_enough_that_is_new(known, trained_on, worth):
    assert is_worth_training(known, trained_on) is worth


@pytest.mark.parametrize("text", ["my stopper squeaks", "the saddle", "volcano soup"])
def test_an_explanation_adds_up_to_the_score(index, text):
    told = explain(index, Draft(text, "", "en"), audiences=PUBLIC)
    total = sum(part.points for part in told.gate_parts) + told.gate_bias
    assert total == pytest.approx(told.gate)
    for article in told.articles:
        assert sum(part.points for part in article.parts) + article.standing == pytest.approx(
            article.score
        )
    assert [each.score for each in told.articles] == sorted(
        (each.score for each in told.articles), reverse=True
    )


def test_the_gate_of_a_trained_desk_rests_on_its_linear_model_too(index):
    told = explain(index, Draft("my stopper squeaks", "", "en"), audiences=PUBLIC)
    [margin] = [part for part in told.gate_parts if part.name == "margin"]
    assert margin.points > 0


def test_an_explanation_names_the_earlier_tickets(index):
    first = explain(index, Draft("my stopper squeaks", "", "en"), audiences=PUBLIC).articles[0]
    assert first.document_id == "brake-en"
    told = {each.id: each for each in tickets(200)}
    assert first.tickets
    assert all(told[id_].document_id == "brake-en" for id_, _ in first.tickets)
