"""The main job: a question nobody knew, answered by a person, is answered by an article next time."""

import re
import time
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.circle import (
    AGENTS,
    EDITORS,
    PRIVATE,
    WAYS,
    Story,
    Way,
    answer,
    ask_us,
    mail_about,
    mail_to,
    open_ticket,
    publish,
    search,
    send,
    solve,
    story_for,
    suggestion,
    write,
    write_article,
)
from tests.journeys.conftest import People

SUGGESTED_WITHIN_MS = 2000
FOUND_WITHIN_SECONDS = 30
"""A second for the product; two more for a browser on a machine that does other things, too."""


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_the_same_words_find_the_answer_next_time(people: People, way: Way) -> None:
    story = story_for(way)
    customer = people.somebody(**way.browser)
    reference, link = file_in_vain(customer, way, story)

    agent = people.signed_in(AGENTS[way.locale], **way.browser)
    open_ticket(agent, reference)
    expect(agent.locator(".desk-context")).to_contain_text(story.email)
    agent.click("[data-claim] button")
    expect(agent.locator("[data-claim]")).to_have_count(0)
    sent_article = answer(agent, way, story)

    read_and_reply(people, way, story, link, sent_article)

    agent.reload()
    expect(agent.locator(".entry-customer").last).to_contain_text(story.again)
    address = write_article(agent, story)
    agent.goto(address)
    agent.locator("button[formaction$='/submit']").click()
    expect(agent.locator(".studio-side .badge-review")).to_be_visible()

    editor = people.signed_in(EDITORS[way.locale], **way.browser)
    published_at = publish(editor, story)
    is_suggested_within_a_moment(customer, way, story, published_at)

    customer_is_told(people, story)
    next_one_is_answered(people, way, story)


def file_in_vain(customer: Page, way: Way, story: Story) -> tuple[str, str]:
    """Search without finding it, ask, send; returns the reference and the private link."""
    search(customer, way, story.subject)
    expect(customer.locator("main")).not_to_contain_text(story.reply[:40])
    ask_us(customer)
    expect(customer.locator("[name=subject]")).to_have_value(story.subject)
    write(customer, story.subject, story.body)
    customer.fill("[name=email]", story.email)
    customer.fill("[name=name]", story.name)
    send(customer, way)
    reference = customer.locator(".after-reference").inner_text()
    assert reference.strip()
    expect(customer.locator(".after-facts time")).to_have_attribute("datetime", re.compile("20"))
    link = customer.locator(".after-link").get_attribute("href")
    assert link is not None
    return reference, link


def read_and_reply(people: People, way: Way, story: Story, link: str, sent_article: str) -> None:
    """The customer opens the link of the mail elsewhere, without an account, and writes back."""
    elsewhere = people.somebody(**way.browser)
    mail_to(elsewhere, story.email, 2).first.locator("a").click()
    expect(elsewhere.locator(".mail-text")).to_contain_text(story.reply[:40])
    elsewhere.locator(f".mail-text a[href*='{urlsplit(link).path}']").first.click()
    answer_ = elsewhere.locator(".entry-agent").last
    expect(answer_).to_contain_text(story.reply[:40])
    expect(answer_.locator("a", has_text=sent_article)).to_be_visible()
    elsewhere.fill("#reply [name=body]", story.again)
    elsewhere.click("#reply button[type=submit]")
    expect(elsewhere.locator(".entry-customer").last).to_contain_text(story.again)


def is_suggested_within_a_moment(
    customer: Page, way: Way, story: Story, published_at: float
) -> None:
    """Another program posts the same words until the new article comes."""
    draft = {"subject": story.subject, "body": "", "locale": way.locale}
    while True:
        answered = customer.request.post("/api/v1/suggestions", data=draft).json()
        if story.title in [each["article"]["title"] for each in answered["suggestions"]]:
            return
        assert time.monotonic() - published_at < FOUND_WITHIN_SECONDS, answered


def customer_is_told(people: People, story: Story) -> None:
    """The mail of the published article leads to it."""
    page = people.somebody()
    mail_about(page, story.email, story.title).locator("a").click()
    page.locator(".mail-text a[href*='/articles/']").first.click()
    expect(page.locator("h1")).to_have_text(story.title)
    words = page.locator("article.article").inner_text()
    assert story.reply[:40] in words
    assert "marta.quiroga@example.com" not in words
    assert not PRIVATE.search(words)


