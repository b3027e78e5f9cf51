"""A running installation with sample content, and a real browser."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    StorageState,
    ViewportSize,
    sync_playwright,
)
from sqlalchemy import create_engine, make_url, text

from app.accounts.demo import SIGN_INS
from tests.conftest import CLUSTER
from tests.journeys.running import Installation

WIDE: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PASSWORDS = {sign_in.email: sign_in.password for sign_in in SIGN_INS}
EXPECTED_STATUS = tuple(
    f"Failed to load resource: the server responded with a status of {status}"
    for status in (409, 422)
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


def fresh_database() -> str:
    """The address of a database of its own on the cluster; empty for SQLite in the data folder."""
    if not CLUSTER:
        return ""
    name = f"journey_{uuid.uuid4().hex[:12]}"
    cluster = create_engine(CLUSTER, isolation_level="AUTOCOMMIT")
    with cluster.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    cluster.dispose()
    return make_url(CLUSTER).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The product as a newcomer starts it: shipped content, demo people and tickets."""
    installation = Installation(tmp_path_factory.mktemp("demo"), fresh_database())
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@dataclass
class Visits:
    """What browsers said that no person sees, and the cookies of those who signed in."""

    cookies: dict[str, StorageState] = field(default_factory=dict)


@pytest.fixture(scope="session")
def visits() -> Visits:
    return Visits()


class People:
    """Opens browsers of people: each with cookies of their own.

    `complaints` gathers what went wrong behind the pages: refused by the content security policy,
    thrown by a script, missing on the server. A fixture asks at the end that there were none.
    """

    def __init__(self, browser: Browser, address: str, visits: Visits) -> None:
        self.browser = browser
        self.address = address
        self.visits = visits
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def somebody(
        self,
        *,
        locale: str = "en",
        javascript: bool = True,
        viewport: ViewportSize | None = None,
        cookies: StorageState | None = None,
    ) -> Page:
        """A new person's browser at the address of the installation."""
        context = self.browser.new_context(
            base_url=self.address,
            locale=locale,
            java_script_enabled=javascript,
            viewport=viewport or WIDE,
            timezone_id="Europe/Madrid",
            reduced_motion="reduce",
            storage_state=cookies,
        )
        context.set_default_timeout(15_000)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"{error.page}: {error.error}"))
        self.contexts.append(context)
        return context.new_page()

    def _heard(self, message: ConsoleMessage) -> None:
        # What was typed wrong, or changed meanwhile, is answered with these on purpose.
        expected = message.text.startswith(EXPECTED_STATUS)
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def signed_in(
        self,
        email: str,
        *,
        locale: str = "en",
        javascript: bool = True,
        viewport: ViewportSize | None = None,
    ) -> Page:
        """Somebody of the demo people, signed in: through the form the first time."""
        known = self.visits.cookies.get(email)
        page = self.somebody(locale=locale, javascript=javascript, viewport=viewport, cookies=known)
        if known is None:
            page.goto(f"/{locale}/account/sign-in")
            page.fill("input[name=email]", email)
            page.fill("input[name=password]", PASSWORDS[email])
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "sign-in" not in url)
            self.visits.cookies[email] = page.context.storage_state()
        return page

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()


@pytest.fixture
def people(demo: Installation, browser: Browser, visits: Visits) -> Iterator[People]:
    opened = People(browser, demo.address, visits)
    yield opened
    opened.leave()
    assert not opened.complaints
