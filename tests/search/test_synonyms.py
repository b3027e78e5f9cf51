import pytest

from search.errors import SnapshotError
from search.explaining import explain
from search.suggestions import Draft, SuggestionIndex
from search.synonyms import Synonyms, SynonymSet
from tests.search.samples import HELP_CENTRE, PUBLIC

SETS = Synonyms(
    (
        SynonymSet("en", ("velocipede", "bicycle", "push bike")),
        SynonymSet("es", ("velocípedo", "bicicleta")),
    )
)
PLAIN = SuggestionIndex.build(HELP_CENTRE, version=1)
INDEX = PLAIN.with_synonyms(SETS)


def first(index, text, locale="en"):
    found = index.suggest(Draft(text, "", locale), audiences=PUBLIC, threshold=0.0, limit=1)
    return found[0] if found else None


def test_an_article_is_found_by_a_word_that_only_the_set_knows():
    text = "how do I get a velocipede for my parents"
    draft = Draft(text, "", "en")
    assert PLAIN.suggest(draft, audiences=PUBLIC) == ()
    assert INDEX.suggest(draft, audiences=PUBLIC)[0].document_id == "bike-en"


def test_the_reason_is_the_word_that_the_customer_typed():
    terms = first(INDEX, "how do I get a velocipede for my parents").terms
    assert "velocipede" in terms
    assert "bicycle" not in terms


def test_phrases_match_as_a_whole_and_in_their_inflections():
    assert "push" in first(INDEX, "where can I get two push bikes please").terms
    apart = first(INDEX, "I push the door of the bike shed and nothing happens")
    assert apart is None or apart.document_id != "bike-en" or "push" not in apart.terms


def test_sets_belong_to_their_language():
    assert first(INDEX, "quiero un velocípedo para mis padres", "es").document_id == "bike-es"
    found = first(INDEX, "quiero un push bike para mis padres por favor", "es")
    assert found is None or "push" not in found.terms


def test_a_typed_word_counts_more_than_its_synonym():
    typed = first(INDEX, "book a bicycle for the weekend")
    said = first(INDEX, "book a velocipede for the weekend")
    assert typed.document_id == said.document_id == "bike-en"
    assert typed.score > said.score


def test_the_sum_that_is_explained_is_the_score():
    told = explain(INDEX, Draft("a velocipede please, now", "", "en"), audiences=PUBLIC)
    best = told.articles[0]
    assert best.document_id == "bike-en"
    assert sum(part.points for part in best.parts) == pytest.approx(best.score)


def test_sets_are_saved_and_loaded(tmp_path):
    SETS.save(tmp_path, 3)
    assert Synonyms.load(tmp_path) == SETS


def test_there_is_nothing_to_load_at_first(tmp_path):
    with pytest.raises(SnapshotError):
        Synonyms.load(tmp_path)
