from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.accounts.actor import ANYBODY
from app.accounts.models import Role
from app.knowledge import browsing, cards, queries, service, studio
from articles.lifecycle import ArticleState, Visibility
from tests.factories_knowledge import NOW, StatementCount, make_actor, make_article


@pytest.fixture
def library(session):
    """Two categories, tags, a pair of translations, articles in one language alone."""
    english = make_article(
        session, title="Reopen a ticket", category="tickets", tags=("reopen", "state")
    )
    make_article(
        session,
        title="Reabrir un ticket",
        locale="es",
        category="tickets",
        tags=("reabrir",),
        translation_of=english,
    )
    for number in range(8):
        make_article(
            session,
            title=f"Only English {number}",
            category="tickets" if number % 2 else "account",
            tags=("state",) if number < 3 else ("other",),
            now=NOW + timedelta(minutes=number),
        )
    make_article(session, title="For staff", category="secret", visibility=Visibility.AGENTS)
    return english


def titles(found) -> list[str]:
    return [card.title for card in found]


def test_what_stands_at_an_address(session, library):
    def find(locale, slug):
        return queries.find_published(session, ANYBODY, locale, slug)

    assert find("en", "reopen-a-ticket").card.title == "Reopen a ticket"
    assert find("es", "reopen-a-ticket") == queries.Moved("es", "reabrir-un-ticket")
    elsewhere = find("es", "only-english-1")
    assert isinstance(elsewhere, queries.OtherLanguage)
    assert elsewhere.card.locale == "en"
    assert find("en", "for-staff") is None
    assert find("en", "nothing") is None


def test_a_moved_or_withdrawn_private_article_is_simply_not_there(session):
    editor = make_actor(session)
    article = make_article(session, slug="old", visibility=Visibility.AGENTS)
    service.place(
        session,
        actor=editor,
        article_id=article.id,
        placement=service.Placement(slug="new", visibility=Visibility.AGENTS),
        now=NOW,
    )
    assert queries.find_published(session, ANYBODY, "en", "old") is None
    assert queries.find_published(session, editor, "en", "old") == queries.Moved("en", "new")
    service.withdraw(session, actor=editor, article_id=article.id, now=NOW)
    assert queries.find_published(session, ANYBODY, "en", "new") is None
    assert queries.find_published(session, editor, "en", "new") == queries.Withdrawn()
    assert queries.find_published(session, editor, "en", "old") == queries.Withdrawn()


def test_a_published_redirect_of_a_draft_leads_nowhere(session):
    make_article(session, slug="draft", published=False)
    assert queries.find_published(session, ANYBODY, "en", "draft") is None


def test_the_home_page_lists_categories_with_their_three_most_useful(session, library):
    for voter in ("a", "b"):
        service.vote(
            session,
            actor=ANYBODY,
            article_id=library.id,
            voter=voter,
            helpful=True,
            now=NOW,
        )
    home = browsing.home(session, ANYBODY, "en")
    assert [(each.slug, each.count, len(each.top)) for each in home.categories] == [
        ("account", 4, 3),
        ("tickets", 5, 3),
    ]
    assert home.popular[0].title == "Reopen a ticket"
    assert home.categories[1].top[0].title == "Reopen a ticket"


def test_what_exists_in_the_other_language_only_is_offered_and_translations_once(session, library):
    page = browsing.find_category(session, ANYBODY, "es", "tickets")
    assert page.total == 5
    assert page.articles[0].locale == "es"
    assert {card.locale for card in page.articles[1:]} == {"en"}
    assert "Reopen a ticket" not in titles(page.articles)


def test_a_category_is_paged_and_hides_what_is_private(session, library):
    first = browsing.find_category(session, ANYBODY, "en", "tickets", per_page=2)
    last = browsing.find_category(session, ANYBODY, "en", "tickets", page=99, per_page=2)
    assert (first.total, first.pages, len(first.articles)) == (5, 3, 2)
    assert (last.page, len(last.articles)) == (3, 1)
    assert browsing.find_category(session, ANYBODY, "en", "secret") is None
    agent = make_actor(session, Role.AGENT)
    assert browsing.find_category(session, agent, "en", "secret").total == 1
    assert browsing.find_category(session, ANYBODY, "en", "nothing") is None


def test_related_articles_share_tags_or_the_category(session, library):
    card = queries.published_by_ids(session, ANYBODY, [str(library.id)])[library.id]
    found = queries.related(session, ANYBODY, card, limit=10)
    assert titles(found)[0] == "Only English 1"
    assert "Only English 0" in titles(found)
    assert "Only English 4" not in titles(found)
    assert library.id not in {other.id for other in found}


