"""Links between articles, written as relative paths, so that an export reads well anywhere."""

import posixpath
from collections.abc import Mapping
from urllib.parse import quote

from articles.link_syntax import rewrite_targets


def with_relative_links(
    body: str, *, path: str, pages: Mapping[tuple[str, str], str], images: frozenset[str]
) -> str:
    """Return `body`, the file at `path`, with `article:` and `asset:` targets as paths.

    `pages` gives the path of each article by locale and slug, `images` are the paths of images.
    What is not among them stays as it is. Importing turns the paths back.
    """

    def target(written: str, line: int) -> str:  # noqa: ARG001 - the walker tells every line
        kind, _, rest = written.removeprefix("<").removesuffix(">").partition(":")
        if kind == "article":
            address, hash_sign, fragment = rest.partition("#")
            locale, _, slug = address.partition("/")
            place = pages.get((locale, slug))
            return f"{_relative(place, path)}{hash_sign}{fragment}" if place else written
        if kind == "asset" and f"assets/{rest}" in images:
            return _relative(f"assets/{rest}", path)
        return written

    return rewrite_targets(body, target)


def _relative(place: str, path: str) -> str:
    return quote(posixpath.relpath(place, posixpath.dirname(path)))
