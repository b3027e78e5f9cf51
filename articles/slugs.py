"""Slugs: the last part of an article's address, in plain ASCII."""

import re
import unicodedata
from collections.abc import Container
from urllib.parse import unquote

MAX_SLUG_LENGTH = 120
"""Characters of a slug; what is longer is cut at a word."""

SLUG = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MAX_SLUG_LENGTH - 1}}}")
"""What a slug may look like. Capitals and underscores are allowed, for they come from other
programs' identifiers; `slugify` itself makes neither."""

# Letters that lose no accent when decomposed, and signs that stand for a letter.
_SPELT_OUT = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th",
        "ł": "l", "ı": "i", "ª": "a", "º": "o", "€": " euro ",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Return `text` in lower case and ASCII: accents are dropped, other scripts vanish."""
    spelt = text.lower().translate(_SPELT_OUT)
    decomposed = unicodedata.normalize("NFKD", spelt).lower()
    return decomposed.encode("ascii", "ignore").decode("ascii")


def slugify(text: str, *, fallback: str = "") -> str:
    """Return the slug of a title: words of a–z and 0–9 joined by single hyphens.

    `¿Cómo añado un artículo?` gives `como-anado-un-articulo`. A text without a single letter
    or digit that ASCII knows gives `fallback`.
    """
    words = re.sub(r"['’`´]", "", fold(text))
    slug = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    return _cut(slug) or fallback


def slug_from_id(identifier: str, *, fallback: str = "article") -> str:
    """Return the slug for another program's identifier, unchanged when it already is one."""
    if SLUG.fullmatch(identifier):
        return identifier
    decomposed = unicodedata.normalize("NFKD", unquote(identifier))
    ascii_only = decomposed.encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", ascii_only).strip("-._")
    return _cut(slug) or slugify(identifier, fallback=fallback)


def unique_slug(base: str, taken: Container[str]) -> str:
    """Return `base`, or `base-2`, `base-3`, … the first that is not in `taken`."""
    if base not in taken:
        return base
    number = 2
    while True:
        suffix = f"-{number}"
        candidate = base[: MAX_SLUG_LENGTH - len(suffix)].rstrip("-") + suffix
        if candidate not in taken:
            return candidate
        number += 1


def _cut(slug: str) -> str:
    if len(slug) <= MAX_SLUG_LENGTH:
        return slug
    head = slug[: MAX_SLUG_LENGTH + 1]
    return (head.rpartition("-")[0] or head[:MAX_SLUG_LENGTH]).rstrip("-._")
