"""Every page that people see, each in the state in which there is most on it."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from app.db.database import Database
from app.db.models import OutboxEntry
from tests.journeys.circle import AGENTS, EDITORS, FILED, SOLVED, mail_to
from tests.journeys.conftest import People
from tests.journeys.running import Installation

ADMIN = "admin@example.org"
CUSTOMERS = {"en": "oliver@example.net", "es": "carmen@example.com"}
FORGOTTEN = {"en": "I forgot my password", "es": "He olvidado mi contraseña"}
UNKNOWN = {"en": "The parrot of the shop sings", "es": "El loro de la tienda canta"}
SOON = 10_000


@dataclass
class World:
    """What the pages are about: made once, through the product itself."""

    ticket_links: dict[str, str] = field(default_factory=dict)
    article_id: int = 0
    withdrawn: dict[str, str] = field(default_factory=dict)
    confirm_link: str = ""
    reset_link: str = ""
    undelivered_id: int = 0


def make_world(people: People, installation: Installation) -> World:
    """Tickets of somebody without an account, an article with a history, links in mail."""
    world = World(undelivered_id=give_up_a_mail(installation))
    stranger = people.somebody()
    for locale, subject in FORGOTTEN.items():
        filed = stranger.request.post(
            "/api/v1/tickets",
            data={
                "subject": subject,
                "body": subject,
                "email": "eva@example.com",
                "locale": locale,
            },
            headers={"Idempotency-Key": uuid.uuid4().hex},
        )
        world.ticket_links[locale] = filed.json()["url"]
    editor = people.signed_in(ADMIN)
    for locale in FORGOTTEN:
        world.withdrawn[locale] = _article(editor, "A page that is gone", locale)
        editor.click("button[formaction$='/withdraw']")
        expect(editor.locator(".studio-side .badge-archived")).to_be_visible()
    _article(editor, "A page with a past", "en")
    world.article_id = int(editor.url.rpartition("/")[2])
    editor.goto(f"{editor.url}/edit")
    editor.fill("[name=body]", BODY + "\nA later thought.\n")
    editor.click("form:has(textarea[name=body]) button[type=submit]:not([name])")
    expect(editor.locator(".flash").first).to_be_visible()
    world.confirm_link = _mailed(
        stranger, "new-en@example.com", "/account/confirm/", lambda: sign_up(stranger, "en")
    )
    world.reset_link = _mailed(
        stranger, AGENTS["en"], "/account/password/reset/", lambda: forget(stranger, AGENTS["en"])
    )
    return world


def give_up_a_mail(installation: Installation) -> int:
    """The id of a mail that was tried for three days, which no test can wait for."""
    moment = datetime.now(UTC)
    mail = OutboxEntry(
        key=f"given up {uuid.uuid4().hex}",
        kind="mail",
        payload={
            "template": "reset_password",
            "to": "a.very.long.name.of.somebody@a-very-long-name-of-a-company.example.com",
            "locale": "en",
            "context": {"hours": 1},
        },
        created_at=moment - timedelta(days=3),
        available_at=moment,
        attempts=20,
        failed_at=moment,
        last_error="SMTPRecipientsRefused: 550 5.1.1 " + "nobody@" + "x" * 120 + ".example.com",
    )
    database = Database(installation.database_url)
    with database.writing() as session:
        session.add(mail)
        session.commit()
        number = mail.id
    database.dispose()
    return number


BODY = """## Steps

1. Look at the table.

| Key | Meaning |
| --- | --- |
| `j` | next |

