from search.suggestions import TicketIndex
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
