"""The steps of the circle, done as people do them: with and without a script."""

import re
import time
import uuid
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.journeys.conftest import PHONE, WIDE

AGENTS = {"en": "ben@example.org", "es": "ana@example.org"}
EDITORS = {"en": "admin@example.org", "es": "elena@example.org"}
FILED = re.compile(r"/ask/sent/")
SOLVED = re.compile(r"/ask/attempts/[\w-]+/solved$")
PRIVATE = re.compile(r"⟦[^⟧]*⟧")
WAITING = re.compile(r"⟦[^⟧]*⟧|^\*[^*]+\*$")
"""Lines of a draft that stop it: with private words, or hints that nobody wrote over."""


@dataclass(frozen=True)
class Way:
    """Who goes round: their language, with or without a script, on which screen."""

    locale: str
    javascript: bool
    viewport: ViewportSize

    @property
    def browser(self) -> dict[str, Any]:
        return {"locale": self.locale, "javascript": self.javascript, "viewport": self.viewport}

    def __str__(self) -> str:
        script = "script" if self.javascript else "plain"
        return f"{self.locale}-{script}-{self.viewport['width']}"


WAYS = (
    Way("en", javascript=True, viewport=WIDE),
    Way("es", javascript=True, viewport=PHONE),
    Way("es", javascript=False, viewport=WIDE),
    Way("en", javascript=False, viewport=PHONE),
)


@dataclass(frozen=True)
class Problem:
    """What no article knows; `{}` stands for the make that is invented for each run."""

    subject: str
    body: str
    reply: str


@dataclass(frozen=True)
class Story:
    """A problem as one customer has it."""

    subject: str
    body: str
    reply: str
    name: str
    email: str
    forgotten: str
    """A draft that an article of the product's own answers."""
    article_to_send: str
    """Words that find an article of the product's own."""
    again: str
    """What the customer writes back."""

    @property
    def title(self) -> str:
        """Of the article that is written from it."""
        return self.subject


SIGNATURES = {
    "en": "I am Marta Quiroga, call me on +34 600 123 456 or write to marta.quiroga@example.com.",
    "es": "Soy Marta Quiroga, mi teléfono es +34 600 123 456 y mi correo marta.quiroga@example.com.",
}
PROBLEMS = {
    "en-script-1280": Problem(
        subject="{} scanner counts every shelf label twice",
        body="At stock taking the {} scanner counts each shelf label double: totals are wrong.",
        reply="Hold the yellow trigger of the scanner until it vibrates: continuous counting ends.",
    ),
    "en-plain-390": Problem(
        subject="{} till drawer stays locked after closing time",
        body="The {} drawer of our till will not unlock at night and the coins are stuck in it.",
        reply="Turn the small key under the till drawer to the left; it needs no electricity.",
    ),
    "es-script-390": Problem(
        subject="La báscula {} pesa el queso en onzas",
        body="Desde ayer la báscula {} muestra onzas al pesar queso y la gente espera gramos.",
        reply="Mantén pulsada la tecla de tara de la báscula hasta que el visor muestre gramos.",
    ),
    "es-plain-1280": Problem(
        subject="El horno {} apaga el ventilador a media hornada",
        body="A los diez minutos el horno {} apaga su ventilador y el pan queda crudo por abajo.",
        reply="Limpia la rejilla trasera del horno; con polvo, el ventilador se protege y se para.",
    ),
}
FORGOTTEN = {
    "en": "I forgot my password and cannot sign in to my account",
    "es": "He olvidado mi contraseña y no puedo entrar en mi cuenta",
}
ARTICLES = {"en": "attach a file", "es": "adjuntar un archivo"}
AGAIN = {"en": "That was it, thank you.", "es": "Era eso, muchas gracias."}


def story_for(way: Way) -> Story:
    problem = PROBLEMS[str(way)]
    digits = [int(digit, 16) for digit in uuid.uuid4().hex[:5]]
    make = "".join("bdfgklmnprstvzjx"[digit] + "aeiou"[digit % 5] for digit in digits).capitalize()
    return Story(
        subject=problem.subject.format(make),
        body=f"{problem.body.format(make)}\n\n{SIGNATURES[way.locale]}",
        reply=problem.reply,
        name="Marta Quiroga",
        email=f"marta.{uuid.uuid4().hex[:8]}@example.com",
        forgotten=FORGOTTEN[way.locale],
        article_to_send=ARTICLES[way.locale],
        again=AGAIN[way.locale],
    )


def search(page: Page, way: Way, words: str) -> None:
    """Type into the search box of the front door and press Enter."""
    page.goto(f"/{way.locale}/")
    box = page.locator("main input[type=search]")
    box.fill(words)
    box.press("Enter")
    page.wait_for_url(re.compile("/search"))


