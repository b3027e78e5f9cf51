"""The shipped help centre answers its labelled queries at least this well, with no ticket learned.

The floors stand a little below what is measured, so that writing articles does not break the build;
a fall below them is a change that makes suggestions or search worse.
"""

import pytest

from search.article_engines import article_search
from search.article_search import SearchRequest
from search.metrics import mean, ndcg_at, recall_at
from search.suggestions import Draft, SuggestionIndex
from tests.relevance.shipped import PUBLIC, labelled_queries, shipped_documents

QUERIES = labelled_queries()
INSIDE = [query for query in QUERIES if query.articles]
OUTSIDE = [query for query in QUERIES if not query.articles]


@pytest.fixture(scope="module")
def index() -> SuggestionIndex:
    return SuggestionIndex.build(shipped_documents(), (), version=1)


def ranking(index: SuggestionIndex, query) -> list[str]:
    draft = Draft(query.text, "", query.locale)
    return [ranked.document_id for ranked in index.rank(draft, audiences=PUBLIC)]


@pytest.mark.parametrize(("language", "floor"), [("en", 0.75), ("es", 0.75)])
def test_an_answer_stands_among_the_first_three(index, language, floor):
    asked = [query for query in INSIDE if query.lang == language]
    assert mean([recall_at(ranking(index, q), q.articles, 3) for q in asked]) >= floor


def test_out_of_scope_drafts_are_met_with_silence(index):
    answered = [
        query.text
        for query in OUTSIDE
        if index.suggest(Draft(query.text, "", query.locale), audiences=PUBLIC)
    ]
    assert len(answered) <= 0.2 * len(OUTSIDE), answered


@pytest.mark.parametrize(("language", "floor"), [("en", 0.6), ("es", 0.6)])
def test_most_drafts_in_scope_are_shown_their_answer(index, language, floor):
    asked = [query for query in INSIDE if query.lang == language and len(query.text) >= 12]
    shown = [
        [s.document_id for s in index.suggest(Draft(q.text, "", q.locale), audiences=PUBLIC)]
        for q in asked
    ]
    hits = [recall_at(ids, q.articles, 3) for ids, q in zip(shown, asked, strict=True)]
    assert mean(hits) >= floor


@pytest.mark.parametrize("name", ["whoosh", "tantivy"])
def test_fusing_is_not_worse_than_the_search_alone_or_the_ranker_alone(index, tmp_path, name):
    engine = article_search(name, tmp_path)
    engine.rebuild(shipped_documents(), version=1)
    asked = [query for query in INSIDE if query.split == "test"]
    alone, ranked, fused = [], [], []
    for query in asked:
        gold = dict.fromkeys(query.articles, 1)
        boosts = index.rank(Draft(query.text, "", query.locale), audiences=PUBLIC)
        request = SearchRequest(query.text, PUBLIC)
        alone.append(ndcg_at([h.document_id for h in engine.search(request).hits], gold))
        ranked.append(ndcg_at([boost.document_id for boost in boosts], gold))
        fused.append(ndcg_at([h.document_id for h in engine.search(request, boosts).hits], gold))
    assert mean(fused) >= mean(alone)
    assert mean(fused) >= mean(ranked) - 0.01


def test_a_forgotten_password_leads_to_where_one_is_chosen_anew(index):
    draft = Draft(
        "Cannot get into my account",
        "I forgot my password and the page does not let me in since yesterday",
        "en",
    )
    first, *others = index.suggest(draft, audiences=PUBLIC)
    assert first.document_id == "en/forgot-password"
    assert first.section_title in {"", "Choose a new password"}
    assert {other.document_id for other in others} <= {
        "en/cannot-sign-in",
        "en/did-not-get-the-email",
    }
