import itertools

import pytest
from sqlalchemy import select

from app.accounts.actor import ANYBODY
from app.accounts.models import Role
from app.knowledge import policy, queries, service
from app.knowledge.models import Article
from articles.lifecycle import ArticleState, Visibility
from tests.factories_knowledge import NOW, make_actor, make_article, make_organisation


@pytest.fixture
def people(session):
    ours, theirs = make_organisation(session), make_organisation(session)
    return {
        "anybody": ANYBODY,
        "customer": make_actor(session, Role.CUSTOMER),
        "ours": make_actor(session, Role.CUSTOMER, organisation=ours),
        "theirs": make_actor(session, Role.CUSTOMER, organisation=theirs),
        "agent": make_actor(session, Role.AGENT),
        "editor": make_actor(session, Role.EDITOR),
        "admin": make_actor(session, Role.ADMIN),
        "organisation": ours,
    }


def test_sql_rows_and_labels_agree_on_every_combination(session, people):
    organisation = people.pop("organisation")
    articles = []
    for number, (visibility, state, shown) in enumerate(
        itertools.product(Visibility, ArticleState, (True, False))
    ):
        article = make_article(
            session,
            title=f"Article {number}",
            visibility=visibility,
            organisation=organisation if visibility is Visibility.ORGANISATION else None,
        )
        article.state = state
        if not shown:
            article.published_revision_id = None
        articles.append(article)
    session.commit()
    for person in people.values():
        by_sql = set(session.scalars(select(Article.id).where(policy.visible_articles(person))))
        by_row = {article.id for article in articles if policy.may_read(person, article)}
        labels = queries.audiences(session, person)
        by_label = {
            article.id
            for article in articles
            if policy.audience_of(article.visibility, article.organisation_id) in labels
            and article.published_revision_id is not None
            and article.state is not ArticleState.ARCHIVED
        }
        assert by_sql == by_row == by_label


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        (
            Visibility.PUBLIC,
            {"anybody", "customer", "ours", "theirs", "agent", "editor", "admin"},
        ),
        (Visibility.CUSTOMERS, {"customer", "ours", "theirs", "agent", "editor", "admin"}),
        (Visibility.ORGANISATION, {"ours", "agent", "editor", "admin"}),
        (Visibility.AGENTS, {"agent", "editor", "admin"}),
    ],
)
def test_who_may_read_what(session, people, visibility, readers):
    organisation = people.pop("organisation")
    article = make_article(
        session,
        visibility=visibility,
        organisation=organisation if visibility is Visibility.ORGANISATION else None,
    )
    allowed = {name for name, person in people.items() if policy.may_read(person, article)}
    assert allowed == readers


def test_an_organisation_article_without_organisation_is_for_staff_alone(session, people):
    article = make_article(session)
    article.visibility = Visibility.ORGANISATION
    session.commit()
    assert not policy.may_read(people["ours"], article)
    assert policy.may_read(people["agent"], article)


def test_a_published_article_with_a_newer_draft_keeps_showing_its_published_revision(session):
    editor = make_actor(session)
    article = make_article(session, title="As published")
    service.save_revision(
        session,
        actor=editor,
        article_id=article.id,
        text=service.ArticleText("Newer draft", body="Canarybird"),
        expected=1,
        now=NOW,
    )
    assert article.state is ArticleState.DRAFT
    found = queries.find_published(session, ANYBODY, "en", article.slug)
    assert isinstance(found, queries.PublishedArticle)
    assert found.card.title == "As published"
    assert "Canarybird" not in found.html
