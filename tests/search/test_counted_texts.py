"""Building again from what was counted gives the index that a build from nothing gives."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.counted_texts import CountedTexts
from search.documents import CustomerWords, Document
from search.evidence import evidence_arrays, evidence_values
from search.recipe import DEFAULT_RECIPE
from search.suggestions import Draft, SuggestionIndex, TicketIndex
from tests.search.samples import HELP_CENTRE, PUBLIC, TICKETS, document

ADDED = document(
    "aa-new", "es", "Cambiar la cámara de la rueda",
    ("pasos", "Pasos", "Saca la rueda, quita la cubierta y pon la cámara nueva. El año que viene, más."),
)  # fmt: skip
CHANGED = replace(HELP_CENTRE[2], title="Print e-mail receipts", summary="Paper, at last.")
BARE = document("zz-bare", "en", "Only a title about helmets")
STATES = st.lists(
    st.lists(st.sampled_from([*HELP_CENTRE, ADDED, CHANGED, BARE]), max_size=9), max_size=4
)
ASKED = st.lists(st.sampled_from([*TICKETS, CustomerWords("zz-bare", "casco", "es", "t9")]))


def counted() -> CountedTexts:
    return CountedTexts(DEFAULT_RECIPE.common_weight)


def assert_same(one: SuggestionIndex, other: SuggestionIndex) -> None:
    assert evidence_values(one._evidence) == evidence_values(other._evidence)
    ours, theirs = evidence_arrays(one._evidence), evidence_arrays(other._evidence)
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        assert array.dtype == theirs[name].dtype
        np.testing.assert_array_equal(array, theirs[name], err_msg=name)
    assert one._table.to_json() == other._table.to_json()
    draft = Draft("the company name on my invoice is wrong", "and the tyre is flat")
    assert one.rank(draft, audiences=PUBLIC) == other.rank(draft, audiences=PUBLIC)


@given(STATES, ASKED)
def test_however_the_articles_came_the_index_is_the_same(states, tickets):
    kept = counted()
    for articles in states:
        again = SuggestionIndex.build(articles, tickets, version=1, counted=kept)
        assert_same(again, SuggestionIndex.build(articles, tickets, version=1))


def test_tickets_counted_for_suggestions_serve_the_ticket_index():
    kept = counted()
    SuggestionIndex.build(HELP_CENTRE, TICKETS[:2], version=1, counted=kept)
    again = TicketIndex.build(TICKETS, version=1, counted=kept)
    fresh = TicketIndex.build(TICKETS, version=1)
    for text in ("paper for taxes", "hire wheels", "hacienda"):
        assert again.similar(text) == fresh.similar(text)


def test_an_article_that_did_not_change_is_not_counted_again():
    kept = counted()
    before = kept.articles(HELP_CENTRE)
    after = kept.articles([*HELP_CENTRE[:2], CHANGED, *HELP_CENTRE[3:], ADDED])
    assert [one is other for one, other in zip(before, after, strict=False)] == [
        number != 2 for number in range(len(HELP_CENTRE))
    ]


def test_what_left_long_ago_is_forgotten():
    def article(word: str) -> Document:
        return document("one", "en", word, (word, word, f"{word}a {word}b {word}c {word}d"))

    kept = counted()
    sizes = []
    for number in range(2_500):
        kept.articles([article(f"word{number}")])
        sizes.append(kept.vocabulary.size)
    assert sizes[-1] < sizes[999]
