"""What a file's place in its folder says: language, category, and which page it is."""

import re
from dataclasses import dataclass
from typing import Final

from articles.front_matter import LOCALES, stem_of
from articles.slugs import slugify

MARKDOWN_NAME: Final = re.compile(r".+\.(?:md|mdx|markdown)", re.IGNORECASE)

# Folders under which a site's pages lie; what stands above them says nothing of a page.
_ROOTS: Final = frozenset({"content", "contents", "docs", "doc", "_posts", "_docs", "_drafts"})
_NO_CATEGORY: Final = re.compile(
    r"content|contents|docs?|_posts|_docs|_drafts|pages|src|current|version-.*|i18n"
    r"|docusaurus-plugin-.*|articles|posts|blog|help",
    re.IGNORECASE,
)
_LOCALE_FOLDER: Final = re.compile(rf"({'|'.join(LOCALES)})(?:[-_][A-Za-z]{{2,4}})?", re.IGNORECASE)
_LOCALE_ENDING: Final = re.compile(
    rf"\.({'|'.join(LOCALES)})(?=\.(?:md|mdx|markdown)$)", re.IGNORECASE
)
_INDEXES: Final = frozenset({"index", "_index", "readme"})
_ABOUT_THE_REPOSITORY: Final = frozenset(
    {"readme", "license", "licence", "contributing", "changelog", "code_of_conduct", "security"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """`key` is the same for a page and its translations: its path without language and ending."""

    locale: str | None
    category: str | None
    key: str
    is_index: bool
    is_draft: bool


def is_about_the_repository(path: str) -> bool:
    """Whether a file speaks of its repository (README, LICENSE at the top), not to readers."""
    return "/" not in path and stem_of(path).lower() in _ABOUT_THE_REPOSITORY


def place_of(path: str) -> Place:
    """Return what `path` says.

    Knows `content/es/billing/pay.md`, `billing/pay.es.md`, `pay/index.es.md`,
    `i18n/es/docusaurus-plugin-content-docs/current/billing/pay.md` and `_posts/2024-05-01-pay.md`.
    """
    *folders, name = path.split("/")
    locale: str | None = None
    ending = _LOCALE_ENDING.search(name)
    if ending:
        locale = ending.group(1).lower()
        name = _LOCALE_ENDING.sub("", name)
    kept = folders
    for number, folder in enumerate(folders):
        match = _LOCALE_FOLDER.fullmatch(folder)
        if match:
            locale = locale or match.group(1).lower()
            kept = folders[number + 1 :]
            break
    else:
        roots = [number for number, folder in enumerate(folders) if folder.lower() in _ROOTS]
        kept = folders[roots[0] + 1 :] if roots else folders
    meaningful = [folder for folder in kept if not _NO_CATEGORY.fullmatch(folder)]
    stem = stem_of(name)
    is_index = stem.lower() in _INDEXES
    # `pay/index.md` is the page “pay”, not a page of the category “pay”.
    above = meaningful[:-1] if is_index else meaningful
    category = slugify(_without_number(above[0]).lstrip("_")) if above else None
    key = "/".join([*meaningful, *([] if is_index else [stem])]).lower()
    return Place(locale, category or None, key, is_index, "_drafts" in folders)


def _without_number(folder: str) -> str:
    return re.sub(r"^\d{1,3}[-_. ]+(?=\D)", "", folder)
