"""However articles and tickets came, the index answers as one that was built from nothing."""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search import segment
from search.counted import count_articles
from search.documents import CustomerWords, Document
from search.ear import Ear
from search.index_store import IndexStore
from search.live import live
from search.segment import Segment
from search.suggestions import Draft, SuggestionIndex
from tests.search.samples import HELP_CENTRE, PUBLIC, TICKETS, document

ADDED = document(
    "aa-new", "es", "Cambiar la cámara de la rueda",
    ("pasos", "Pasos", "Saca la rueda, quita la cubierta y pon la cámara nueva. El año que viene, más."),
)  # fmt: skip
CHANGED = replace(HELP_CENTRE[2], title="Print e-mail receipts", summary="Paper, at last.")
BARE = document("zz-bare", "en", "Only a title about helmets")
ASKED = (*TICKETS, CustomerWords("zz-bare", "a hat for the bicycle, by law", "en", "t9"))
DRAFTS = (
    Draft("the company name on my invoice is wrong", "and the tyre is flat"),
    Draft("el gestor me pide una factura", "del año pasado"),
    Draft("hire two wheels with a helmett", "my accountant wants paper"),
)

# A step: which articles there are from now on, and which tickets.
STEPS = st.lists(
    st.tuples(
        st.lists(st.sampled_from([*HELP_CENTRE, ADDED, CHANGED, BARE]), max_size=9),
        st.lists(st.sampled_from(ASKED), max_size=6),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


def assert_same(ours, theirs):
    """Two indexes of one segment hold the same numbers, bit by bit."""
    found, expected = (in_order(each.parts[0].segment.arrays()) for each in (ours, theirs))
    assert found.keys() == expected.keys()
    for name, array in found.items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


def in_order(arrays):
    """The arrays, with the rows that hold a feature in the order of their numbers."""
    arrays = dict(arrays)
    for name in [each for each in arrays if each.endswith("-f-rows")]:
        starts, rows = arrays[name.replace("-rows", "-starts")], arrays[name]
        order = np.lexsort((rows, np.repeat(np.arange(len(starts) - 1), np.diff(starts))))
        arrays[name] = rows[order]
        weights = name.replace("-rows", "-weights")
        if weights in arrays:
            arrays[weights] = arrays[weights][order]
    return arrays


def follow(
    before: SuggestionIndex,
    articles: list[Document],
    tickets: list[CustomerWords],
    *,
    whole: bool,
    ear: Ear | None = None,
) -> SuggestionIndex:
    """The index after what changed since its large segment."""
    wanted = {each.document.id: each for each in count_articles(articles, tickets, ear)}
    base = before.parts[0].segment.articles
    held = dict(zip(base.ids, base.fingerprints.tolist(), strict=True))
    changed = [each for id_, each in wanted.items() if held.get(id_) != each.fingerprint]
    index = before.changed(changed, held.keys() - wanted.keys(), version=1)
    return index.merged() if whole else index


def answers(index: SuggestionIndex) -> list[object]:
    return [
        (
            index.rank_with_gate(draft, audiences=PUBLIC),
            index.suggest(draft, audiences=PUBLIC, threshold=0.0),
        )
        for draft in DRAFTS
    ]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_any_order_of_events_gives_the_same_answers(steps):
    index = SuggestionIndex.build((), (), version=1)
    for articles, tickets, whole in steps:
        index = follow(index, articles, tickets, whole=whole)
        assert answers(index) == answers(SuggestionIndex.build(articles, tickets, version=1))


def test_of_a_large_help_centre_only_what_comes_into_question_is_looked_at():
    articles = [
        document(
            f"a{number:04d}", "en", f"Bicycle part {number}",
            ("s", "Steps", f"Turn bolt {number % 7} and wheel {number % 11} by {number} degrees."),
        )
        for number in range(segment.SMALL + 150)
    ]  # fmt: skip
    tickets = [
        CustomerWords(f"a{number:04d}", f"it squeaks at bolt {number % 7}", "en", f"t{number}")
        for number in range(0, 300, 3)
    ]
    built = SuggestionIndex.build(articles, tickets, version=1)
    some = SuggestionIndex.build(articles[:-40], tickets[:50], version=1)
    followed = follow(some, articles, tickets, whole=False)
    assert len(followed.parts) == 2
    draft = Draft("Bicycle part 217 has a loose boltt", "wheel 8 by 217 degrees, it squeaks")
    for index in (built, followed, followed.merged()):
        judged = index.judge(draft, audiences=PUBLIC)
        assert len(judged.candidates) <= 96 + 32
        ranked = index.rank(draft, audiences=PUBLIC)
        assert ranked[0].document_id == "a0217"
        assert ranked == built.rank(draft, audiences=PUBLIC)


def test_a_merged_index_is_the_one_built_from_nothing():
    index = follow(
        SuggestionIndex.build(HELP_CENTRE[:4], TICKETS, version=1),
        [*HELP_CENTRE[1:], ADDED],
        list(ASKED),
        whole=True,
    )
    fresh = SuggestionIndex.build([*HELP_CENTRE[1:], ADDED], ASKED, version=1)
    assert_same(index, fresh)


def test_a_large_help_centre_is_built_in_pieces_as_if_at_once():
    articles = [
        document(f"a{number:05d}", "en", f"Bolt {number} of wheel {number % 7}")
        for number in range(2_500)
    ]
    tickets = [
        CustomerWords(f"a{number:05d}", f"squeak {number}", "en", f"t{number}")
        for number in range(0, 2_500, 50)
    ]
    at_once = live(Segment.build(list(count_articles(articles, tickets))), np.zeros(0, np.int64))
    built = SuggestionIndex.build(articles, tickets, version=1)
    assert_same(built, SuggestionIndex([at_once], version=1))


def test_what_changed_is_saved_beside_the_large_segment_which_stays(tmp_path):
    store = IndexStore(tmp_path)
    first = store.save(SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1))
    changed = first.index.changed(list(count_articles([ADDED])), ["bike-en"], version=2)
    second = store.save(changed, first)
    assert second.base_name == first.base_name
    opened = store.open()
    assert opened.index.version == store.version() == 2
    assert answers(opened.index) == answers(changed)
    assert store.open(opened).base is opened.base


def test_an_article_that_another_replaces_has_no_influence():
    index = SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1)
    without = index.changed([], [HELP_CENTRE[0].id], version=2)
    assert HELP_CENTRE[0].id not in {
        each.document_id for draft in DRAFTS for each in without.rank(draft, audiences=PUBLIC)
    }
    assert answers(without) == answers(SuggestionIndex.build(HELP_CENTRE[1:], TICKETS, version=1))


AUDIENCES = ("public", "customers", "agents", "organisation:1")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.lists(st.sampled_from(AUDIENCES), min_size=12, max_size=12), st.data())
def test_readers_are_answered_by_an_index_without_what_they_may_not_see(steps, labels, data):
    index = SuggestionIndex.build((), (), version=1)
    for given_articles, tickets, whole in steps:
        told = {each.id: each for each in given_articles}
        articles = [
            replace(each, audience=label)
            for each, label in zip(told.values(), labels, strict=False)
        ]
        index = follow(index, articles, tickets, whole=whole)
        readers = data.draw(st.sets(st.sampled_from(AUDIENCES), min_size=1).map(frozenset))
        seen = [each for each in articles if each.audience in readers]
        fresh = SuggestionIndex.build(seen, tickets, version=1)
        for draft in DRAFTS:
            found, expected = (
                each.rank_with_gate(draft, audiences=readers) for each in (index, fresh)
            )
            assert found == expected
        following = follow(index, articles, tickets, whole=False)
        following.prepare_for(index.readers)
        assert following.rank(DRAFTS[0], audiences=readers) == fresh.rank(
            DRAFTS[0], audiences=readers
        )
