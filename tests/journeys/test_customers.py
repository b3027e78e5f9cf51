"""What customers do besides the circle: choose by keyboard, come back, attach, reopen, mistype."""

import base64
import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.circle import FILED, WAYS, Story, Way, send, story_for, write
from tests.journeys.conftest import PHONE, People

SCRIPTED = [way for way in WAYS if way.javascript]
PLAIN = [way for way in WAYS if not way.javascript]
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PASSWORD = {"en": "password", "es": "contraseña"}


@pytest.mark.parametrize("way", SCRIPTED, ids=str)
def test_live_search_is_driven_by_the_keyboard(people: People, way: Way) -> None:
    page = people.somebody(**way.browser)
    page.goto(f"/{way.locale}/")
    box = page.locator("main input[type=search]")
    box.press_sequentially(PASSWORD[way.locale], delay=5)
    options = page.locator("main [role=option]")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    chosen = options.nth(1).get_attribute("id")
    assert chosen is not None
    expect(box).to_have_attribute("aria-activedescendant", chosen)
    box.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value(PASSWORD[way.locale])
    expect(box).to_be_focused()
    box.press("ArrowDown")
    expect(options.first).to_be_visible()
    title = options.first.locator(".live-title").inner_text()
    box.press("ArrowDown")
    box.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


@pytest.mark.parametrize("way", SCRIPTED, ids=str)
def test_a_draft_survives_a_reload_with_its_files(people: People, way: Way) -> None:
    story = story_for(way)
    page = people.somebody(**way.browser)
    page.goto(f"/{way.locale}/ask")
    write(page, story.subject, story.body)
    page.check("[name=kind][value=problem]")
    page.fill("[name=email]", story.email)
    attach(page, "screen.png", PICTURE)
    expect(page.locator(".waiting-files")).to_contain_text("screen.png")
    page.reload()
    expect(page.locator("[data-draft-kept]")).to_be_visible()
    expect(page.locator("[name=subject]")).to_have_value(story.subject)
    expect(page.locator("[name=body]")).to_have_value(story.body)
    expect(page.locator("[name=kind][value=problem]")).to_be_checked()
    expect(page.locator("[name=email]")).to_have_value(story.email)
    expect(page.locator(".waiting-files")).to_contain_text("screen.png")
    page.click("[data-draft-discard]")
    expect(page.locator("[name=subject]")).to_have_value("")
    page.reload()
    expect(page.locator("[name=subject]")).to_have_value("")


@pytest.mark.parametrize("way", [SCRIPTED[0], PLAIN[0]], ids=str)
def test_files_reach_the_ticket_and_nobody_else(people: People, way: Way) -> None:
    story = story_for(way)
    page = people.somebody(**way.browser)
    page.goto(f"/{way.locale}/ask")
    write(page, story.subject, story.body)
    page.fill("[name=email]", story.email)
    attach(page, "screen.png", PICTURE)
    if way.javascript:
        expect(page.locator(".waiting-files")).to_contain_text("screen.png")
        attach(page, "setup.exe", b"MZ" + b"\0" * 100)
        expect(page.locator("[data-files] .field-error")).to_be_visible()
        expect(page.locator(".waiting-files li")).to_have_count(1)
    send(page, way)
    page.click("main .btn-primary")
    picture = page.locator(".attachments img")
    expect(picture).to_have_js_property("naturalWidth", 1)
    file = page.locator(".attachments a:not(.attachment-picture)")
    expect(file).to_have_text("screen.png")
    with page.expect_download() as download:
        file.click()
    assert download.value.suggested_filename == "screen.png"
    assert download.value.path().read_bytes() == PICTURE
    address = file.get_attribute("href")
    assert address is not None
    answered = page.request.get(address)
    assert answered.headers["x-content-type-options"] == "nosniff"
    assert answered.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in answered.headers["content-security-policy"]
    stranger = people.somebody(**way.browser)
    assert stranger.request.get(address).status == 404
    other = people.signed_in("oliver@example.net", **way.browser)
    assert other.request.get(address).status == 404