- [x] Press it, for ~~ten~~ five seconds
- [ ] See [what happens](#why)

> A quotation.

## Why

```python
answer = "and some code"
```
"""


def _article(editor: Page, title: str, locale: str) -> str:
    """A published article; returns its slug."""
    editor.goto(f"/studio/articles/new?locale={locale}")
    editor.fill("[name=title]", title)
    editor.fill("[name=summary]", "What this page is about.")
    editor.fill("[name=body]", BODY)
    editor.select_option("[name=category]", index=1)
    editor.click("form:has(textarea[name=body]) button[type=submit]:not([name])")
    editor.wait_for_url(re.compile(r"/studio/articles/\d+/edit$"))
    slug = editor.input_value("[name=slug]")
    editor.goto(editor.url.removesuffix("/edit"))
    editor.click("button[formaction$='/publish']")
    expect(editor.locator(".studio-side .badge-published")).to_be_visible()
    return slug


def _mailed(page: Page, address: str, path: str, ask: Callable[[], object]) -> str:
    """The link in the mail that somebody gets for asking."""
    page.goto("/demo/mail/")
    before = page.locator("tr", has_text=address).count()
    ask()
    mail_to(page, address, before + 1).first.locator("a").click()
    link = page.locator(f".mail-text a[href*='{path}']").get_attribute("href")
    assert link is not None
    return link


def forget(page: Page, address: str) -> None:
    page.goto("/en/account/password/forgot")
    page.fill("main [name=email]", address)
    page.click("main form button[type=submit]")
    expect(page).to_have_url(re.compile("/forgot/sent"))


def sign_up(page: Page, locale: str) -> None:
    page.goto(f"/{locale}/account/sign-up")
    page.fill("main [name=name]", "Nora Nueva")
    page.fill("main [name=email]", f"new-{locale}@example.com")
    page.fill("main [name=password]", "a phrase of several words")
    page.click("main form button[type=submit]")
    expect(page).to_have_url(re.compile("/sign-up/sent"))


@dataclass(frozen=True)
class Room:
    """A page in a state: who opens it, and how. `status` is what the server answers."""

    name: str
    endpoint: str
    who: Callable[[str], str | None]
    open: Callable[[Page, str, World], object]
    status: int = 200


def nobody(_locale: str) -> None:
    return None


def customer(locale: str) -> str:
    return CUSTOMERS[locale]


def agent(locale: str) -> str:
    return AGENTS[locale]


def editor(locale: str) -> str:
    return EDITORS[locale]


def admin(_locale: str) -> str:
    return ADMIN


def at(path: str) -> Callable[[Page, str, World], object]:
    """Open an address in which {locale} and the things of the world may stand."""

    def go(page: Page, locale: str, world: World) -> None:
        page.goto(
            path.format(
                locale=locale,
                article=world.article_id,
                gone=world.withdrawn[locale],
                undelivered=world.undelivered_id,
            )
        )

    return go


def type_in_search(page: Page, locale: str, _world: World) -> None:
    page.goto(f"/{locale}/")
    page.fill("main input[type=search]", FORGOTTEN[locale])
    page.locator("main [role=option]").first.wait_for(timeout=SOON)


def first_category(page: Page, locale: str, _world: World) -> None:
    page.goto(f"/{locale}/")
    page.locator(".shelf-title a").first.click()


def first_article(page: Page, locale: str, _world: World) -> None:
    page.goto(f"/{locale}/search?q={FORGOTTEN[locale]}")
    page.locator(".result-title a").first.click()


def no_because(page: Page, locale: str, world: World) -> None:
    first_article(page, locale, world)
    page.click(".feedback-no summary")


def draft(page: Page, locale: str, words: dict[str, str]) -> None:
    page.goto(f"/{locale}/ask")
    page.fill("[name=subject]", words[locale])
    page.fill("[name=body]", words[locale])


def suggested(page: Page, locale: str, _world: World) -> None:
    draft(page, locale, FORGOTTEN)
    first = page.locator("[data-article]").first
    first.locator("summary").click(timeout=SOON)
    first.locator("[data-verdict=tried]").click()
    first.locator("[aria-pressed=true]").wait_for()


def plain_suggestions(page: Page, locale: str, _world: World) -> None:
    """What a browser gets at the first *Send* when the form's script never came."""
    script = "**/static/js/ask.js*"
    page.route(script, lambda route: route.fulfill(body="", content_type="text/javascript"))
    draft(page, locale, FORGOTTEN)
    page.fill("[name=email]", "eva@example.com")
    page.click("form#ask .btn-primary")
    page.locator("form.ask-once").wait_for()
    page.unroute(script)


def refused_draft(page: Page, locale: str, _world: World) -> None:
    page.goto(f"/{locale}/ask")
    page.fill("[name=email]", "nobody")
    page.click("form#ask .btn-primary")
    page.locator(".field-error").first.wait_for()


def sent(page: Page, locale: str, _world: World) -> None:
    draft(page, locale, UNKNOWN)
    page.fill("[name=email]", "eva@example.com")
    page.click("form#ask .btn-primary")
    page.wait_for_url(FILED)


def solved(page: Page, locale: str, _world: World) -> None:
    draft(page, locale, FORGOTTEN)
    page.locator("[data-verdict=solved]").first.click(timeout=SOON)
    page.wait_for_url(SOLVED)


def ticket_by_link(page: Page, locale: str, world: World) -> None:
    page.goto(world.ticket_links[locale])
    page.goto(f"/{locale}{page.url.partition(f'/{locale}')[2] or '/tickets'}")


def own_ticket(page: Page, locale: str, _world: World) -> None:
    page.goto(f"/{locale}/tickets")
    page.locator(".own-ticket a").last.click()


def wrong_password(page: Page, locale: str, _world: World) -> None:
    page.goto(f"/{locale}/account/sign-in")
    page.fill("main [name=email]", "eva@example.com")
    page.fill("main [name=password]", "wrong")
    page.click("main form button[type=submit]")
    page.locator("[role=alert]").wait_for()


def refused_sign_up(page: Page, locale: str, _world: World) -> None:
    page.goto(f"/{locale}/account/sign-up")
    page.click("main form button[type=submit]")
    page.locator(".field-error").first.wait_for()


def forgot_sent(page: Page, locale: str, _world: World) -> None:
    page.goto(f"/{locale}/account/password/forgot")
    page.fill("main [name=email]", "nobody@example.com")
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile("/sent"))


