"""Every page, for everybody: axe finds nothing, nothing overflows, nothing complains."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from app.factory import create_app
from tests.conftest import settings_for
from tests.journeys.conftest import PHONE, WIDE, People, Visits
from tests.journeys.rooms import ADMIN, ROOMS, Room, World, make_world
from tests.journeys.running import Installation

LOOKS = {
    "en": (("light", WIDE), ("dark", PHONE)),
    "es": (("dark", WIDE), ("light", PHONE)),
}
"""Each language with each theme and each width."""
NO_PAGES = {
    "account_profile.to_profile",  # sends on to a page
    "root.front_door",
    "api.openapi", "attachments.download", "bootstrap.static", "static", "help_assets.show",
    "feeds.atom", "feeds.robots", "feeds.sitemap", "health.healthz", "health.readyz",
    "desk_ticket.articles",  # a fragment of the ticket's page
}  # fmt: skip


@pytest.fixture(scope="module")
def house(demo: Installation, browser: Browser, visits: Visits) -> Iterator[People]:
    """Browsers that go through all rooms: one for each person and language."""
    opened = People(browser, demo.address, visits)
    yield opened
    opened.leave()


@pytest.fixture(scope="module")
def world(house: People, demo: Installation) -> World:
    return make_world(house, demo)


@pytest.fixture(scope="module", params=LOOKS)
def visitors(request: pytest.FixtureRequest, house: People, world: World) -> Iterator["Visitors"]:
    """Whoever goes through the rooms in one language; the admin reads in it meanwhile."""
    visitors = Visitors(house, request.param)
    visitors.read_as_admin(request.param)
    yield visitors
    visitors.read_as_admin("en")


class Visitors:
    """A browser for each person, kept open from room to room."""

    def __init__(self, house: People, locale: str) -> None:
        self.house = house
        self.locale = locale
        self.pages: dict[str | None, Page] = {}

    def page_of(self, email: str | None) -> Page:
        if email not in self.pages:
            self.pages[email] = (
                self.house.signed_in(email, locale=self.locale)
                if email
                else self.house.somebody(locale=self.locale)
            )
        return self.pages[email]

    def read_as_admin(self, locale: str) -> None:
        page = self.page_of(ADMIN)
        page.set_viewport_size(WIDE)
        page.goto("/studio/people/")
        page.locator(f"header .site-locale button[value={locale}]").first.click()
        expect(page.locator("html")).to_have_attribute("lang", locale)


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_page_is_for_everybody(visitors: Visitors, world: World, room: Room) -> None:
    locale = visitors.locale
    page = visitors.page_of(room.who(locale))
    page.set_viewport_size(WIDE)
    complaints = visitors.house.complaints
    complaints.clear()
    room.open(page, locale, world)
    expect(page.locator("html")).to_have_attribute("lang", locale)
    for theme, size in LOOKS[locale]:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size(size)
        assert not violations(page), f"{theme} at {size['width']}"
        assert not overflowing(page), f"at {size['width']}"
    document = page.url.partition("#")[0]
    told = f"status of {room.status} "
    assert [each for each in complaints if not (document in each and told in each)] == []


def violations(page: Page) -> list[str]:
    """What axe-core objects to: the rule, and the elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(
        """async () => {
          const { violations } = await axe.run({ resultTypes: ["violations"] });
          return violations.map(({ id, nodes }) =>
            [id, ...nodes.slice(0, 4).map(({ html }) => html.slice(0, 160))].join(" "));
        }"""
    )
    return found


def overflowing(page: Page) -> list[str]:
    """The elements because of which the page scrolls sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return [];
          return [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > width + 0.5)
            .map((each) => `${each.tagName}.${each.className}`).slice(0, 8)
            .concat(["page"]);
        }"""
    )
    return found


def test_every_page_of_the_product_is_looked_at(tmp_path: Path) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path}/nothing.sqlite3", tmp_path))
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    app.extensions["antesala"].database.dispose()
    assert pages - NO_PAGES == {room.endpoint for room in ROOMS if room.endpoint} & pages
