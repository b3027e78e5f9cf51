import pytest
from sqlalchemy import func, select

from app.accounts.actor import ANYBODY
from app.accounts.models import Role
from app.db.models import OutboxEntry
from app.db.outbox import index_version
from app.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from app.knowledge import queries, service, studio
from app.knowledge.models import Article, ArticleRevision, ArticleTag
from app.knowledge.service import ArticleText, Placement
from articles.lifecycle import ArticleState, Visibility
from tests.factories_knowledge import NOW, make_actor, make_article, make_organisation

PAGE = "http://localhost/studio/articles/1"


def save(session, actor, article, text, expected, **more):
    return service.save_revision(
        session,
        actor=actor,
        article_id=article.id,
        text=text,
        expected=expected,
        now=NOW,
        **more,
    )


def test_a_draft_is_rendered_when_it_is_saved_and_links_get_their_addresses(session):
    image = "0" * 32 + ".png"
    article = make_article(
        session,
        published=False,
        body=f"See [the steps](article:es/reabrir#pasos). ![Alt](asset:{image})\n\n## One two",
    )
    revision = article.current_revision
    assert 'href="/es/articles/reabrir#pasos"' in revision.html
    assert f'src="/assets/{image}"' in revision.html
    assert revision.toc == [["2", revision.toc[0][1], "One two"]]
    assert [title for _, title, _ in revision.sections] == ["", "One two"]


def test_the_slug_is_made_from_the_title_and_never_taken_twice(session):
    first = make_article(session, title="¿Cómo reabro un ticket?", locale="es")
    second = make_article(session, title="Cómo reabro un ticket", locale="es")
    assert (first.slug, second.slug) == ("como-reabro-un-ticket", "como-reabro-un-ticket-2")


def test_what_is_wrong_is_said_at_its_field(session):
    editor = make_actor(session)
    article = make_article(session, slug="taken")
    for text, placement, field in (
        (ArticleText(" "), None, "title"),
        (ArticleText("T" * 301), None, "title"),
        (ArticleText("T", "s" * 1001), None, "summary"),
        (ArticleText("T", tags=("t" * 81,)), None, "tags"),
        (ArticleText("T", body="x" * (256 * 1024 + 1)), None, "body"),
        (ArticleText("T"), Placement(slug="taken"), "slug"),
        (ArticleText("T"), Placement(slug="ñandú y más"), "slug"),
        (ArticleText("T"), Placement(visibility=Visibility.ORGANISATION), "organisation"),
    ):
        with pytest.raises(InvalidError) as caught:
            service.create_draft(
                session, actor=editor, text=text, locale="en", placement=placement, now=NOW
            )
        assert caught.value.field == field
        session.rollback()
    assert session.scalar(select(func.count(Article.id))) == 1
    assert article.slug == "taken"


def test_each_saved_change_is_a_revision_and_an_unchanged_text_is_none(session):
    editor = make_actor(session)
    article = make_article(session, title="One", published=False)
    text = ArticleText("Two", body="New")
    assert save(session, editor, article, text, 1).number == 2
    assert save(session, editor, article, text, 2).number == 2
    numbers = [revision.number for revision in studio.history(session, editor, article.id)]
    assert numbers == [2, 1]


def test_the_second_of_two_people_who_began_from_the_same_revision_is_told(session):
    editor = make_actor(session)
    article = make_article(session, published=False)
    save(session, editor, article, ArticleText("First to save"), 1)
    with pytest.raises(ConflictError):
        save(session, editor, article, ArticleText("Second to save"), 1)
    session.rollback()
    assert session.get(Article, article.id).current_revision.title == "First to save"


