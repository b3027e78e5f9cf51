"""Measuring on the desk's own history: the split by time, the baselines, the missing words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.baselines import most_linked, tfidf_rankings
from search.desk_evaluation import evaluate_desk, shown_at
from search.desk_history import PastTicket, split_by_time
from search.documents import CustomerWords, Document, Section
from search.missing_words import DeskWords
from search.suggestions import Draft, SuggestionIndex

START = datetime(2026, 3, 2, tzinfo=UTC)
PUBLIC = frozenset({"public"})


def document(document_id: str, title: str, text: str = "", **more: str) -> Document:
    return Document(
        id=document_id,
        locale=more.get("locale", "en"),
        slug=document_id,
        title=title,
        summary="",
        sections=(Section("", "", text or title),),
        tags=(),
        category="",
        audience=more.get("audience", "public"),
    )


def ticket(number: int, *articles: str, text: str = "", asked: bool = True) -> PastTicket:
    return PastTicket(
        f"ticket:{number}",
        text or f"text {number}",
        "en",
        frozenset(articles),
        PUBLIC,
        START + timedelta(hours=number),
        asked,
    )


@given(
    solved=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30), st.booleans()), max_size=60),
    outside=st.lists(st.tuples(st.integers(0, 60), st.integers(31, 60)), max_size=20),
    most=st.integers(1, 30),
)
@settings(deadline=None)
def test_what_is_asked_never_teaches_and_was_written_later(solved, outside, most):
    history = split_by_time(
        [ticket(n, "1", text=f"text {text}", asked=asked) for n, text, asked in solved]
        + [ticket(n, text=f"text {text}") for n, text in outside],
        most=most,
    )
    taught = {each.text for each in (*history.taught, *history.outside_taught)}
    asked = [*history.asked, *history.outside_asked]
    assert taught.isdisjoint(each.text for each in asked)
    assert len({each.text for each in asked}) == len(asked)
    assert {each.text for each in history.words()} <= taught
    assert all(each.is_asked for each in asked)
    assert len(history.asked) <= most
    if history.asked:
        first = min(each.written_at for each in asked)
        assert all(each.written_at <= first for each in history.taught)
        assert all(each.written_at <= first for each in history.outside_taught)


def test_the_newest_three_tenths_are_asked():
    history = split_by_time([ticket(number, "1") for number in range(100)])
    assert [each.id for each in history.asked] == [f"ticket:{n}" for n in range(70, 100)]
    assert len(history.taught) == 70
    assert not history.is_capped


def test_of_a_long_history_only_the_newest_are_asked_and_all_older_ones_teach():
    history = split_by_time([ticket(number, "1") for number in range(100)], most=10)
    assert len(history.asked) == 10
    assert len(history.taught) == 90
    assert history.is_capped


def test_a_text_written_twice_counts_once_and_both_articles_are_right():
    history = split_by_time(
        [*(ticket(number, "1") for number in range(9)), ticket(9, "2", text="text 0")]
    )
    assert history.taught[0].articles == {"1", "2"}
    assert "text 0" not in {each.text for each in history.asked}


def test_words_that_only_asked_tickets_have_do_not_help_to_find_their_article():
    documents = [document("1", "Invoices"), document("2", "Passwords")]
    tickets = [ticket(n, "1", text=f"my invoice number {n}") for n in range(14)]
    tickets += [ticket(20 + n, "2", text=f"the flibbertigibbet {n} whirls") for n in range(6)]
    history = split_by_time(tickets)
    assert {next(iter(each.articles)) for each in history.asked} == {"2"}
    found = evaluate_desk(documents, history, limit=5)
    assert all(not each.shown(0.01) for each in found.answered)


def test_what_is_shown_is_what_the_index_suggests_at_any_threshold():
    documents = [
        document("1", "Invoice stays blank", "The invoice PDF shows a blank page."),
        document("2", "Print an invoice", "Print the invoice page on paper."),
        document("3", "Imprimir una factura", "Imprime la factura en papel.", locale="es"),
        document("4", "La contraseña", "Cambia la contraseña de la cuenta.", locale="es"),
        document("5", "Password of the invoice archive", "Reset it.", audience="agents"),
    ]
    texts = [
        "my invoice pdf is blank",
        "print the invoice on paper please",
        "no puedo imprimir la factura",
        "olvidé la contraseña de la cuenta",
        "the contraseña of my account, the password",
        "a giraffe plays the saxophone",
    ]
    tickets = [ticket(n, "1", text=f"invoice pdf blank {n}") for n in range(20)]
    tickets += [ticket(30 + n, str(1 + n % 4), text=text) for n, text in enumerate(texts)]
    history = split_by_time(tickets)
    found = evaluate_desk(documents, history, limit=2)
    index = SuggestionIndex.build(documents, history.words(), version=1)
    for each in found.answered:
        for threshold in (0.001, 0.01, 0.05, 0.2, 0.5, 0.9):
            shown = index.suggest(
                Draft(each.ticket.text, "", "en"),
                audiences=PUBLIC,
                limit=2,
                threshold=threshold,
            )
            wanted = [offer.document_id for offer in each.shown(threshold)]
            assert [one.document_id for one in shown] == wanted, (each.ticket.text, threshold)


def test_baselines_know_what_a_reader_may_see():
    documents = [
        document("1", "apples"),
        document("2", "pears and apples"),
        document("3", "apples for agents", audience="agents"),
    ]
    words = [CustomerWords(id_, "text", "en", str(n)) for n, id_ in enumerate("33322")]
    assert most_linked(documents, words, PUBLIC) == ("2", "1")
    assert most_linked(documents, words, PUBLIC | {"agents"})[0] == "3"
    rankings = tfidf_rankings(documents, ["apples", "plums"], [PUBLIC, PUBLIC])
    assert rankings == [("1", "2"), ()]
    assert tfidf_rankings([], ["apples"], [PUBLIC]) == [()]
    assert tfidf_rankings([document("1", "-")], ["apples"], [PUBLIC]) == [()]


def test_missing_words_are_those_that_several_customers_wrote_and_the_article_lacks():
    article = document("1", "Invoices", "Download your invoices again.")
    asked = [
        ("Hello, my receipt is empty, Zebediah", "en"),
        ("Hello, where is the receipt of the invoice?", "en"),
        ("La factura no se descarga", "es"),
    ]
    others = [(f"Hello, I have question {number} about shipping", "en") for number in range(20)]
    words = DeskWords([*asked, *others])
    missing = words.missing(article, asked)
    assert missing[0] == ("receipt", 2)
    told = [word for word, _ in missing]
    assert "zebediah" not in told, "one customer's word alone is a name or a slip"
    assert "invoice" not in told
    assert "factura" not in told


@pytest.mark.parametrize(("threshold", "shown"), [(0.05, ["1", "2"]), (0.2, ["1"]), (0.5, ["9"])])
def test_the_other_language_takes_over_where_the_own_one_is_not_sure_enough(threshold, shown):
    from search.desk_evaluation import Offer

    own = (Offer("1", 0.4), Offer("2", 0.1))
    other = (Offer("9", 0.6),)
    assert [each.document_id for each in shown_at(own, other, threshold)] == shown
