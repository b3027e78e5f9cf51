import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.documents import CustomerWords
from search.suggestions import DEFAULT_THRESHOLD, Draft, SuggestionIndex
from tests.search.samples import HELP_CENTRE, PUBLIC, TICKETS, document


@pytest.fixture(scope="module")
def cold() -> SuggestionIndex:
    return SuggestionIndex.build(HELP_CENTRE, (), version=1)


@pytest.fixture(scope="module")
def warm() -> SuggestionIndex:
    return SuggestionIndex.build(HELP_CENTRE, TICKETS, version=2)


def ids(index: SuggestionIndex, subject: str, body: str = "", **how: object) -> list[str]:
    how.setdefault("audiences", PUBLIC)
    return [s.document_id for s in index.suggest(Draft(subject, body), **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("draft", "answer"),
    [
        ("where can I download the invoices", "invoice-en"),
        ("I want to reserve a bicycle for saturday", "bike-en"),
        ("bycicle reservaton for the weekend", "bike-en"),
        ("dónde descargo la factura", "invoice-es"),
        ("como reservo una bici para el fin de semana", "bike-es"),
        ("the lock says E-4410", "lock-en"),
    ],
)
def test_a_draft_finds_its_article(cold, draft, answer):
    assert ids(cold, draft)[0] == answer


@pytest.mark.parametrize(
    "draft",
    [
        "xqzv wprt kkjj zzzt",
        "my washing machine eats socks since tuesday",
        "receta de croquetas de jamón de mi abuela",
        "!!!!!!!!!!!!!!!!!!!!",
        "hello, good morning, thanks",
    ],
)
def test_nonsense_and_other_topics_are_met_with_silence(cold, warm, draft):
    assert ids(cold, draft) == []
    assert ids(warm, draft) == []


def test_fewer_than_twelve_characters_are_not_answered(cold):
    assert ids(cold, "invoice") == []
    assert ids(cold, "  invoice  \n\n\n ") == []


def test_customers_own_words_find_the_article_that_solved_them(cold, warm):
    draft = "the accountant asks for that paper thing"
    assert "invoice-en" not in ids(cold, draft)
    assert ids(warm, draft)[0] == "invoice-en"


def test_a_suggestion_points_at_the_section_and_shows_its_words(cold):
    found = cold.suggest(
        Draft("Late", "I return the bicycle late, what does each hour cost?"), audiences=PUBLIC
    )[0]
    assert (found.document_id, found.section_anchor) == ("bike-en", "return")
    assert found.section_title == "Return it late"
    assert "late hour costs" in found.excerpt
    assert {"return", "bicycle"} <= set(found.terms)


def test_terms_are_as_the_customer_typed_them_even_with_a_slip(cold):
    found = cold.suggest(Draft("Downlod my INVOICES", "please"), audiences=PUBLIC)[0]
    assert "INVOICES" in found.terms
    assert "Downlod" in found.terms


def test_private_articles_are_for_their_audience_alone(cold):
    draft = "I need the zanzibar key to override a lock"
    assert "staff-en" not in ids(cold, draft)
    assert ids(cold, draft, audiences=frozenset({"public", "agents"}))[0] == "staff-en"
    assert ids(cold, draft, audiences=frozenset()) == []


def test_the_other_language_comes_only_when_there_is_nothing_in_ones_own(cold):
    both = ids(cold, "factura invoice download descargar", prefer_locale="es")
    assert both
    assert all(document_id.endswith("-es") for document_id in both)
    assert ids(cold, "el candado muestra error E-4410")[:1] == ["lock-en"]


def test_excluded_articles_stay_away(cold):
    draft = "where can I download the invoices"
    assert "invoice-en" not in ids(cold, draft, exclude=frozenset({"invoice-en", "unknown"}))


def test_enye_prefers_the_word_with_enye():
    index = SuggestionIndex.build(
        [
            document("cana", "es", "Precio de la cana", ("", "", "La cana de pelo.")),
            document("caña", "es", "Precio de la caña", ("", "", "La caña de pescar.")),
        ],
        version=1,
    )
    ranked = index.rank(Draft("precio de la caña", "", "es"), audiences=PUBLIC)
    assert ranked[0].document_id == "caña"
    folded = index.rank(Draft("precio de la cana", "", "es"), audiences=PUBLIC)
    assert {r.document_id for r in folded if r.score > 0} == {"cana", "caña"}


def test_the_threshold_is_the_least_confidence_shown(cold):
    draft = Draft("download the invoice of the bicycle I reserved", "")
    every = cold.suggest(draft, audiences=PUBLIC, threshold=0.0)
    assert len(every) > 1
    default = cold.suggest(draft, audiences=PUBLIC)
    assert all(s.confidence >= DEFAULT_THRESHOLD for s in default)
    assert cold.suggest(draft, audiences=PUBLIC, threshold=1.0) == ()


def test_rank_names_every_readable_article_once(warm):
    ranked = warm.rank(Draft("invoice", ""), audiences=PUBLIC)
    assert sorted(r.document_id for r in ranked) == sorted(
        d.id for d in HELP_CENTRE if d.audience == "public"
    )
    assert ranked[0].document_id == "invoice-en"


def test_an_empty_help_centre_is_silent():
    index = SuggestionIndex.build((), (), version=1)
    assert index.document_count == 0
    assert ids(index, "where can I download the invoices") == []
    assert index.rank(Draft("invoice", ""), audiences=PUBLIC) == ()


def test_words_of_unknown_documents_are_left_out():
    words = CustomerWords("gone", "the accountant asks for paper", "en", "t9")
    index = SuggestionIndex.build(HELP_CENTRE, [words], version=1)
    assert index.document_count == len(HELP_CENTRE)


def test_one_slot_an_article(warm):
    found = ids(warm, "bicycle station phone late hour tyre code map", threshold=0.0, limit=10)
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 65_536,
        " ".join(f"w{number}" for number in range(10_000)),
        "\u200b" * 65_536,
        "a" + "\u0301\u0316" * 30_000,
        "\u202einvoice " * 8_000,
        "\x00" * 10_000,
        "a-b." * 16_000,
        "\ud800" * 1_000,
    ],
    ids=["letter", "words", "zero-width", "combining", "rtl", "nul", "compound", "surrogates"],
)
def test_hostile_drafts_are_cut_and_answered(warm, text):
    assert len(warm.suggest(Draft(text, text), audiences=PUBLIC)) <= 5


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.text(max_size=400), st.floats(0, 1))
def test_whatever_is_typed_the_answer_is_well_formed(subject, body, threshold):
    index = _shared_index()
    found = index.suggest(Draft(subject, body), audiences=PUBLIC, threshold=threshold, limit=3)
    assert len(found) <= 3
    assert len({s.document_id for s in found}) == len(found)
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)
    for suggestion in found:
        assert threshold <= suggestion.confidence <= 1
        assert suggestion.document_id != "staff-en"
        # Terms are the customer's own: each stands in what was typed.
        assert len(suggestion.terms) == len(set(suggestion.terms))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(HELP_CENTRE), st.permutations(TICKETS))
