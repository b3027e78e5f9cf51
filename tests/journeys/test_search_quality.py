"""An admin measures the suggestions on the desk's own tickets and decides how sure they must be."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.db.database import Database
from app.settings import Settings
from tests.factories_reports import make_desk
from tests.journeys.conftest import PHONE, WIDE, People, Visits, fresh_database
from tests.journeys.rooms import ADMIN
from tests.journeys.running import Installation
from tests.journeys.test_accessibility import overflowing, violations

TROUBLE = "Trouble with the invoice and with the password of my account"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The product with its demo people, and a history of its own."""
    installation = Installation(tmp_path_factory.mktemp("measured"), fresh_database())
    installation.start()
    settings = Settings(
        _env_file=None,
        data=installation.folder / "var",
        database_url=installation.environment.get("DATABASE_URL", ""),
        secret_key="only for tests",
    )
    database = Database(settings.database)
    with database.writing() as session:
        make_desk(session, settings)
    database.dispose()
    yield installation
    installation.stop()


@pytest.fixture
def people(desk: Installation, browser: Browser) -> Iterator[People]:
    opened = People(browser, desk.address, Visits())
    yield opened
    opened.leave()
    assert not opened.complaints


def look_until_measured(page: Page) -> None:
    for _ in range(60):
        if page.get_by_text("Is the right article found?").count():
            return
        again = page.get_by_role("link", name="Look again")
        if again.count():
            again.click()
        else:
            page.get_by_role("button", name="Measure now").click()
        page.wait_for_timeout(500)
    raise AssertionError(page.content())


def shown(people: People) -> int:
    """How many suggestions a new customer is shown for the same trouble."""
    page = people.somebody()
    page.goto("/en/ask")
    with page.expect_response(lambda response: "/ask/suggestions" in response.url):
        page.fill("[name=subject]", TROUBLE)
        page.fill("[name=body]", TROUBLE)
    page.wait_for_timeout(1_000)
    count = page.locator("[data-article]").count()
    page.context.close()
    people.contexts.remove(page.context)
    return count


def test_an_admin_measures_tries_a_value_and_decides(people: People) -> None:
    admin = people.signed_in(ADMIN)
    if admin.locator("html").get_attribute("lang") != "en":
        admin.locator("header .site-locale button[value=en]").first.click()
    admin.goto("/studio/")
    admin.get_by_role("link", name="Search quality").click()
    look_until_measured(admin)
    for theme, size in (("light", WIDE), ("dark", PHONE)):
        admin.emulate_media(color_scheme=theme)
        admin.set_viewport_size(size)
        assert not violations(admin)
        assert not overflowing(admin)
    admin.set_viewport_size(WIDE)
    assert shown(people)

    admin.fill("#sure", "99")
    admin.get_by_role("button", name="Try it on these tickets").click()
    expect(admin.get_by_text("Nothing is saved yet.")).to_be_visible()
    assert shown(people), "trying saves nothing"

    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_text("Now: at least 99")).to_be_visible()
    admin.wait_for_timeout(2_000)
    assert not shown(people)

    admin.get_by_role("button", name="Let Antesala decide").click()
    expect(admin.get_by_text("Now: Antesala decides")).to_be_visible()
    admin.wait_for_timeout(2_000)
    assert shown(people)