@pytest.mark.parametrize("way", [SCRIPTED[1], PLAIN[1]], ids=str)
def test_a_ticket_is_solved_and_reopened(people: People, way: Way) -> None:
    story = story_for(way)
    page = filed(people, way, story)
    page.click("main .btn-primary")
    page.click("form[action$='/solved'] button")
    expect(page.locator(".badge-resolved")).to_be_visible()
    page.click("form[action$='/reopen'] button")
    expect(page.locator(".badge-resolved")).to_have_count(0)
    page.click("form[action$='/solved'] button")
    expect(page.locator(".badge-resolved")).to_be_visible()
    page.fill("#reply [name=body]", story.again)
    page.click("#reply button[type=submit]")
    expect(page.locator(".badge-resolved")).to_have_count(0)
    page.goto(f"/{way.locale}/tickets")
    expect(page.locator(".own-ticket", has_text=story.subject)).to_be_visible()


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_what_is_wrong_keeps_everything_typed(people: People, way: Way) -> None:
    story = story_for(way)
    page = people.somebody(**way.browser)
    page.goto(f"/{way.locale}/ask")
    write(page, story.subject, story.body)
    page.check("[name=kind][value=problem]")
    page.fill("[name=email]", "marta at example")
    page.fill("[name=name]", story.name)
    page.click("form#ask button.btn-primary")
    wrong = page.locator("[name=email]")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field-error")).to_have_count(1)
    expect(wrong).to_have_value("marta at example")
    expect(page.locator("[name=subject]")).to_have_value(story.subject)
    expect(page.locator("[name=body]")).to_have_value(story.body)
    expect(page.locator("[name=name]")).to_have_value(story.name)
    expect(page.locator("[name=kind][value=problem]")).to_be_checked()
    wrong.fill(story.email)
    send(page, way)


def test_back_after_sending_leads_to_an_empty_form(people: People) -> None:
    way = SCRIPTED[0]
    page = filed(people, way, story_for(way))
    page.go_back()
    expect(page.locator("[name=subject]")).to_have_value("")
    expect(page.locator("[name=body]")).to_have_value("")
    expect(page.locator("[data-draft-kept]")).to_be_hidden()


def test_a_reply_survives_a_reload_and_is_gone_when_it_was_sent(people: People) -> None:
    way = SCRIPTED[0]
    story = story_for(way)
    page = filed(people, way, story)
    page.click("main .btn-primary")
    reply = page.locator("#reply [name=body]")
    page.click("#reply button[type=submit]")
    expect(reply).to_have_attribute("aria-invalid", "true")
    expect(reply).to_be_focused()
    reply.fill(story.again)
    page.goto(page.url.removesuffix("/reply"))
    expect(reply).to_have_value(story.again)
    page.click("#reply button[type=submit]")
    expect(page.locator(".entry-customer").last).to_contain_text(story.again)
    expect(reply).to_have_value("")


def test_who_has_an_account_finds_the_ticket_there(people: People) -> None:
    way = SCRIPTED[1]
    story = story_for(way)
    page = people.signed_in("carmen@example.com", **way.browser)
    page.goto(f"/{way.locale}/ask")
    expect(page.locator("[name=email]")).to_have_value("carmen@example.com")
    write(page, story.subject, story.body)
    send(page, way)
    page.goto(f"/{way.locale}/tickets")
    page.locator(".own-ticket a", has_text=story.subject).click()
    expect(page.locator("h1")).to_have_text(story.subject)


def filed(people: People, way: Way, story: Story) -> Page:
    """The page after somebody without an account has sent a ticket."""
    page = people.somebody(**way.browser)
    page.goto(f"/{way.locale}/ask")
    write(page, story.subject, story.body)
    page.fill("[name=email]", story.email)
    send(page, way)
    expect(page).to_have_url(FILED)
    return page


def attach(page: Page, name: str, content: bytes) -> None:
    page.set_input_files(
        "input[type=file]",
        {"name": name, "mimeType": "application/octet-stream", "buffer": content},
    )


def test_the_menu_of_a_phone_opens_and_closes(people: People) -> None:
    page = people.somebody(locale="en", viewport=PHONE)
    page.goto("/en/")
    page.click("[data-menu] summary")
    link = page.locator("[data-menu] a[href='/en/ask']")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    page.click("[data-menu] summary")
    link.click()
    expect(page).to_have_url(re.compile("/en/ask$"))