def confirm_link(page: Page, locale: str, world: World) -> None:
    page.goto(world.confirm_link.replace("/en/", f"/{locale}/"))
    page.locator("main form button").wait_for()


def reset_link(page: Page, locale: str, world: World) -> None:
    page.goto(world.reset_link.replace("/en/", f"/{locale}/"))
    page.locator("main [type=password]").first.wait_for()


def desk_ticket(page: Page, locale: str, _world: World) -> None:
    """A ticket with everything open that folds."""
    page.goto("/desk/?view=all")
    page.locator("[data-row-link]").first.click()
    page.click("#resolve-panel > summary")
    page.fill("#composer [name=body]", "**Hello**, a [link](https://example.org/).")
    page.click("[data-preview-button]")
    page.locator("[data-preview-area] strong").wait_for()


def desk_note(page: Page, locale: str, _world: World) -> None:
    page.goto("/desk/?view=all")
    page.locator("[data-row-link]").last.click()
    page.wait_for_url(re.compile("/desk/tickets/"))
    page.keyboard.press("n")
    page.locator("#audience-note").wait_for()


def desk_keys(page: Page, locale: str, _world: World) -> None:
    page.goto("/desk/?view=all")
    page.keyboard.press("?")
    page.locator("#keys").wait_for()


def resolved_desk_ticket(page: Page, locale: str, _world: World) -> None:
    page.goto("/desk/?view=all&state=resolved")
    page.locator("[data-row-link]").first.click()
    page.locator(".desk-more summary").click()


def first_mail(page: Page, locale: str, _world: World) -> None:
    page.goto("/demo/mail/")
    page.locator("main td a").first.click()


def refused_article(page: Page, locale: str, _world: World) -> None:
    page.goto("/studio/articles/new")
    page.click("form:has(textarea[name=body]) button[type=submit]:not([name])")
    page.locator(".field-error").first.wait_for()


def refused_threshold(page: Page, locale: str, _world: World) -> None:
    page.goto("/studio/search-quality/")
    page.fill("#sure", "many")
    page.click("main button[value=save]")
    page.locator(".field-error").first.wait_for()


def first_of(path: str, link: str) -> Callable[[Page, str, World], object]:
    def go(page: Page, locale: str, _world: World) -> None:
        page.goto(path)
        page.locator(link).first.click()

    return go


def refused_invitation(page: Page, locale: str, _world: World) -> None:
    page.goto("/studio/people/invite")
    page.click("main form button[type=submit]")
    page.locator(".field-error").first.wait_for()


