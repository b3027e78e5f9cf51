import numpy as np

from search.analysis import analyser
from search.counted import count_articles
from search.documents import Document, Section
from search.live import live
from search.matched_words import Asked
from search.passages import Passage
from search.query import ask
from search.section_choice import choose_passages
from search.segment import Segment

LEAD = Passage("", "", "If you cannot remember your password, ask for a link.")
FORGOT = Passage(
    "new",
    "Choose a new password",
    "On the sign-in page choose Forgot your password? Open the mail.",
)
KNOWN = Passage("other", "I know my password and want another", "Go to Password in My account.")
LATE = Passage(
    "late", "The link expired", "A link works for an hour. Ask for a fresh password link."
)
PASSAGES = (LEAD, FORGOT, KNOWN, LATE)


def chosen(text: str, passages=PASSAGES) -> Passage:
    """The passage that a draft is pointed at in an article which has these."""
    summary = passages[0].text if not passages[0].anchor else ""
    sections = tuple(
        Section(each.anchor, each.title, each.text) for each in passages if each.anchor
    )
    document = Document("1", "en", "a", "Sign in", summary, sections, (), "", "public")
    segment = Segment.build(list(count_articles([document])))
    words = analyser("en").words(text)
    asked = Asked.of(words, ask(words, [live(segment, np.zeros(0, np.int64))]), 0)
    only = np.array([0])
    at = choose_passages(segment, only, segment.profiles(only), asked)[0]
    return Passage.unpacked(segment.articles.passages[at])


def test_the_section_that_says_what_the_draft_says_is_chosen():
    assert chosen("I forgot my password and the page does not let me in") == FORGOT
    assert chosen("the hour is over and the link expired") == LATE


def test_a_word_that_stands_all_over_the_article_chooses_nothing():
    assert chosen("password") == LEAD


def test_without_a_clear_winner_the_beginning_is_chosen():
    assert chosen("zebra crossing") == LEAD
    assert chosen("cannot remember what it was at this hour") == LEAD


def test_an_article_without_a_lead_falls_back_to_its_first_section():
    assert chosen("zebra crossing", PASSAGES[1:]) == FORGOT


def test_a_long_section_does_not_win_by_its_length():
    filler = " ".join(f"word{number}" for number in range(150))
    long = Passage("long", "Everything else", f"{filler} fresh link {filler}")
    assert chosen("a fresh link", (LEAD, long, LATE)) == LATE


def test_an_empty_article_has_one_place_to_point_at():
    assert chosen("anything", (Passage("", "", ""),)) == Passage("", "", "")