def next_one_is_answered(people: People, way: Way, story: Story) -> None:
    """Somebody else types the same words, and needs nobody."""
    visitor = people.somebody(**way.browser)
    search(visitor, way, story.subject)
    expect(visitor.locator(".result-title a").first).to_have_text(story.title)
    solve_by_article(visitor, way, story)
    visitor.locator("form[action$='/undo'] button").click()
    expect(visitor.locator("[name=subject]")).to_have_value(story.subject)
    expect(visitor.locator("[name=body]")).to_have_value(story.body)
    if way.javascript:
        solve(visitor, suggestion(visitor, story.title))
    else:  # who takes it back has seen the suggestions: sending would go to a person
        solve_by_article(visitor, way, story)
    visitor.goto(f"/{way.locale}/tickets")
    expect(visitor.locator("h1")).to_be_visible()
    expect(visitor.locator(".own-ticket")).to_have_count(0)


def solve_by_article(visitor: Page, way: Way, story: Story) -> None:
    visitor.goto(f"/{way.locale}/ask")
    write(visitor, story.subject, story.body)
    visitor.fill("[name=email]", f"next.{story.email}")
    if not way.javascript:
        visitor.locator("form#ask button.btn-primary[type=submit]").click()
    solve(visitor, suggestion(visitor, story.title))


@pytest.mark.parametrize("way", [way for way in WAYS if way.javascript], ids=str)
def test_what_was_tried_beside_the_form_reaches_the_agent(people: People, way: Way) -> None:
    story = story_for(way)
    customer = people.somebody(**way.browser)
    customer.goto(f"/{way.locale}/ask")
    customer.locator("[name=subject]").press_sequentially(story.forgotten, delay=5)
    offered = customer.locator("[data-article]").first
    expect(offered).to_be_visible(timeout=SUGGESTED_WITHIN_MS)
    expect(customer.locator("[name=subject]")).to_be_focused()
    expect(offered.locator(".suggestion-because mark").first).to_be_visible()
    title = offered.locator(".suggestion-title").inner_text()
    offered.locator("summary").click()
    expect(offered.locator(".suggestion-answer")).to_be_visible()
    assert "/ask" in customer.url
    offered.locator("[data-verdict=tried]").click()
    expect(offered.locator("[data-verdict=tried]")).to_have_attribute("aria-pressed", "true")
    customer.fill("[name=body]", story.body)
    customer.fill("[name=email]", story.email)
    send(customer, way)
    reference = customer.locator(".after-reference").inner_text()

    agent = people.signed_in(AGENTS[way.locale], **way.browser)
    open_ticket(agent, reference)
    tried = agent.locator(".tried-rejected", has_text=title)
    expect(tried).to_be_visible()
    warned_before_sending_it_again(agent, title)


def warned_before_sending_it_again(agent: Page, title: str) -> None:
    """The article that did not help is sent only when the agent says so twice."""
    agent.fill("#find", title)
    agent.press("#find", "Enter")
    agent.locator("[data-found] .offer", has_text=title).locator("[data-insert]").click()
    agent.click("#composer [name=action][value=send]")
    warning = agent.locator("#composer [role=alert]")
    expect(warning).to_contain_text(title)
    agent.click("#composer [name=action][value=anyway]")
    expect(agent.locator(".entry-agent").last).to_contain_text(title)


@pytest.mark.parametrize("way", [way for way in WAYS if not way.javascript], ids=str)
def test_without_a_script_the_first_send_shows_what_may_solve_it_once(
    people: People, way: Way
) -> None:
    story = story_for(way)
    customer = people.somebody(**way.browser)
    customer.goto(f"/{way.locale}/ask")
    write(customer, story.forgotten, story.body)
    customer.fill("[name=email]", story.email)
    customer.locator("form#ask button.btn-primary[type=submit]").click()
    offered = customer.locator("[data-article]").first
    title = offered.locator(".suggestion-title").inner_text()
    offered.locator("summary").click()
    expect(offered.locator(".suggestion-answer")).to_be_visible()
    offered.locator("[name=verdict][value^='tried:']").click()
    expect(customer.locator(".notice-good")).to_be_visible()
    expect(customer.locator(".ask-yours")).to_contain_text(story.body.splitlines()[0])
    customer.locator("[name=seen][value=yes]").click()
    reference = customer.locator(".after-reference").inner_text()

    agent = people.signed_in(AGENTS[way.locale], **way.browser)
    open_ticket(agent, reference)
    expect(agent.locator(".tried-rejected", has_text=title)).to_be_visible()
