from hypothesis import given
from hypothesis import strategies as st

from app.accounts.actor import ANYBODY
from app.knowledge.standing import MOST, standing
from app.knowledge.voting import vote
from search.suggestions import Draft
from tests.factories_knowledge import NOW, make_article
from tests.knowledge.test_indexes import engine, fill, host, make_host

__all__ = ["engine", "host", "make_host"]

COUNTS = st.integers(0, 10**6)


@given(COUNTS, COUNTS)
def test_votes_never_weigh_more_than_the_bound(helpful, unhelpful):
    assert -MOST <= standing(helpful, unhelpful) <= MOST
    assert standing(helpful, unhelpful) == -standing(unhelpful, helpful)


@given(COUNTS, COUNTS)
def test_another_helpful_vote_never_harms(helpful, unhelpful):
    assert standing(helpful + 1, unhelpful) >= standing(helpful, unhelpful)


def test_one_vote_changes_next_to_nothing():
    assert abs(standing(1, 0)) <= 0.1
    assert standing(0, 0) == 0


def test_a_thousand_hostile_votes_neither_bury_nor_lift(session, host):
    fill(session)
    right = make_article(session, title="Reset a forgotten password")
    other = make_article(session, title="Change the address of your account")
    host.refresh()

    def ranked():
        draft = Draft("I have forgotten my password, how do I reset it", "", "en")
        return host.suggestions().rank(draft, audiences=frozenset({"public"}))

    before = {each.document_id: each.score for each in ranked()}
    for number in range(500):
        vote(
            session, actor=ANYBODY, article_id=right.id, voter=f"b{number}", helpful=False, now=NOW
        )
        vote(session, actor=ANYBODY, article_id=other.id, voter=f"l{number}", helpful=True, now=NOW)
    host.refresh()
    after = ranked()
    assert after[0].document_id == str(right.id)
    for each in after:
        assert abs(each.score - before[each.document_id]) <= MOST + 1e-6
    assert after[0].score < before[str(right.id)]
