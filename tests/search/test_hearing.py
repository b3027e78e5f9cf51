"""With an ear the index knows what a draft means, and everything else stays as it was."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from search import segment
from search.counted import count_articles, fingerprint
from search.desk_model import DeskModel
from search.documents import CustomerWords
from search.ear import MAX_CHARACTERS, MAX_WORDS, RememberingEar
from search.index_store import IndexStore
from search.meanings import Meanings, means, rounded
from search.recipe import DEFAULT_RECIPE, HEARING_RECIPE
from search.suggestions import Draft, SuggestionIndex
from search.training import train
from tests.search.ears import DictionaryEar
from tests.search.samples import HELP_CENTRE, PUBLIC, TICKETS, document
from tests.search.test_incremental import ADDED, STEPS, answers, assert_same, follow
from tests.search.test_training import ARTICLES, tickets

EAR = DictionaryEar()
HEARD = SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1, ear=EAR)
DEAF = SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1)
IN_ENGLISH = document(
    "helmet-en", "en", "Helmets are free",
    ("where", "Where they are", "Take a helmet from the box at the station."),
)  # fmt: skip


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_any_order_of_events_gives_the_answers_of_an_index_built_from_nothing(steps):
    index = SuggestionIndex.build((), (), version=1, ear=EAR)
    for articles, words, whole in steps:
        index = follow(index, articles, words, whole=whole, ear=EAR)
        fresh = SuggestionIndex.build(articles, words, version=1, ear=EAR)
        assert answers(index) == answers(fresh)


def test_a_merged_index_is_the_one_built_from_nothing():
    articles = [*HELP_CENTRE[1:], ADDED]
    index = follow(
        SuggestionIndex.build(HELP_CENTRE[:4], TICKETS, version=1, ear=EAR),
        articles, list(TICKETS), whole=True, ear=EAR,
    )  # fmt: skip
    fresh = SuggestionIndex.build(articles, TICKETS, version=1, ear=EAR)
    assert_same(index, fresh)


def test_a_spanish_draft_finds_the_english_article_when_no_spanish_one_answers():
    index = SuggestionIndex.build([*HELP_CENTRE, IN_ENGLISH], (), version=1, ear=EAR)
    draft = Draft("Necesito un casco para mi cabeza", "", "es")
    shown = index.suggest(draft, audiences=PUBLIC, threshold=0.001)
    assert shown[0].document_id == "helmet-en"


def test_an_english_draft_finds_the_spanish_article_when_no_english_one_answers():
    draft = Draft("an annual ticket, please: for one whole year", "", "en")
    ranked = HEARD.rank(draft, audiences=PUBLIC)
    assert ranked[0].document_id == "year-es"
    assert DEAF.rank(draft, audiences=PUBLIC)[0].document_id != "year-es"


def test_of_a_large_help_centre_an_article_comes_into_question_by_its_meaning_alone():
    articles = [
        document(
            f"a{number:04d}", "en", f"Drawer {number}",
            ("s", "Steps", f"Pull handle {number % 7} of cupboard {number % 11}."),
        )
        for number in range(segment.SMALL + 150)
    ]  # fmt: skip
    built = SuggestionIndex.build([*articles, IN_ENGLISH], (), version=1, ear=EAR)
    some = SuggestionIndex.build(articles[:-40], (), version=1, ear=EAR)
    followed = follow(some, [*articles, IN_ENGLISH], [], whole=False, ear=EAR)
    draft = Draft("sombrero", "", "es")
    assert built.rank(draft, audiences=PUBLIC)[0].document_id == "helmet-en"
    assert followed.rank(draft, audiences=PUBLIC) == built.rank(draft, audiences=PUBLIC)


def test_what_was_heard_is_saved_and_opened(tmp_path):
    IndexStore(tmp_path, EAR).save(HEARD)
    assert answers(IndexStore(tmp_path, EAR).open().index) == answers(HEARD)


@pytest.mark.parametrize("other", [None, DictionaryEar("dictionary 2")])
def test_what_another_ear_heard_is_not_looked_at(tmp_path, other):
    IndexStore(tmp_path, EAR).save(HEARD)
    assert answers(IndexStore(tmp_path, other).open().index) == answers(DEAF)


def test_a_new_ear_hears_every_article_again():
    other = DictionaryEar("dictionary 2")
    prints = [fingerprint(HELP_CENTRE[0], (), ear) for ear in (None, EAR, other)]
    assert len(set(prints)) == 3
    index = SuggestionIndex(DEAF.parts, version=1, ear=EAR)
    assert index.ear is None
    index = index.changed(list(count_articles(HELP_CENTRE, TICKETS, EAR)), version=1)
    assert index.ear is EAR
    assert answers(index) == answers(HEARD)
    assert answers(index.merged()) == answers(HEARD)


def test_a_desk_learns_from_what_its_tickets_mean(tmp_path):
    model = train(ARTICLES, tickets(200), ear=EAR)
    assert model is not None
    assert model.meant is not None
    assert model.ear == EAR.name
    model.save(tmp_path, 1)
    index = SuggestionIndex.build(ARTICLES, tickets(200), version=1, model=model, ear=EAR)
    opened = index.with_model(DeskModel.load(tmp_path))
    draft = Draft("My stopper squeaks", "since day 12, please advise", "en")
    assert opened.rank(draft, audiences=PUBLIC) == index.rank(draft, audiences=PUBLIC)
    assert index.rank(draft, audiences=PUBLIC)[0].document_id == "brake-en"


def test_a_model_that_another_ear_taught_ranks_nothing():
    model = DeskModel(ear="dictionary 0", tickets=500)
    assert HEARD.with_model(model).model == DeskModel(HEARING_RECIPE, ear=EAR.name)
    assert DEAF.with_model(model).model.recipe == DEFAULT_RECIPE
    assert DEAF.with_model(model).model.tickets == 0


def test_a_text_is_heard_once_by_its_beginning_and_by_itself():
    inner = DictionaryEar()
    ear = RememberingEar(inner, most=2)
    long = "bike " * 500
    first = ear.encode([long, "an invoice"])
    np.testing.assert_array_equal(ear.encode(["an invoice", long]), first[::-1])
    assert [len(text.split()) for text in inner.asked] == [MAX_WORDS, 2]
    assert len(ear.encode(["x" * 9_000])) == 1
    assert len(inner.asked.pop()) == MAX_CHARACTERS
    ear.encode(["a helmet"])
    ear.encode([long])
    assert len(inner.asked) == 4


def test_nearness_does_not_depend_on_the_company_a_text_is_in():
    chance = np.random.default_rng(5)
    rows = chance.normal(size=(300, 512)).astype(np.float32)
    whole, asked = Meanings.of(rounded(rows)), Meanings.of(rounded(rows[:1] + rows[1:2]))
    together = whole.cosines(np.arange(300), asked)
    alone = [Meanings.of(rounded(row[None])).cosines(np.arange(1), asked)[0] for row in rows]
    np.testing.assert_array_equal(together, alone)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    truth = unit @ (rows[0] + rows[1]) / np.linalg.norm(rows[0] + rows[1])
    np.testing.assert_allclose(together, truth, atol=5e-3)
    assert set(np.argsort(whole.differing(asked))[:2]) == {0, 1}


def test_a_mean_is_that_of_its_rows_in_any_order():
    chance = np.random.default_rng(6)
    rows = rounded(chance.normal(size=(9, 64)).astype(np.float32))
    starts = np.array([0, 4, 4, 9])
    shuffled = np.concatenate([rows[:4][::-1], rows[4:][::-1]])
    np.testing.assert_array_equal(means(rows, starts), means(shuffled, starts))
    assert not means(rows, starts)[1].any()


def test_words_of_unknown_tickets_have_no_meaning_here():
    words = CustomerWords("nowhere", "a helmet", "en", "t")
    index = SuggestionIndex.build(HELP_CENTRE, [words], version=1, ear=EAR)
    assert index.parts[0].segment.meanings["ticket"].values.shape[0] == 0
    assert index.rank(Draft("a helmet for the bicycle", "", "en"), audiences=PUBLIC)
