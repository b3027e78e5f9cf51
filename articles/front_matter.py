"""An article's front matter: what stands above the text in a Markdown file.

`parse_document` reads our own files and those of Jekyll, Hugo and Docusaurus, and plain
Markdown; `write_document` writes the one canonical form, whose reading and writing again gives
the same bytes.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Final

from articles.front_matter_fields import MAX_WORD, MAX_WORDS, Fields, FrontMatterError
from articles.front_matter_syntax import read_fields, split_document
from articles.lifecycle import ArticleState, Visibility
from articles.scalars import yaml_line, yaml_list
from articles.slugs import slug_from_id, slugify

__all__ = [
    "LOCALES",
    "ArticleSource",
    "DocumentDefaults",
    "FrontMatter",
    "FrontMatterError",
    "canonical",
    "locale_of",
    "normalise_body",
    "parse_document",
    "stem_of",
    "title_from_name",
    "write_document",
]

LOCALES: Final = ("en", "es")
MAX_TITLE: Final = 300
MAX_SUMMARY: Final = 1000
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# Our own files say both; nobody else's do. They are taken as they are, nothing is guessed.
_OWN_KEYS: Final = ("state", "visibility")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What is known of an article beside its text."""

    title: str
    summary: str
    locale: str
    slug: str
    category: str
    tags: tuple[str, ...] = ()
    visibility: Visibility = Visibility.PUBLIC
    organisation: str | None = None
    state: ArticleState = ArticleState.DRAFT
    owner: str | None = None
    verified_on: date | None = None
    translation_of: str | None = None
    redirects_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentDefaults:
    """What holds where a document does not say. `file_name` gives title and slug at need."""

    locale: str = "en"
    category: str = "general"
    state: ArticleState = ArticleState.PUBLISHED
    visibility: Visibility = Visibility.PUBLIC
    file_name: str = ""


@dataclass(frozen=True, slots=True)
class ArticleSource:
    """A document taken apart. `body_line` is the line of the file on which the body begins."""

    front_matter: FrontMatter
    body: str
    body_line: int = 1
    own_format: bool = False
    translation_key: str | None = None
    says_locale: bool = False
    says_category: bool = False


def normalise_body(text: str) -> str:
    r"""Return the text with `\n` line ends, no blank lines around it, and one `\n` at its end."""
    unix = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    trimmed = re.sub(r"\A(?:[ \t]*\n)+", "", unix).rstrip()
    return trimmed + "\n" if trimmed else ""


def parse_document(text: str, *, defaults: DocumentDefaults | None = None) -> ArticleSource:
    """Return the front matter and body of a Markdown document.

    Raises `FrontMatterError`, which names the line, the reason and how to mend it.
    """
    defaults = defaults or DocumentDefaults()
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise FrontMatterError(line, "the file holds a NUL character", "save it as plain text")
    parts = split_document(text.removeprefix("\ufeff"))
    fields = Fields(read_fields(parts), first_line=parts.first_line)
    own = all(fields.has(key) for key in _OWN_KEYS)
    body = normalise_body(parts.body)
    title, body = _title_and_body(fields, body, own=own, file_name=defaults.file_name)
    locale = fields.locale("locale", "lang", "language", known=LOCALES)
    category = slugify(fields.first_of("category", "categories") or "")
    front_matter = FrontMatter(
        title=title,
        summary=fields.line("summary", "description", "excerpt", limit=MAX_SUMMARY),
        locale=locale or defaults.locale,
        slug=_slug(fields, title, defaults.file_name),
        category=category or slugify(defaults.category, fallback="general"),
        tags=fields.words("tags", "keywords", "tag"),
        visibility=fields.choice("visibility", Visibility, defaults.visibility),
        organisation=fields.line("organisation", "organization", limit=MAX_TITLE) or None,
        state=_state(fields, defaults.state),
        owner=fields.email("owner"),
        verified_on=fields.day("verified_on", "lastmod", "last_modified_at", "last_update", "date"),
        translation_of=fields.path_slug("translation_of"),
        redirects_from=fields.path_slugs("redirects_from", "redirect_from", "aliases"),
    )
    _check_organisation(front_matter, fields)
    return ArticleSource(
        front_matter,
        body,
        body_line=parts.body_line + _dropped_lines(parts.body, body),
        own_format=own,
        translation_key=fields.line("translationkey", limit=MAX_TITLE) or None,
        says_locale=bool(locale),
        says_category=bool(category),
    )


def locale_of(language: str) -> str | None:
    """Return the locale for a language's code: `es-MX` is `es`; None when we do not have it."""
    locale = re.split(r"[-_]", language.strip().lower())[0]
    return locale if locale in LOCALES else None


def canonical(meta: FrontMatter) -> FrontMatter:
    """Return `meta` as reading it back would give it: blanks collapsed, labels once each."""
    tags: dict[str, str] = {}
    for tag in (_one_line(tag, MAX_WORD) for tag in meta.tags):
        if tag:
            tags.setdefault(tag.casefold(), tag)
    slug = slug_from_id(meta.slug)
    redirects = (slug_from_id(old, fallback="") for old in meta.redirects_from)
    translation = slug_from_id(meta.translation_of, fallback="") if meta.translation_of else None
    return replace(
        meta,
        title=_one_line(meta.title, MAX_TITLE) or slug,
        summary=_one_line(meta.summary, MAX_SUMMARY),
        slug=slug,
        category=slugify(meta.category, fallback="general"),
        tags=tuple(tags.values())[:MAX_WORDS],
        organisation=_one_line(meta.organisation or "", MAX_TITLE) or None,
        owner=meta.owner or None,
        translation_of=translation or None,
        redirects_from=tuple(dict.fromkeys(old for old in redirects if old)),
    )