def ask_us(page: Page) -> None:
    """From any page of the help centre to the form."""
    page.locator("main a.btn[href*='/ask']").click()
    expect(page.locator("form#ask")).to_be_visible()


def write(page: Page, subject: str, body: str) -> None:
    page.fill("[name=subject]", subject)
    page.fill("[name=body]", body)


def suggestion(page: Page, title: str) -> Locator:
    return page.locator("[data-article]").filter(
        has=page.locator(".suggestion-title", has_text=title)
    )


def send(page: Page, way: Way) -> None:
    """Send it to a person, past the suggestions that a browser without a script sees first."""
    page.locator("form#ask button.btn-primary[type=submit]:visible").first.click()
    if not way.javascript and not FILED.search(page.url):
        page.locator("[name=seen][value=yes]").first.click()
    expect(page).to_have_url(FILED)


def solve(page: Page, offered: Locator) -> None:
    offered.locator("[name=verdict][value^='solved:']").click()
    expect(page).to_have_url(SOLVED)


def open_ticket(page: Page, reference: str) -> None:
    """Find the ticket in the queue of those that nobody has."""
    page.goto("/desk/?view=unassigned")
    row = page.locator("[data-row]", has_text=reference)
    row.locator("[data-row-link]").click()
    expect(page.locator(".desk-facts")).to_contain_text(reference)


def answer(page: Page, way: Way, story: Story) -> str:
    """Write a reply, put an article in, send it; returns the title of the article."""
    body = page.locator("#composer [name=body]")
    body.fill(story.reply)
    page.fill("#find", story.article_to_send)
    if way.javascript:
        page.press("#find", "Enter")
    else:
        page.click("[name=action][value=find]")
    offer = page.locator("[data-found] .offer").first
    title = offer.locator("a").first.inner_text().splitlines()[0].split(" (")[0].strip()
    offer.locator("[name=action][value^='insert:']").click()
    expect(body).to_have_value(re.compile(r"\]\(http"))
    assert story.reply in body.input_value()
    page.click("#composer [name=action][value=send]")
    expect(page.locator(".entry-agent").last).to_contain_text(title)
    return title


def write_article(page: Page, story: Story) -> str:
    """Begin an article from the ticket, take out what is private; returns its page's address."""
    page.click("#resolve-panel > summary")
    page.locator("#resolve button[formaction$='/article']").click()
    body = page.locator("textarea[name=body]")
    expect(body).to_have_value(PRIVATE)
    text = body.input_value()
    marked = PRIVATE.findall(text)
    for private in (story.name, "600 123 456", "marta.quiroga@example.com"):
        assert any(private in mark for mark in marked), (private, marked)
    assert page.input_value("[name=title]") == story.title
    address = page.url.removesuffix("/edit")
    page.goto(address)
    page.locator("button[formaction$='/submit']").click()
    expect(page.get_by_role("alert")).to_be_visible()  # not while something private is in it
    page.goto(f"{address}/edit")
    body.fill("\n".join(line for line in text.splitlines() if not WAITING.search(line)))
    page.locator("form:has(textarea[name=body]) button[type=submit]:not([name])").click()
    expect(page.locator(".flash, [role=status], .notice-good").first).to_be_visible()
    assert not PRIVATE.search(body.input_value())
    return address


def publish(page: Page, story: Story) -> float:
    """Find it among what waits for review, look at it, publish; returns when, for the clock."""
    page.goto("/studio/")
    page.locator("section:has(#to-review) .entry-title", has_text=story.title).click()
    expect(page.locator(".studio-paper")).to_contain_text(story.reply[:40])
    if page.locator("#category").count():  # nothing that it was written beside stood in one
        page.select_option("#category", index=1)
    page.locator("button[formaction$='/publish']").click()
    expect(page.locator(".studio-side .badge-published")).to_be_visible()
    return time.monotonic()


def mail_to(page: Page, address: str, count: int) -> Locator:
    """The rows of the demo's mail to somebody, the newest first, when there are so many."""
    rows = page.locator("tr", has_text=address)
    for _try in range(60):
        page.goto("/demo/mail/")
        if rows.count() >= count:
            return rows
        page.wait_for_timeout(250)
    raise AssertionError(f"{rows.count()} messages to {address} instead of {count}")


def mail_about(page: Page, address: str, words: str) -> Locator:
    """The row of the demo's mail to somebody whose subject has these words, once it is there."""
    row = page.locator("tr", has_text=address).filter(has_text=words).first
    for _try in range(60):
        page.goto("/demo/mail/")
        if row.count():
            return row
        page.wait_for_timeout(250)
    raise AssertionError(f"no mail to {address} about {words}")