def test_agents_write_and_submit_their_own_drafts_and_editors_publish(session):
    agent, other, editor = (
        make_actor(session, Role.AGENT),
        make_actor(session, Role.AGENT),
        make_actor(session, Role.EDITOR),
    )
    article = make_article(session, actor=agent, published=False)
    with pytest.raises(ForbiddenError):
        save(session, other, article, ArticleText("Not mine"), 1)
    session.rollback()
    save(session, agent, article, ArticleText("Mine"), 1)
    with pytest.raises(ForbiddenError):
        service.publish(session, actor=agent, article_id=article.id, now=NOW)
    session.rollback()
    with pytest.raises(ForbiddenError):
        service.submit(session, actor=other, article_id=article.id, now=NOW)
    session.rollback()
    service.submit(session, actor=agent, article_id=article.id, now=NOW)
    with pytest.raises(ForbiddenError):
        save(session, agent, article, ArticleText("Too late"), 2)
    session.rollback()
    with pytest.raises(InvalidError) as caught:
        service.send_back(
            session, actor=editor, article_id=article.id, comment=" ", url=PAGE, now=NOW
        )
    assert caught.value.field == "comment"
    session.rollback()
    service.send_back(
        session,
        actor=editor,
        article_id=article.id,
        comment="Say why it happens.",
        url=PAGE,
        now=NOW,
    )
    assert article.state is ArticleState.DRAFT
    service.submit(session, actor=agent, article_id=article.id, now=NOW)
    service.publish(session, actor=editor, article_id=article.id, expected=2, now=NOW)
    assert article.state is ArticleState.PUBLISHED
    actions = [note.action for note in studio.review_notes(session, editor, article.id)]
    assert actions == ["publish", "submit", "send_back", "submit"]


def test_customers_write_nothing(session):
    customer = make_actor(session, Role.CUSTOMER)
    for actor in (customer, ANYBODY):
        with pytest.raises(ForbiddenError):
            service.create_draft(
                session, actor=actor, text=ArticleText("Mine"), locale="en", now=NOW
            )
        with pytest.raises(ForbiddenError):
            studio.studio_articles(session, actor, studio.StudioFilter())


def test_private_marks_stop_submission_and_publication(session):
    editor = make_actor(session)
    for field, text in (
        ("title", ArticleText("What ⟦Ana⟧ saw")),
        ("body", ArticleText("Fine", body="Write to ⟦ana@example.org⟧.")),
    ):
        article = service.create_draft(session, actor=editor, text=text, locale="en", now=NOW)
        for step in (service.submit, service.publish):
            with pytest.raises(InvalidError) as caught:
                step(session, actor=editor, article_id=article.id, now=NOW)
            assert caught.value.field == field
            session.rollback()


def test_a_hint_of_the_draft_stops_submission_and_publication(session):
    editor = make_actor(session)
    text = ArticleText("Fine", body="## Why\n\n*Explica en una o dos frases por qué ocurre.*")
    article = service.create_draft(session, actor=editor, text=text, locale="es", now=NOW)
    for step in (service.submit, service.publish):
        with pytest.raises(InvalidError) as caught:
            step(session, actor=editor, article_id=article.id, now=NOW)
        assert caught.value.field == "body"
        session.rollback()


def test_publishing_raises_the_index_version_and_promises_the_news_once(session):
    before = index_version(session)
    article = make_article(session, tags=("login",))
    assert index_version(session) == before + 1 == article.index_version
    entry = session.scalar(select(OutboxEntry).where(OutboxEntry.kind == "article_published"))
    assert entry.key == f"article_published:{article.id}:{article.index_version}"
    assert entry.payload["first"] is True
    assert session.scalars(select(ArticleTag.tag)).all() == ["login"]


def test_what_is_withdrawn_and_published_again_is_told_of_again(session):
    editor = make_actor(session)
    article = make_article(session)
    for step in (service.withdraw, service.restore, service.submit, service.publish):
        step(session, actor=editor, article_id=article.id, now=NOW)
    promised = select(func.count()).where(OutboxEntry.kind == "article_published")
    assert session.scalar(promised) == 2


def test_titles_and_tags_hold_no_nul(session):
    article = make_article(session, title="Re\x00set", tags=("lo\x00gin",))
    assert article.published_revision.title == "Reset"
    assert article.published_revision.tags == ["login"]


def test_a_published_revision_is_never_changed(session):
    editor = make_actor(session)
    article = make_article(session, body="As readers know it.")
    published = article.published_revision_id
    service.withdraw(session, actor=editor, article_id=article.id, now=NOW)
    service.restore(session, actor=editor, article_id=article.id, now=NOW)
    save(session, editor, article, ArticleText("New"), 1)
    assert session.get(ArticleRevision, published).body == "As readers know it.\n"
    assert article.current_revision_id != published


