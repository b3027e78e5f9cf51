"""Claiming, handing over, moving, resolving: what the buttons of the desk do."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Role
from app.errors import ConflictError
from app.knowledge.models import Article
from app.tickets import conversation, handling
from app.tickets.membership import set_queues
from app.tickets.models import LinkKind, Resolution, Ticket, TicketArticle, TicketState
from tests.factories import make_user
from tests.factories_deflection import indexes_of
from tests.factories_knowledge import make_article
from tests.factories_tickets import actor_of, make_ticket
from tests.web.desk.conftest import Desk


def test_a_ticket_is_claimed(desk: Desk, agent: FlaskClient) -> None:
    assert "data-claim" in agent.get(desk.path()).text
    desk.post(agent, "claim")
    assert desk.now().assignee_id == desk.agent.id
    assert "Bea Soto took the ticket." in agent.get(desk.path()).text


def test_of_two_who_claim_one_wins_and_the_other_is_told(desk: Desk, agent: FlaskClient) -> None:
    set_queues(desk.session, desk.other_agent.id, [desk.support.id])
    desk.session.commit()
    slower = desk.browser(desk.other_agent)
    desk.post(agent, "claim")
    desk.post(slower, "claim")
    assert desk.now().assignee_id == desk.agent.id
    assert "Bea Soto was faster" in slower.get(desk.path()).text


def test_who_read_a_ticket_before_it_was_claimed_does_not_take_it(desk: Desk) -> None:
    slower, faster = (actor_of(user, desk.support) for user in (desk.other_agent, desk.agent))
    with desk.app.extensions["antesala"].database.writing() as session:
        session.get_one(Ticket, desk.ticket.id)
        session.commit()
        handling.claim(desk.session, actor=faster, ticket_id=desk.ticket.id, now=datetime.now(UTC))
        with pytest.raises(ConflictError):
            handling.claim(session, actor=slower, ticket_id=desk.ticket.id, now=datetime.now(UTC))


def test_numbers_that_no_column_holds_lead_nowhere(desk: Desk, agent: FlaskClient) -> None:
    for digits in ("9" * 30, "9" * 5000):
        assert agent.get(f"/desk/?queue={digits}&page={digits}").status_code == 200
        assert agent.get(f"/studio/articles/{digits}").status_code == 404
        for fields in ({"action": f"insert:{digits}"}, {"body": "Hi", "seen": digits}):
            assert desk.post(agent, "write", **fields).status_code < 500
        assert desk.post(agent, "assign", assignee=digits).status_code == 303
        assert desk.post(agent, "resolve", article=digits).status_code == 303


def test_a_ticket_is_handed_over_and_given_back(desk: Desk, agent: FlaskClient) -> None:
    set_queues(desk.session, desk.other_agent.id, [desk.support.id])
    desk.session.commit()
    desk.post(agent, "claim")
    desk.post(agent, "assign", assignee=desk.other_agent.id, had=desk.agent.id)
    assert desk.now().assignee_id == desk.other_agent.id
    desk.post(agent, "assign", assignee="", had=desk.other_agent.id)
    assert desk.now().assignee_id is None


def test_who_looked_at_an_old_page_hands_nothing_over(desk: Desk, agent: FlaskClient) -> None:
    set_queues(desk.session, desk.other_agent.id, [desk.support.id])
    desk.session.commit()
    admin = make_user(desk.session, role=Role.ADMIN)
    desk.post(agent, "claim")
    desk.post(desk.browser(admin), "assign", assignee=admin.id, had="")
    assert desk.now().assignee_id == desk.agent.id


def test_nobody_gets_a_ticket_of_a_queue_they_do_not_work(desk: Desk, agent: FlaskClient) -> None:
    desk.post(agent, "assign", assignee=desk.other_agent.id)
    assert desk.now().assignee_id is None
    assert "somebody who works this queue" in agent.get(desk.path()).text


def test_a_moved_ticket_is_out_of_reach(desk: Desk, agent: FlaskClient) -> None:
    desk.post(agent, "claim")
    assert desk.post(agent, "move", queue=desk.billing.id).status_code == 303
    assert desk.now().queue_id == desk.billing.id
    assert desk.now().assignee_id is None
    assert agent.get(desk.path()).status_code == 404
    assert desk.browser(desk.other_agent).get(desk.path()).status_code == 200


def test_the_article_that_solved_it_is_named_with_one_click(desk: Desk, agent: FlaskClient) -> None:
    article = make_article(desk.session, title="Clear the cache", slug="clear-cache")
    conversation.reply(
        desk.session,
        actor=actor_of(desk.agent, desk.support),
        ticket_id=desk.ticket.id,
        body="http://localhost/en/articles/clear-cache",
        then=TicketState.WAITING,
        settings=desk.settings,
        now=datetime.now(UTC),
    )
    page = agent.get(desk.path()).text
    assert f'name="article" value="{article.id}">✓ Clear the cache' in page
    desk.post(agent, "resolve", article=article.id)
    assert desk.now().solved_by_article_id == article.id
    assert "An article solved it" in agent.get(desk.path()).text


def test_nothing_to_document_is_an_answer(desk: Desk, agent: FlaskClient) -> None:
    desk.post(agent, "resolve", how="nothing")
    assert desk.now().resolution is Resolution.NOTHING


def test_without_a_choice_nothing_is_resolved(desk: Desk, agent: FlaskClient) -> None:
    desk.post(agent, "resolve")
    assert desk.now().state is TicketState.NEW
    assert "Choose the article that solved it." in agent.get(desk.path()).text


def test_resolving_what_was_answered_meanwhile_is_stopped(desk: Desk, agent: FlaskClient) -> None:
    seen = desk.now().messages[-1].id
    conversation.reply(
        desk.session,
        actor=actor_of(make_user(desk.session, role=Role.ADMIN)),
        ticket_id=desk.ticket.id,
        body="Wait.",
        then=TicketState.WAITING,
        settings=desk.settings,
        now=datetime.now(UTC),
    )
    desk.post(agent, "resolve", how="nothing", seen=seen)
    assert desk.now().state is TicketState.WAITING
    told = agent.get(desk.path()).text
    assert "Nothing was done, because the ticket changed meanwhile." in told
    assert "replied to the customer." in told


@pytest.mark.parametrize(
    ("deed", "fields"),
    [
        ("state", {"state": "waiting"}),
        ("resolve", {"how": "nothing"}),
        ("article", {}),
    ],
)
def test_an_old_page_changes_nothing_of_what_was_decided_since(
    desk: Desk, agent: FlaskClient, deed: str, fields: dict[str, object]
) -> None:
    admin = desk.browser(make_user(desk.session, role=Role.ADMIN, name="Alex Moreau"))
    article = make_article(desk.session, title="Clear the cache")
    seen = desk.now().messages[-1].id
    desk.post(admin, "resolve", article=article.id)
    for client, name in ((agent, "Bea"), (admin, "Alex")):  # an old tab of one's own is old, too
        assert desk.post(client, deed, seen=seen, **fields).status_code == 303
        ticket = desk.now()
        assert ticket.state is TicketState.RESOLVED, name
        assert ticket.solved_by_article_id == article.id, name
        told = client.get(desk.path()).text
        assert "Alex Moreau resolved the ticket by an article: “Clear the cache”." in told
        assert "Nothing was done" in told


@pytest.mark.parametrize(
    ("deed", "fields"),
    [("state", {"state": "waiting"}), ("resolve", {"how": "nothing"}), ("article", {})],
)
def test_a_button_pressed_twice_is_pressed_once(
    desk: Desk, agent: FlaskClient, deed: str, fields: dict[str, object]
) -> None:
    seen = desk.now().messages[-1].id
    places = {desk.post(agent, deed, seen=seen, **fields).headers["Location"] for _ in range(2)}
    assert len(places) == 1
    assert "Nothing was done" not in agent.get(desk.path()).text


def test_every_form_that_changes_the_state_says_what_was_seen(
    desk: Desk, agent: FlaskClient
) -> None:
    last = desk.now().messages[-1].id
    page = agent.get(desk.path()).text
    assert page.count(f'name="seen" value="{last}"') == len(["resolve", "state"])
    desk.post(agent, "resolve", how="nothing")
    last = desk.now().messages[-1].id
    reopen = agent.get(desk.path()).text
    assert reopen.count(f'name="seen" value="{last}"') == len(["resolve", "reopen"])


def test_an_article_is_written_from_the_ticket(desk: Desk, agent: FlaskClient) -> None:
    answer = desk.post(agent, "article")
    link = desk.session.scalars(
        select(TicketArticle).where(TicketArticle.kind == LinkKind.DRAFTED)
    ).one()
    assert answer.headers["Location"] == f"/studio/articles/{link.article_id}/edit"
    editor = agent.get(answer.headers["Location"])
    assert "empty page" in editor.text
    assert desk.now().resolution is Resolution.DRAFTED


def test_what_is_written_stands_where_the_nearest_article_stands(
    desk: Desk, agent: FlaskClient
) -> None:
    near = make_article(
        desk.session,
        title="The invoice is an empty page",
        body="## Blank invoice\n\nOpen the invoice in another viewer: no empty page.\n",
        category="billing",
        tags=("invoice",),
    )
    indexes_of(desk.app).refresh()
    desk.post(agent, "article")
    written = desk.session.scalars(select(Article).order_by(Article.id.desc()).limit(1)).one()
    assert written.id != near.id
    assert written.category_id == near.category_id
    assert written.current_revision is not None
    assert written.current_revision.tags == ["invoice"]


def test_a_resolved_ticket_is_reopened(desk: Desk, agent: FlaskClient) -> None:
    desk.post(agent, "resolve", how="nothing")
    desk.post(agent, "state", state="open")
    assert desk.now().state is TicketState.OPEN
    assert desk.now().answer_due_at is not None


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("claim", {}),
        ("assign", {"assignee": ""}),
        ("move", {"queue": 1}),
        ("state", {"state": "open"}),
        ("resolve", {"how": "nothing"}),
        ("article", {}),
    ],
)
def test_an_agent_of_another_queue_can_do_none_of_it(
    desk: Desk, action: str, fields: dict[str, object]
) -> None:
    assert desk.post(desk.browser(desk.other_agent), action, **fields).status_code == 404
    assert desk.now().state is TicketState.NEW


@pytest.mark.parametrize("action", ["claim", "assign", "move", "state", "resolve", "article"])
def test_each_needs_the_forms_token(desk: Desk, agent: FlaskClient, action: str) -> None:
    assert agent.post(desk.path(action)).status_code == 400


def test_articles_and_similar_tickets_stand_beside_it(desk: Desk, agent: FlaskClient) -> None:
    make_article(
        desk.session,
        title="The invoice is an empty page",
        body="## Blank invoice\n\nOpen the invoice in another viewer: the page is no longer empty.\n",
    )
    make_article(desk.session, title="Change your password", body="## Steps\n\nChoose another.\n")
    earlier = make_ticket(
        desk.session, desk.settings, subject="Empty invoice page", state=TicketState.RESOLVED
    )
    hidden = make_ticket(
        desk.session,
        desk.settings,
        subject="Blank invoice, again",
        state=TicketState.RESOLVED,
        queue=desk.billing,
    )
    indexes_of(desk.app).refresh()
    page = agent.get(desk.path()).text
    assert "The invoice is an empty page" in page
    assert earlier.ticket.reference in page
    assert hidden.ticket.reference not in page


def test_a_search_finds_articles_to_insert(desk: Desk, agent: FlaskClient) -> None:
    make_article(desk.session, title="Change your password", slug="password")
    indexes_of(desk.app).refresh()
    fragment = agent.get(desk.path("articles"), query_string={"find": "password"})
    assert "Change your password" in fragment.text
    assert "[Change your password](http://localhost/en/articles/password)" in fragment.text
    assert "<html" not in fragment.text
    nothing = agent.get(desk.path("articles"), query_string={"find": "giraffe"})
    assert "No article fits" in nothing.text