ROOMS = (
    Room("home", "help_home.home", nobody, at("/{locale}/")),
    Room("live search", "help_search.live", nobody, type_in_search),
    Room("category", "help_home.category", nobody, first_category),
    Room("article", "help_articles.show", nobody, first_article),
    Room("article, no because", "help_articles.show", nobody, no_because),
    Room("search", "help_search.results", nobody, at("/{locale}/search")),
    Room("results", "help_search.results", nobody, at("/{locale}/search?q=pasword&language=all")),
    Room("no results", "help_search.results", nobody, at("/{locale}/search?q=zzyzx")),
    Room("ask", "help_ask.form", nobody, at("/{locale}/ask")),
    Room("ask with suggestions", "help_ask.form", nobody, suggested),
    Room("suggestions without a script", "help_ask.send", nobody, plain_suggestions),
    Room("ask refused", "help_ask.send", nobody, refused_draft, 422),
    Room("sent", "help_ask.sent", nobody, sent),
    Room("solved", "help_attempts.solved", nobody, solved),
    Room("no tickets", "help_tickets.mine", nobody, at("/{locale}/tickets")),
    Room("ticket by link", "help_tickets.open", nobody, ticket_by_link),
    Room("sign in", "account_session.sign_in", nobody, at("/{locale}/account/sign-in")),
    Room("sign in refused", "account_session.submit_sign_in", nobody, wrong_password, 422),
    Room("sign up", "account_registration.sign_up", nobody, at("/{locale}/account/sign-up")),
    Room(
        "sign up refused", "account_registration.submit_sign_up", nobody, refused_sign_up, 422
    ),
    Room("sign up sent", "account_registration.sent", nobody, at("/{locale}/account/sign-up/sent")),
    Room("confirm", "account_registration.confirm", nobody, confirm_link),
    Room("dead link", "account_registration.confirm", nobody,
         at("/{locale}/account/confirm/nothing"), 410),
    Room("forgot", "account_password.forgot", nobody, at("/{locale}/account/password/forgot")),
    Room("forgot sent", "account_password.sent", nobody, forgot_sent),
    Room("reset", "account_password.reset", nobody, reset_link),
    Room("not found", "", nobody, at("/{locale}/nowhere"), 404),
    Room("withdrawn", "help_articles.show", nobody, at("/{locale}/articles/{gone}"), 410),
    Room("sign in first", "desk_queue.queue", nobody, at("/desk/"), 401),
    Room("demo mail", "demo_mail.inbox", nobody, at("/demo/mail/")),
    Room("a mail", "demo_mail.message", nobody, first_mail),
    Room("my tickets", "help_tickets.mine", customer, at("/{locale}/tickets")),
    Room("my ticket", "help_tickets.show", customer, own_ticket),
    Room("profile", "account_profile.profile", customer, at("/{locale}/account")),
    Room("not for customers", "studio_inbox.inbox", customer, at("/studio/"), 403),
    Room("queue", "desk_queue.queue", agent, at("/desk/?view=all")),
    Room("queue, nothing found", "desk_queue.queue", agent, at("/desk/?q=zzyzx")),
    Room("keys", "desk_queue.queue", agent, desk_keys),
    Room("desk ticket", "desk_ticket.show", agent, desk_ticket),
    Room("desk note", "desk_ticket.show", agent, desk_note),
    Room("resolved desk ticket", "desk_ticket.show", agent, resolved_desk_ticket),
    Room("inbox", "studio_inbox.inbox", editor, at("/studio/")),
    Room("articles", "studio_articles.index", editor, at("/studio/articles/")),
    Room("review", "studio_review.article", editor, at("/studio/articles/{article}")),
    Room("editor", "studio_editor.edit", editor, at("/studio/articles/{article}/edit")),
    Room("new article refused", "studio_editor.new", editor, refused_article, 422),
    Room("history", "studio_articles.history", editor, at("/studio/articles/{article}/history")),
    Room("changes", "studio_articles.changes", editor, at("/studio/articles/{article}/history/2")),
    Room("people", "studio_people.people", admin, at("/studio/people/")),
    Room("person", "studio_people.edit", admin, first_of("/studio/people/", "main tbody a")),
    Room("invite", "studio_people.invite", admin, refused_invitation, 422),
    Room("organisations", "studio_organisations.organisations", admin,
         at("/studio/organisations/")),
    Room("organisation", "studio_organisations.edit", admin,
         first_of("/studio/organisations/", "main table a, main li a")),
    Room("search quality", "studio_search_quality.quality", admin, at("/studio/search-quality/")),
    Room("undelivered", "studio_undelivered.index", admin, at("/studio/undelivered/")),
    Room("discard", "studio_undelivered.confirm_discard", admin,
         at("/studio/undelivered/{undelivered}/discard")),
    Room("threshold refused", "studio_search_quality.decide", admin, refused_threshold, 422),
)  # fmt: skip
