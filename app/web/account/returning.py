"""Where to go next: only ever to a page of ours."""

import unicodedata
from urllib.parse import urlsplit

MAX_CHARACTERS = 2000


def safe_next(target: str | None) -> str | None:
    r"""The target when it is an address on this site, beginning with one "/"; else None.

    Browsers read a backslash as "/" and drop tabs and line breaks, so that `/\\evil.example` and
    `/<tab>/evil.example` would leave the site: both are refused.
    """
    if not target or len(target) > MAX_CHARACTERS or not target.startswith("/"):
        return None
    if target.startswith("//") or "\\" in target:
        return None
    if any(unicodedata.category(character) in {"Cc", "Cf"} for character in target):
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else target
