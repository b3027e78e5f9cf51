"""Links between the files of an import become links between articles.

Inside the product a link to an article is `article:<locale>/<slug>#fragment` and an image is
`asset:<name>`. Neither changes when an article moves to another category or address. Code is
left alone.
"""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from articles.import_places import place_of
from articles.link_syntax import BASE_URL, reference_name, rewrite_targets
from articles.slugs import slugify

_SCHEME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|\{")
_IMAGE_ENDING: Final = re.compile(
    r".+\.(?:png|jpe?g|gif|webp|svg|bmp|tiff?|avif|ico)", re.IGNORECASE
)
_FILE_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_PAGE_ENDING: Final = re.compile(r"\.(?:md|mdx|markdown|html?)$", re.IGNORECASE)
# Where sites keep what they serve from the root.
_STATIC: Final = ("", "static/", "public/", "assets/", "content/", "docs/", "source/")


@dataclass(frozen=True, slots=True)
class Page:
    """Where a file of the import will live."""

    path: str
    locale: str
    slug: str


class PageIndex:
    """Finds the page that a link means, in the reader's language first."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._by_path = dict(pages)
        self._by_key: dict[tuple[str, str], Page] = {}
        self._by_any_key: dict[str, Page] = {}
        self._by_slug: dict[tuple[str, str], Page] = {}
        self._by_stem: dict[str, Page] = {}
        for path in sorted(pages):
            page = pages[path]
            key = place_of(path).key
            self._by_key.setdefault((page.locale, key), page)
            self._by_any_key.setdefault(key, page)
            self._by_slug.setdefault((page.locale, page.slug), page)
            stem = _PAGE_ENDING.sub("", posixpath.basename(path)).lower()
            self._by_stem.setdefault(stem, page)

    def find(self, path: str, locale: str) -> Page | None:
        """Return the page at `path` (with or without ending), or its translation."""
        exact = self._by_path.get(path)
        bare = _PAGE_ENDING.sub("", path.strip("/"))
        place = place_of(f"{bare}.md")
        # A path that names a language means that one; others mean the reader's own.
        if exact is not None and place.locale is not None:
            return exact
        locale = place.locale or locale
        return self._by_key.get((locale, place.key)) or exact or self._by_any_key.get(place.key)

    def find_named(self, name: str, locale: str) -> Page | None:
        """Return the page that a site's own reference means: a path, a slug or a file's name."""
        bare = _PAGE_ENDING.sub("", name.strip("/"))
        last = posixpath.basename(bare)
        return (
            (self.find(name.lstrip("/"), locale) if "/" in name.strip("/") else None)
            or self._by_slug.get((locale, last))
            or self._by_stem.get(f"{last.lower()}.{locale}")
            or self._by_stem.get(last.lower())
            or self.find(name.lstrip("/"), locale)
        )


@dataclass(frozen=True, slots=True)
class LinkProblem:
    """A link that could not be kept working; `line` counts from 1 in the body."""

    line: int
    target: str
    reason: str


AssetTaker = Callable[[str], str | None]
"""Takes a path in the source; returns the asset's name, None when there is no such file, and
raises ValueError with a reason when the file may not be shown."""


class LinkRewriter:
    """Rewrites the links of one document."""

    def __init__(self, page: Page, index: PageIndex, take_asset: AssetTaker) -> None:
        self._page = page
        self._index = index
        self._take_asset = take_asset
        self._line = 0
        self.problems: list[LinkProblem] = []

    def rewrite(self, body: str) -> str:
        """Return `body` with every link that leads to a page or image of the import rewritten."""
        return rewrite_targets(body, self._target, self._reference)

    def _reference(self, written: str, line: int) -> str:
        self._line = line
        name, fragment = _split(reference_name(written))
        if not name:
            return f"#{_anchor(fragment)}"
        page = self._index.find_named(name, self._page.locale)
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(self._page.path), name))
        page = page or self._index.find(beside, self._page.locale)
        if page is None:
            self._report(name, "the page it names is not among the files")
            return written
        return _article(page, fragment)

    def _target(self, written: str, line: int) -> str:
        self._line = line
        target = BASE_URL.sub("", written.removeprefix("<").removesuffix(">")).strip()
        if target.lower().startswith("asset:"):
            return self._own_asset(target) or written
        if not target or _SCHEME.match(target):
            return written
        name, fragment = _split(target)
        if not name:
            return f"#{_anchor(fragment)}"
        if not _IMAGE_ENDING.fullmatch(name):
            page = self._find_page(name)
            if page is not None:
                return _article(page, fragment)
        return self._asset(name) or written

    def _find_page(self, name: str) -> Page | None:
        for path in self._candidates(name):
            page = self._index.find(path, self._page.locale)
            if page is not None:
                return page
        return self._index.find_named(name, self._page.locale) if name.startswith("/") else None

    def _candidates(self, name: str) -> list[str]:
        if name.startswith("/"):
            return [name.lstrip("/")]
        # A pretty address is relative to the page's own folder: /billing/pay/ + ../refund/.
        bases = [posixpath.dirname(self._page.path), _PAGE_ENDING.sub("", self._page.path)]
        paths = [posixpath.normpath(posixpath.join(base, name)) for base in bases]
        return [path for path in paths if not path.startswith(("..", "/"))]

    def _own_asset(self, target: str) -> str | None:
        taken = self._take_asset_at([f"assets/{target.partition(':')[2]}"])
        return taken or None

    def _asset(self, name: str) -> str | None:
        paths = self._candidates(name)
        if name.startswith("/"):
            paths = [f"{root}{name.lstrip('/')}" for root in _STATIC]
        taken = self._take_asset_at(paths)
        if taken is None and _FILE_ENDING.search(name) and not name.startswith("/"):
            self._report(name, "there is no such file")
        return taken or None

    def _take_asset_at(self, paths: list[str]) -> str | None:
        """Return the link to the first image there is, "" when it may not be shown, or None."""
        for path in paths:
            try:
                name = self._take_asset(path)
            except ValueError as error:
                self._report(path, str(error))
                return ""
            if name:
                return f"asset:{name}"
        return None

    def _report(self, target: str, reason: str) -> None:
        self.problems.append(LinkProblem(self._line, target, reason))


def _split(target: str) -> tuple[str, str]:
    path, _, fragment = target.partition("#")
    return unquote(path.partition("?")[0]), fragment


def _anchor(fragment: str) -> str:
    """Our anchors are ASCII; other programs keep accents."""
    plain = unquote(fragment)
    return plain if plain.isascii() and " " not in plain else slugify(plain)


def _article(page: Page, fragment: str) -> str:
    anchor = _anchor(fragment)
    return f"article:{page.locale}/{page.slug}" + (f"#{anchor}" if anchor else "")