def test_translations_are_found_from_both_sides(session, library):
    [spanish] = queries.translations(session, ANYBODY, library.id)
    [english] = queries.translations(session, ANYBODY, spanish.id)
    assert (spanish.locale, english.id) == ("es", library.id)


def test_the_feed_is_newest_first_and_the_sitemap_in_pages(session, library):
    feed = queries.feed_items(session, ANYBODY, "en", limit=3)
    assert [item.card.title for item in feed] == [f"Only English {n}" for n in (7, 6, 5)]
    everything = queries.sitemap_items(session, ANYBODY)
    paged = [
        item
        for page in (1, 2, 3)
        for item in queries.sitemap_items(session, ANYBODY, page=page, per_page=5)
    ]
    assert list(everything) == paged
    assert len(paged) == queries.count_published(session, ANYBODY) == 10


def test_facets_count_what_the_reader_may_see(session, library):
    tags = {facet.value: facet.count for facet in browsing.tag_facets(session, ANYBODY, "en")}
    assert tags == {"state": 4, "other": 5, "reopen": 1}
    found = browsing.category_facets(session, ANYBODY, "en")
    assert [facet.value for facet in found] == ["account", "tickets"]


def test_the_studio_lists_by_state_text_and_language(session, library):
    editor = make_actor(session)
    make_article(session, title="A 100% draft", published=False, actor=editor)
    found = studio.studio_articles(session, editor, studio.StudioFilter(text="100%"))
    [row] = found.rows
    assert (row.title, row.state, row.is_on_show) == ("A 100% draft", ArticleState.DRAFT, False)
    assert row.author_name == row.owner_name is not None
    assert studio.studio_articles(session, editor, studio.StudioFilter(locale="es")).total == 1
    counts = studio.count_by_state(session, editor)
    assert (counts[ArticleState.PUBLISHED], counts[ArticleState.DRAFT]) == (11, 1)
    service.submit(session, actor=editor, article_id=row.id, now=NOW)
    assert [each.id for each in studio.review_line(session, editor)] == [row.id]
    assert studio.find_for_studio(session, editor, row.id).owner.name == row.owner_name


@pytest.mark.parametrize(
    ("statements", "read"),
    [
        (1, lambda at: queries.find_published(at.session, ANYBODY, "en", "reopen-a-ticket")),
        (2, lambda at: queries.find_published(at.session, ANYBODY, "es", "only-english-1")),
        (1, lambda at: queries.published_by_ids(at.session, ANYBODY, range(1, 12))),
        (1, lambda at: queries.published_articles(at.session, ANYBODY, range(1, 12))),
        (1, lambda at: queries.translations(at.session, ANYBODY, at.article_id)),
        (1, lambda at: queries.feed_items(at.session, ANYBODY, "en")),
        (1, lambda at: queries.sitemap_items(at.session, ANYBODY)),
        (0, lambda at: queries.audiences(at.session, ANYBODY)),
        (1, lambda at: queries.audiences(at.session, at.agent)),
        (3, lambda at: browsing.home(at.session, ANYBODY, "en")),
        (3, lambda at: browsing.find_category(at.session, ANYBODY, "en", "tickets")),
        (1, lambda at: browsing.tag_facets(at.session, ANYBODY)),
        (
            2,
            lambda at: studio.studio_articles(
                at.session, at.agent, studio.StudioFilter(text="a b")
            ),
        ),
        (1, lambda at: studio.review_line(at.session, at.agent)),
        (1, lambda at: studio.find_for_studio(at.session, at.agent, at.article_id)),
        (1, lambda at: [r.author for r in studio.history(at.session, at.agent, at.article_id)]),
        (
            1,
            lambda at: [n.author for n in studio.review_notes(at.session, at.agent, at.article_id)],
        ),
    ],
)
def test_each_page_reads_in_a_fixed_number_of_statements(
    session, database, library, statements, read
):
    at = SimpleNamespace(
        session=session, agent=make_actor(session, Role.AGENT), article_id=library.id
    )
    session.expire_all()
    session.rollback()
    with StatementCount(database.engine) as counted:
        read(at)
    assert counted.count == statements


def test_a_card_says_its_address_and_its_categorys_name(session, library):
    card = queries.published_by_ids(session, ANYBODY, [library.id])[library.id]
    assert isinstance(card, cards.ArticleCard)
    assert card.path == "/en/articles/reopen-a-ticket"
    assert card.category_name("en") == "Tickets"