def test_a_withdrawn_article_is_gone_and_comes_back_as_a_draft(session):
    editor = make_actor(session)
    article = make_article(session, tags=("login",))
    service.withdraw(session, actor=editor, article_id=article.id, now=NOW)
    found = queries.find_published(session, ANYBODY, "en", article.slug)
    assert isinstance(found, queries.Withdrawn)
    assert queries.published_by_ids(session, ANYBODY, [article.id]) == {}
    assert session.scalars(select(ArticleTag.tag)).all() == []
    with pytest.raises(ConflictError):
        service.withdraw(session, actor=editor, article_id=article.id, now=NOW)
    session.rollback()
    service.restore(session, actor=editor, article_id=article.id, now=NOW)
    assert article.state is ArticleState.DRAFT
    assert article.published_revision_id is None


def test_a_newer_draft_does_not_stop_a_withdrawal_and_can_be_dropped(session):
    editor = make_actor(session)
    article = make_article(session, title="Shown")
    save(session, editor, article, ArticleText("Draft"), 1)
    service.discard_draft(session, actor=editor, article_id=article.id, now=NOW)
    assert (article.state, article.current_revision.number) == (ArticleState.PUBLISHED, 1)
    assert save(session, editor, article, ArticleText("Draft again"), 1).number == 3
    service.withdraw(session, actor=editor, article_id=article.id, now=NOW)
    assert article.state is ArticleState.ARCHIVED


def test_old_addresses_lead_to_the_article_after_its_slug_changed_and_back(session):
    editor = make_actor(session)
    article = make_article(session, slug="old")

    def move(slug):
        service.place(
            session,
            actor=editor,
            article_id=article.id,
            placement=Placement(slug=slug),
            now=NOW,
        )

    move("new")
    assert queries.find_published(session, ANYBODY, "en", "old") == queries.Moved("en", "new")
    move("old")
    assert queries.find_published(session, ANYBODY, "en", "new") == queries.Moved("en", "old")
    found = queries.find_published(session, ANYBODY, "en", "old")
    assert isinstance(found, queries.PublishedArticle)


def test_narrowing_the_visibility_hides_at_once_and_reindexes(session):
    editor = make_actor(session)
    organisation = make_organisation(session)
    article = make_article(session)
    before = index_version(session)
    service.place(
        session,
        actor=editor,
        article_id=article.id,
        placement=Placement(visibility=Visibility.ORGANISATION, organisation_id=organisation.id),
        now=NOW,
    )
    assert index_version(session) == before + 1
    assert queries.find_published(session, ANYBODY, "en", article.slug) is None
    agent = make_actor(session, Role.AGENT)
    with pytest.raises(ForbiddenError):
        service.place(session, actor=agent, article_id=article.id, placement=Placement(), now=NOW)


def test_one_vote_a_reader_and_revision_changeable_and_bounded(session):
    article = make_article(session)

    def vote(voter, *, helpful, reason=""):
        return service.vote(
            session,
            actor=ANYBODY,
            article_id=article.id,
            voter=voter,
            helpful=helpful,
            reason=reason,
            now=NOW,
        )

    vote("a", helpful=True)
    vote("b", helpful=True)
    vote("b", helpful=False, reason="Step 2 is missing")
    assert (article.helpful_count, article.unhelpful_count) == (1, 1)
    with pytest.raises(InvalidError) as caught:
        vote("b", helpful=False, reason="x" * 401)
    assert caught.value.field == "reason"
    service.count_solved(session, article.id)
    service.count_solved(session, article.id, by=-1)
    service.count_solved(session, article.id, by=-1)
    session.commit()
    session.refresh(article)
    assert article.solved_count == 0


def test_nobody_votes_on_what_they_may_not_read(session):
    article = make_article(session, visibility=Visibility.AGENTS)
    with pytest.raises(NotFoundError):
        service.vote(
            session, actor=ANYBODY, article_id=article.id, voter="a", helpful=True, now=NOW
        )