def test_the_order_of_the_rows_does_not_matter(documents, tickets):
    draft = Draft("return the bicycle and get a paper for taxes", "the lock shows an error")
    shuffled = SuggestionIndex.build(documents, tickets, version=2)
    assert shuffled.rank(draft, audiences=PUBLIC) == _shared_index().rank(draft, audiences=PUBLIC)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["invoice", "lock", "paper", "bicycle", "weekend", "tax"]), min_size=2)
)
def test_more_tickets_with_the_same_words_never_make_an_article_less_likely(words):
    draft = Draft(" ".join(words), "")
    before = _position(_shared_index(), draft, "invoice-en")
    ticket = CustomerWords("invoice-en", " ".join(words), "en", "t99")
    more = SuggestionIndex.build(HELP_CENTRE, (*TICKETS, ticket), version=3)
    assert _position(more, draft, "invoice-en") <= before


def _position(index: SuggestionIndex, draft: Draft, document_id: str) -> int:
    ranked = [r.document_id for r in index.rank(draft, audiences=PUBLIC)]
    return ranked.index(document_id)


_INDEX: list[SuggestionIndex] = []


def _shared_index() -> SuggestionIndex:
    if not _INDEX:
        _INDEX.append(SuggestionIndex.build(HELP_CENTRE, TICKETS, version=2))
    return _INDEX[0]


def test_what_is_far_behind_the_first_is_shown_only_when_everything_is():
    index = SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1)
    draft = Draft(
        "The lock shows error E-4410", "I reserve with the code on the map of the station"
    )
    open_gate = index.suggest(draft, audiences=PUBLIC, threshold=0.0)
    shown = index.suggest(draft, audiences=PUBLIC, threshold=0.001)
    assert shown == open_gate[: len(shown)]
    assert len(shown) < len(open_gate)
    first = shown[0]
    for left_out in open_gate[len(shown) :]:
        assert left_out.score < first.score / 2
        assert left_out.confidence < first.confidence
