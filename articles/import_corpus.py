"""A corpus in JSON lines: `id` becomes the slug; `title`, `body` (may be empty) and `lang`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from articles.front_matter import (
    MAX_SUMMARY,
    MAX_TITLE,
    FrontMatter,
    locale_of,
    normalise_body,
    title_from_name,
)
from articles.import_files import MAX_TOTAL_BYTES, ImportRefused
from articles.import_plan import ImportDefaults, ImportedArticle, ImportPlan, Refusal
from articles.rendering import RenderRefused, render
from articles.slugs import slug_from_id, slugify

MAX_LINE_BYTES: Final = 1024 * 1024
MAX_LINES: Final = 200_000


class _LineRefusedError(ValueError):
    """One line is left out; the message says why."""


def read_corpus(
    path: Path,
    *,
    defaults: ImportDefaults,
    on_progress: Callable[[int, int], None],
    renders: bool = True,
) -> ImportPlan:
    """Return the articles of a `.jsonl` file, one a line; empty lines are skipped.

    `renders`: refuse the lines whose text cannot be rendered, which takes its time.
    """
    size = path.stat().st_size
    if size > MAX_TOTAL_BYTES:
        raise ImportRefused(f"{path.name} is larger than {MAX_TOTAL_BYTES // (1024 * 1024)} MB")
    articles: list[ImportedArticle] = []
    refused: list[Refusal] = []
    lines_of: dict[tuple[str, str], int] = {}
    done = 0
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if number > MAX_LINES:
                raise ImportRefused(f"{path.name} has more than {MAX_LINES} lines")
            done += len(line)
            try:
                if len(line) > MAX_LINE_BYTES:
                    done += _skip_line(file)
                    raise _LineRefusedError("the line is longer than 1 MB")  # noqa: TRY301 - the line's own refusal
                article = _article(line, number, path.name, defaults, renders=renders)
                if article is not None:
                    key = (article.front_matter.locale, article.front_matter.slug)
                    if key in lines_of:
                        text = f"the slug “{key[1]}” ({key[0]}) is taken by line {lines_of[key]}"
                        raise _LineRefusedError(text)  # noqa: TRY301 - the line's own refusal
                    lines_of[key] = number
                    articles.append(article)
            except _LineRefusedError as error:
                refused.append(Refusal(path.name, number, str(error)))
            on_progress(done, size)
    return ImportPlan(tuple(articles), tuple(refused))


def _skip_line(file: Any) -> int:
    skipped = 0
    while chunk := file.readline(MAX_LINE_BYTES):
        skipped += len(chunk)
        if chunk.endswith(b"\n"):
            break
    return skipped


def _article(
    line: bytes, number: int, name: str, defaults: ImportDefaults, *, renders: bool
) -> ImportedArticle | None:
    record = _record(line, first=number == 1)
    if record is None:
        return None
    identifier = _text(record, "id")
    if not identifier:
        raise _LineRefusedError("there is no “id”, which names the article")
    body = normalise_body(_text(record, "body").replace("\x00", ""))
    title = " ".join(_text(record, "title").split()) or title_from_name(identifier)
    language = _text(record, "lang") or defaults.locale
    locale = locale_of(language)
    if locale is None:
        raise _LineRefusedError(f"“lang” is “{language}”, a language this help centre lacks")
    front_matter = FrontMatter(
        title=title[:MAX_TITLE] or identifier,
        summary=" ".join(_text(record, "summary").split())[:MAX_SUMMARY],
        locale=locale,
        slug=slug_from_id(identifier),
        category=slugify(_text(record, "category") or defaults.category, fallback="general"),
        tags=_tags(record),
        visibility=defaults.visibility,
        state=defaults.state,
    )
    try:
        if renders:
            render(body, locale=locale)
    except RenderRefused as error:
        raise _LineRefusedError(error.reason) from error
    return ImportedArticle(f"{name}:{number}", front_matter, body)


def _record(line: bytes, *, first: bool) -> dict[str, Any] | None:
    try:
        text = line.decode("utf-8-sig" if first else "utf-8").strip()
        record = json.loads(text) if text else None
    except UnicodeDecodeError as error:
        raise _LineRefusedError("the line is not UTF-8 text; save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        raise _LineRefusedError(f"not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise _LineRefusedError("the JSON is nested too deeply") from error
    if record is not None and not isinstance(record, dict):
        raise _LineRefusedError("not a JSON object with id, title, body and lang")
    return record


def _text(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise _LineRefusedError(f"“{key}” is not a text")
    # Half of a surrogate pair is no text, and no database takes it.
    return value.encode("utf-8", "replace").decode("utf-8")


def _tags(record: dict[str, Any]) -> tuple[str, ...]:
    value = record.get("tags")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise _LineRefusedError("“tags” is not a list of texts")
    tags = (" ".join(tag.split()) for tag in value)
    return tuple(dict.fromkeys(tag for tag in tags if tag))
