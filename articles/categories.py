"""The names of categories: `categories.yaml` beside the articles.

getting-started:
position: 1
en: Getting started
es: Primeros pasos
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from articles.front_matter import LOCALES
from articles.import_files import FileRefusedError, open_source
from articles.scalars import yaml_line
from articles.slugs import slugify

CATEGORIES_FILE: Final = "categories.yaml"
MAX_BYTES: Final = 64 * 1024
MAX_NAME: Final = 80
MAX_POSITION: Final = 1_000_000


class CategoriesError(ValueError):
    """The file cannot be used; the message says why and where. `line` counts from 1."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


@dataclass(frozen=True, slots=True)
class CategoryNames:
    """What a category is called in each language, and its place among the others."""

    names: Mapping[str, str]
    position: int = 0


def find_categories(source: Path) -> dict[str, CategoryNames]:
    """What the file at the top of a folder or `.zip` says, by slug; nothing without the file.

    Raises CategoriesError, and ImportRefused for a source that is refused as a whole.
    """
    if source.is_file() and source.suffix.lower() != ".zip":
        return {}
    with open_source(source) as files:
        for file in files.files:
            if file.path == CATEGORIES_FILE:
                try:
                    return parse_categories(file.read().decode("utf-8-sig"))
                except UnicodeDecodeError as error:
                    raise CategoriesError("the file is not UTF-8 text; save it as UTF-8") from error
                except (FileRefusedError, OSError) as error:
                    raise CategoriesError(str(error)) from error
    return {}


def parse_categories(text: str) -> dict[str, CategoryNames]:
    """Take the file's text apart. Raises CategoriesError."""
    if len(text.encode()) > MAX_BYTES:
        raise CategoriesError(f"the file is larger than {MAX_BYTES // 1024} KB")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise CategoriesError(f"not YAML: {error.problem}", line) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise CategoriesError(f"not YAML: {error}") from error
    found: dict[str, CategoryNames] = {}
    for key, value, line in _pairs(root, 1):
        slug = slugify(key)
        if not slug or slug != key:
            raise CategoriesError(f"“{key}” is not a category's slug", line)
        if slug in found:
            raise CategoriesError(f"“{slug}” stands there twice", line)
        found[slug] = _names(value, line)
    return found


def write_categories(categories: Mapping[str, CategoryNames]) -> str:
    """Return the file's text, always the same for the same categories: by position, then slug."""
    lines: list[str] = []
    for slug, category in sorted(categories.items(), key=lambda item: (item[1].position, item[0])):
        lines += [f"{slug}:", f"  position: {category.position}"]
        lines += [
            f"  {yaml_line(locale, category.names[locale])}"
            for locale in LOCALES
            if category.names.get(locale)
        ]
    return "\n".join(lines) + "\n" if lines else ""


def _pairs(node: yaml.Node | None, line: int) -> list[tuple[str, yaml.Node, int]]:
    if node is None:
        return []
    if not isinstance(node, yaml.MappingNode):
        raise CategoriesError("write “slug:” and below it “en: …”, “es: …”, “position: 1”", line)
    pairs: list[tuple[str, yaml.Node, int]] = []
    for key, value in node.value:
        where = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise CategoriesError("a key is not a word", where)
        pairs.append((key.value, value, where))
    return pairs


def _names(node: yaml.Node, line: int) -> CategoryNames:
    names: dict[str, str] = {}
    position = 0
    for key, value, where in _pairs(node, line):
        text = " ".join(value.value.split()) if isinstance(value, yaml.ScalarNode) else ""
        if key == "position":
            if not (text.isascii() and text.isdigit() and int(text) <= MAX_POSITION):
                raise CategoriesError("“position” is not a whole number", where)
            position = int(text)
        elif key in LOCALES:
            if not text or len(text) > MAX_NAME:
                raise CategoriesError(f"a name has 1 to {MAX_NAME} characters", where)
            names[key] = text
        else:
            known = ", ".join([*LOCALES, "position"])
            raise CategoriesError(f"“{key}” is not one of {known}", where)
    return CategoryNames(names, position)
