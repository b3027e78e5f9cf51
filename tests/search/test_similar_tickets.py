from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.similar_tickets import TicketIndex, count_tickets
from search.ticket_store import TicketStore
from tests.search.samples import TICKETS


def test_the_nearest_ticket_comes_first():
    found = TicketIndex.build(TICKETS, version=1).similar("which paper do I need for taxes?")
    assert found[0].id == "t1"
    assert all(0 < ticket.score <= 1 + 1e-6 for ticket in found)


def test_a_ticket_is_not_similar_to_itself_when_excluded():
    index = TicketIndex.build(TICKETS, version=1)
    same = TICKETS[0].text
    assert index.similar(same)[0].id == "t1"
    assert "t1" not in {t.id for t in index.similar(same, exclude=frozenset({"t1"}))}


def test_the_limit_and_the_order_of_input_hold():
    forwards = TicketIndex.build(TICKETS, version=1)
    backwards = TicketIndex.build(TICKETS[::-1], version=1)
    assert len(forwards.similar("paper for my boss on saturday", limit=2)) <= 2
    assert forwards.similar("the paper for my boss") == backwards.similar("the paper for my boss")


def test_no_tickets_and_no_words_give_nothing():
    assert TicketIndex.build((), version=1).similar("anything at all") == ()
    assert TicketIndex.build(TICKETS, version=1).similar("¿?") == ()


OTHERS = (
    *TICKETS,
    replace(TICKETS[0], id="t0", text="my boss wants paper for taxes on saturday"),
    replace(TICKETS[1], text="another text under the same id: paper, taxes"),
)
STEPS = st.lists(
    st.tuples(st.lists(st.sampled_from(OTHERS), max_size=6), st.booleans(), st.booleans()),
    min_size=1,
    max_size=4,
)


def answers(index):
    asked = (each.text for each in OTHERS)
    return index.ticket_count, [index.similar(text, limit=3) for text in asked]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_order_of_events_gives_the_same_answers(tmp_path_factory, steps):
    store = TicketStore(tmp_path_factory.mktemp("tickets"))
    stored = store.save(TicketIndex.build((), version=1))
    for tickets, is_merged, is_opened in steps:
        wanted = {each.id: each for each in count_tickets(tickets)}
        base = stored.base
        held = dict(zip(base.ids, base.fingerprints.tolist(), strict=True))
        changed = [each for id_, each in wanted.items() if held.get(id_) != each.fingerprint]
        index = stored.index.changed(changed, held.keys() - wanted.keys(), version=1)
        stored = store.save(index.merged() if is_merged else index, stored)
        if is_opened:
            stored = store.open()
        assert answers(stored.index) == answers(TicketIndex.build(tickets, version=1))
