"""Make the pictures of docs/screens: a fresh demo, a browser, and what people do in it."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from app.accounts.demo import SIGN_INS
from tests.journeys.running import Installation

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 780}
SIGN_IN = {sign_in.email: sign_in for sign_in in SIGN_INS}

SUBJECTS = {"en": "I cannot sign in any more", "es": "Ya no puedo entrar"}
BODIES = {
    "en": "Since yesterday it says that the address or the password is wrong. I think I forgot my "
    "password. How do I get a new one?",
    "es": "Desde ayer me dice que la dirección o la contraseña no es correcta. Creo que he "
    "olvidado la contraseña. ¿Cómo consigo otra?",
}
STILL = {
    "en": "\n\nI asked for a new one twice. The message never arrives, not even in the spam folder.",
    "es": "\n\nHe pedido otra dos veces. El mensaje no llega nunca, ni a la carpeta de spam.",
}
CUSTOMERS = {
    "en": ("Iris Vance", "iris.vance@example.com"),
    "es": ("Teo Salas", "teo.salas@example.com"),
}
ARTICLE = (
    "The invoice PDF opens as a blank page",
    "Some viewers keep an old copy of the file.",
    """## The problem

> The PDF of my October invoice is blank on the computer in the shop. On the phone it shows.

## Why it happens

The viewer shows a copy that it kept from before the invoice was finished.

## Solution

1. Close every window in which the invoice is open.
2. Choose **Download again** beside the invoice.
3. Open the new file. It ends in today's date.

| Viewer | Where the old copies are |
| --- | --- |
| Browser | Settings → Privacy → Clear cache |
| Adobe Reader | Edit → Preferences → Documents |
""",
)


@dataclass(frozen=True)
class Screen:
    """A picture: of what, for whom, how large, light or dark."""

    name: str
    take: Callable[[Page, str], object]
    locale: str = "en"
    viewport: ViewportSize | None = None
    dark: bool = False
    email: str = ""


def home(page: Page, locale: str) -> None:
    """The front door."""
    page.goto(f"/{locale}/")


def draft(page: Page, locale: str) -> None:
    """A draft, with what may solve it beside it, the first one open."""
    page.goto(f"/{locale}/ask")
    page.fill("[name=subject]", SUBJECTS[locale])
    page.fill("[name=body]", BODIES[locale])
    page.locator("[data-article] summary").first.click()


def ask(page: Page, locale: str) -> None:
    """The draft; on a phone, what may solve it."""
    draft(page, locale)
    page.locator("[name=body]").focus()
    if page.viewport_size == PHONE:
        page.locator("[data-answers]").evaluate("each => each.scrollIntoView()")


def article(page: Page, locale: str) -> None:
    """What a search finds first."""
    page.goto(f"/{locale}/search?q={SUBJECTS[locale]}")
    found = page.locator(".result-title a").first.get_attribute("href") or ""
    page.goto(found.partition("#")[0])


def send(page: Page, locale: str) -> None:
    """Send a draft that no suggestion helped with, for the next picture."""
    draft(page, locale)
    page.locator("[data-verdict=tried]").first.click()
    page.locator("[aria-pressed=true]").wait_for()
    page.fill("[name=body]", BODIES[locale] + STILL[locale])
    page.check("[name=kind][value=problem]")
    name, email = CUSTOMERS[locale]
    page.fill("[name=name]", name)
    page.fill("[name=email]", email)
    page.click("form#ask .btn-primary")
    page.wait_for_url("**/ask/sent/*")


def desk(page: Page, locale: str) -> None:
    """That ticket, among the others, with what was tried beside it."""
    page.goto("/desk/?view=all")
    page.locator("[data-row]", has_text=CUSTOMERS[locale][0]).locator("a").click()
    page.wait_for_load_state()


def write(page: Page, _locale: str) -> None:
    """Begin the article that the next picture reviews."""
    title, summary, body = ARTICLE
    page.goto("/studio/articles/new?locale=en")
    page.fill("[name=title]", title)
    page.fill("[name=summary]", summary)
    page.fill("[name=body]", body)
    page.click("form:has(textarea[name=body]) button[type=submit]:not([name])")
    page.wait_for_url("**/edit")
    page.goto(page.url.removesuffix("/edit"))
    page.click("button[formaction$='/submit']")


def review(page: Page, _locale: str) -> None:
    """What an editor sees before publishing."""
    page.goto("/studio/")
    page.locator("section:has(#to-review) .entry-title", has_text=ARTICLE[0]).click()
    page.wait_for_load_state()


SCREENS = (
    Screen("ask", ask),
    Screen("ask-es-phone-dark", ask, "es", PHONE, dark=True),
    Screen("home", home),
    Screen("home-es-phone-dark", home, "es", PHONE, dark=True),
    Screen("article", article),
    Screen("article-es-phone", article, "es", PHONE),
    Screen("", send),
    Screen("", send, "es"),
    Screen("desk", desk, email="ben@example.org"),
    Screen("desk-es-dark", desk, "es", dark=True, email="ana@example.org"),
    Screen("", write, email="ben@example.org"),
    Screen("review", review, email="admin@example.org"),
)


def open_page(browser: Browser, address: str, screen: Screen) -> Page:
    """A browser as the picture needs it, signed in if somebody is."""
    context = browser.new_context(
        base_url=address,
        locale=screen.locale,
        viewport=screen.viewport or WIDE,
        color_scheme="dark" if screen.dark else "light",
        reduced_motion="reduce",
        timezone_id="Europe/Madrid",
    )
    page = context.new_page()
    if screen.email:
        page.goto(f"/{screen.locale}/account/sign-in")
        page.fill("input[name=email]", screen.email)
        page.fill("input[name=password]", SIGN_IN[screen.email].password)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "sign-in" not in url)
    return page


def main() -> None:
    """Serve, look, and write the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="antesala-screens-") as folder:
        installation = Installation(Path(folder)).start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                    args=["--no-sandbox", "--disable-gpu"],
                )
                for screen in SCREENS:
                    page = open_page(browser, installation.address, screen)
                    screen.take(page, screen.locale)
                    if screen.name:
                        page.screenshot(path=FOLDER / f"{screen.name}.png", animations="disabled")
                        print(f"docs/screens/{screen.name}.png")
                    page.context.close()
                browser.close()
        finally:
            installation.stop()


if __name__ == "__main__":
    main()
