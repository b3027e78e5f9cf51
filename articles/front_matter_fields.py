"""Reading typed values out of front matter, with an error that names line and mending."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from articles.slugs import slug_from_id

Value = str | None | list["Value"] | dict[str, "Value"]
Choice = TypeVar("Choice", bound=StrEnum)

MAX_WORDS = 50
MAX_WORD = 80
_EMAIL = re.compile(r"[^\s@<>,;:\"']{1,64}@[^\s@<>,;:\"']{1,190}\.[^\s@<>,;:\"'.]{2,63}")
_TRUE = frozenset({"true", "yes", "on", "y", "1"})
_FALSE = frozenset({"false", "no", "off", "n", "0"})
# Where Hugo and its kin put keys of their own below the top.
_BRANCHES = ("taxonomies", "params", "extra")


class FrontMatterError(ValueError):
    """A document's head cannot be read. `line` counts from 1 in the file."""

    def __init__(self, line: int, reason: str, mend: str) -> None:
        super().__init__(f"line {line}: {reason}; {mend}")
        self.line = line
        self.reason = reason
        self.mend = mend


@dataclass(frozen=True, slots=True)
class Field:
    """A value as it was written, all scalars as text, and its line in the file."""

    value: Value
    line: int


class Fields:
    """The keys of one document. Where several names are given, the first present one counts."""

    def __init__(self, fields: Mapping[str, Field], *, first_line: int) -> None:
        self._fields = dict(fields)
        self._first_line = first_line
        for branch in _BRANCHES:
            nested = fields.get(branch)
            if nested and isinstance(nested.value, dict):
                for key, value in nested.value.items():
                    self._fields.setdefault(key, Field(value, nested.line))

    def has(self, key: str) -> bool:
        field = self._fields.get(key)
        return field is not None and field.value not in (None, "")

    def line_of(self, key: str) -> int:
        field = self._fields.get(key)
        return field.line if field else max(1, self._first_line - 1)

    def _find(self, names: Sequence[str]) -> tuple[str, Field] | None:
        return next(((name, self._fields[name]) for name in names if self.has(name)), None)

    def line(self, *names: str, limit: int) -> str:
        """Return a text on one line, blanks collapsed; at most `limit` characters."""
        found = self._find(names)
        if found is None:
            return ""
        name, field = found
        if not isinstance(field.value, str):
            raise FrontMatterError(field.line, f"“{name}” is not a text", f"write “{name}: text”")
        text = " ".join(field.value.split())
        if len(text) > limit:
            reason = f"“{name}” has {len(text)} characters, {limit} are allowed"
            raise FrontMatterError(field.line, reason, "shorten it")
        return text

    def first_of(self, *names: str) -> str | None:
        """Return a text, or the first of a list of texts."""
        found = self._find(names)
        if found is None:
            return None
        value: Value = found[1].value
        if isinstance(value, list):
            value = next((item for item in value if item), None)
        if isinstance(value, dict):
            value = value.get("label") or value.get("name")
        return value if isinstance(value, str) else None

    def words(self, *names: str) -> tuple[str, ...]:
        """Return a list of labels, from a list or a text parted by commas (or else by blanks)."""
        found = self._find(names)
        if found is None:
            return ()
        name, field = found
        words: dict[str, str] = {}
        for item in self._items(name, field):
            word = " ".join(item.split())
            if len(word) > MAX_WORD:
                reason = f"“{name}” holds a label of more than {MAX_WORD} characters"
                raise FrontMatterError(field.line, reason, "shorten it")
            if word:
                words.setdefault(word.casefold(), word)
        if len(words) > MAX_WORDS:
            reason = f"“{name}” holds more than {MAX_WORDS} labels"
            raise FrontMatterError(field.line, reason, "keep the ones people look for")
        return tuple(words.values())

    def _items(self, name: str, field: Field) -> list[str]:
        value = field.value
        if isinstance(value, str):
            return value.split(",") if "," in value else value.split()
        if not isinstance(value, list):
            reason = f"“{name}” is not a list"
            raise FrontMatterError(field.line, reason, f"write “{name}: [one, two]”")
        items: list[str] = []
        for item in value:
            label = item.get("label") if isinstance(item, dict) else item
            if isinstance(label, str):
                items.append(label)
            elif label is not None:
                reason = f"“{name}” holds something that is not a text"
                raise FrontMatterError(field.line, reason, f"write “{name}: [one, two]”")
        return items

    def choice(self, name: str, kind: type[Choice], default: Choice) -> Choice:
        """Return one of the values of `kind`."""
        text = self.line(name, limit=100).lower()
        if not text:
            return default
        try:
            return kind(text)
        except ValueError as error:
            reason = f"“{name}” is “{text}”, which is not known"
            known = ", ".join(item.value for item in kind)
            raise FrontMatterError(self.line_of(name), reason, f"use one of: {known}") from error

    def flag(self, name: str) -> bool | None:
        """Return yes or no, or None when the document does not say."""
        text = self.line(name, limit=100).lower()
        if not text:
            return None
        if text in _TRUE:
            return True
        if text in _FALSE:
            return False
        reason = f"“{name}” is “{text}”, neither true nor false"
        raise FrontMatterError(self.line_of(name), reason, "write true or false")

    def locale(self, *names: str, known: Sequence[str]) -> str | None:
        """Return the language: `es-MX` and `es_ES` are `es`."""
        found = self._find(names)
        if found is None:
            return None
        name, field = found
        text = self.line(name, limit=100)
        language = re.split(r"[-_]", text.lower())[0]
        if language not in known:
            reason = f"“{name}” is “{text}”, a language this help centre does not have"
            raise FrontMatterError(field.line, reason, f"use one of: {', '.join(known)}")
        return language

    def email(self, name: str) -> str | None:
        text = self.line(name, limit=254)
        if not text:
            return None
        if not _EMAIL.fullmatch(text):
            reason = f"“{name}” is “{text}”, which is not an e-mail address"
            raise FrontMatterError(self.line_of(name), reason, "write somebody@example.org")
        return text

    def day(self, *names: str) -> date | None:
        """Return a date; a time after it is left out."""
        found = self._find(names)
        if found is None:
            return None
        name, field = found
        value = field.value.get("date") if isinstance(field.value, dict) else field.value
        if value is None:
            return None
        text = value if isinstance(value, str) else ""
        match = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", text.strip())
        try:
            return date(*map(int, match.groups())) if match else date.fromisoformat(text)
        except ValueError as error:
            reason = f"“{name}” is “{text}”, which is not a date"
            raise FrontMatterError(field.line, reason, "write it as 2026-01-31") from error

    def path_slug(self, *names: str) -> str | None:
        """Return the slug in a slug or an address: `/help/reset/` gives `reset`."""
        found = self._find(names)
        if found is None:
            return None
        return _slug_in(self.line(found[0], limit=500))

    def path_slugs(self, *names: str) -> tuple[str, ...]:
        found = self._find(names)
        if found is None:
            return ()
        name, field = found
        items = [field.value] if isinstance(field.value, str) else self._items(name, field)
        slugs = [slug for item in items if (slug := _slug_in(item))]
        return tuple(dict.fromkeys(slugs))


def _slug_in(address: str) -> str | None:
    path = re.split(r"[?#]", address.strip())[0]
    # Jekyll's placeholders (/:categories/:title/) name no slug.
    parts = [part for part in path.split("/") if part and not part.startswith(":")]
    last = re.sub(r"\.(?:html?|mdx?)$", "", parts[-1]) if parts else ""
    return slug_from_id(last, fallback="") or None