def _one_line(text: str, limit: int) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())[:limit].rstrip()


def write_document(front_matter: FrontMatter, body: str) -> str:
    """Return the canonical text of an article: front matter, a blank line, the body.

    Reading what this writes and writing it again gives the same text.
    """
    meta = canonical(front_matter)
    lines = [
        "---",
        yaml_line("title", meta.title),
        yaml_line("summary", meta.summary),
        yaml_line("locale", meta.locale),
        yaml_line("slug", meta.slug),
        yaml_line("category", meta.category),
        yaml_list("tags", meta.tags),
        yaml_line("visibility", meta.visibility),
    ]
    if meta.organisation:
        lines.append(yaml_line("organisation", meta.organisation))
    lines.append(yaml_line("state", meta.state))
    if meta.owner:
        lines.append(yaml_line("owner", meta.owner))
    if meta.verified_on:
        lines.append(f"verified_on: {meta.verified_on.isoformat()}")
    if meta.translation_of:
        lines.append(yaml_line("translation_of", meta.translation_of))
    if meta.redirects_from:
        lines.append(yaml_list("redirects_from", meta.redirects_from))
    lines.append("---")
    head = "\n".join(lines) + "\n"
    text = normalise_body(body)
    return f"{head}\n{text}" if text else head


def _title_and_body(fields: Fields, body: str, *, own: bool, file_name: str) -> tuple[str, str]:
    """Take the title from the field, the first `# heading`, or the file's name.

    The page shows the title itself, so a first heading that repeats it leaves the body; in our
    own files the body is kept as it stands.
    """
    title = fields.line("title", limit=MAX_TITLE)
    heading, rest = _first_heading(body)
    if title:
        repeats = not own and heading.casefold() == title.casefold()
        return title, rest if repeats else body
    if heading:
        return heading[:MAX_TITLE], rest
    named = fields.line("sidebar_label", "linktitle", limit=MAX_TITLE) or title_from_name(file_name)
    if not named:
        line = fields.line_of("title")
        reason = "the article has no title"
        raise FrontMatterError(line, reason, "write “title: …” or begin with “# The title”")
    return named, body


def _dropped_lines(written: str, body: str) -> int:
    """Count the lines above the body that are not a part of it: blank ones, the title."""
    if not body:
        return 0
    unix = written.replace("\r\n", "\n").replace("\r", "\n")
    return unix.rstrip().count("\n") - body.rstrip().count("\n")


def _first_heading(body: str) -> tuple[str, str]:
    first, _, rest = body.partition("\n")
    match = re.fullmatch(r"#[ \t]+(\S.{0,1000}?)[ \t]*#*[ \t]*", first)
    if match:
        heading = match.group(1)
    else:
        underline, _, after = rest.partition("\n")
        if not re.fullmatch(r"=+[ \t]*", underline) or not first.strip():
            return "", body
        heading, rest = first.strip(), after
    heading = re.sub(r"[ \t]*\{[^{}]*\}$", "", heading)
    plain = re.sub(r"[*_`]+", "", heading) if re.search(r"[*`]|\b_|_\b", heading) else heading
    return " ".join(plain.split()), normalise_body(rest)


def title_from_name(file_name: str) -> str:
    """Return a title for a file: `2024-05-01-reset_password.es.md` gives `Reset password`."""
    words = re.sub(r"[-_+]+", " ", stem_of(file_name)).strip()
    return words[:1].upper() + words[1:]


def stem_of(file_name: str) -> str:
    """Return a file's name without folder, endings (`.es.md`) and Jekyll's date."""
    path = PurePosixPath(file_name)
    name = re.sub(r"\.(?:mdx?|markdown)$", "", path.name, flags=re.IGNORECASE)
    name = re.sub(r"\.(?:en|es)$", "", name, flags=re.IGNORECASE)
    if name.lower() in {"index", "_index", "readme"} and path.parent.name:
        name = path.parent.name
    # Jekyll's date, and the numbers by which files are put in order (01-first-steps.md).
    return re.sub(r"^(?:\d{4}-\d{1,2}-\d{1,2}-|0\d{0,2}[-_.] ?)(?=.)", "", name)


def _slug(fields: Fields, title: str, file_name: str) -> str:
    given = fields.path_slug("slug", "permalink", "url", "id")
    if given:
        return given
    stem = stem_of(file_name)
    return slug_from_id(stem) if stem else slugify(title, fallback="article")


def _state(fields: Fields, default: ArticleState) -> ArticleState:
    if fields.has("state"):
        return fields.choice("state", ArticleState, default)
    if fields.flag("draft") is True or fields.flag("published") is False:
        return ArticleState.DRAFT
    return default


def _check_organisation(front_matter: FrontMatter, fields: Fields) -> None:
    if front_matter.visibility is Visibility.ORGANISATION and not front_matter.organisation:
        raise FrontMatterError(
            fields.line_of("visibility"),
            "visibility is “organisation”, but no organisation is named",
            "add “organisation: its name”",
        )
