"""A running installation with sample content, and a real browser."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import create_engine, make_url, text

from tests.conftest import CLUSTER
from tests.journeys.running import Installation

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


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


class People:
    """Opens browsers of people: each with cookies of their own."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.contexts: list[BrowserContext] = []

    def somebody(
        self, *, locale: str = "en", javascript: bool = True, viewport: dict[str, int] | None = None
    ) -> Page:
        """A new person's browser at the address of the installation."""
        context = self.browser.new_context(
            base_url=self.address,
            locale=locale,
            java_script_enabled=javascript,
            viewport=viewport or WIDE,
            timezone_id="Europe/Madrid",
        )
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        return context.new_page()

    def signed_in(self, email: str, password: str, **arguments: object) -> Page:
        """Somebody with an account, signed in through the form."""
        page = self.somebody(**arguments)
        page.goto(f"/{arguments.get('locale', 'en')}/account/sign-in")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_load_state()
        assert "sign-in" not in page.url, page.inner_text("main")
        return page


@pytest.fixture
def people(demo: Installation, browser: Browser) -> Iterator[People]:
    opened = People(browser, demo.address)
    yield opened
    for context in opened.contexts:
        context.close()
