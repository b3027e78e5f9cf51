"""Reading articles from a folder, an archive or a corpus into a plan; nothing is written here.

One bad file is a `Refusal` with its line and reason while the rest goes in. A source that is
hostile as a whole raises `ImportRefused`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from articles.front_matter import (
    ArticleSource,
    DocumentDefaults,
    FrontMatter,
    FrontMatterError,
    parse_document,
)
from articles.images import Asset, read_image
from articles.import_corpus import read_corpus
from articles.import_dialects import to_our_markdown
from articles.import_files import (
    FileRefusedError,
    ImportRefused,
    SourceFile,
    SourceFiles,
    open_source,
)
from articles.import_links import LinkRewriter, Page, PageIndex
from articles.import_places import MARKDOWN_NAME, Place, is_about_the_repository, place_of
from articles.import_plan import ImportDefaults, ImportedArticle, ImportPlan, Refusal
from articles.rendering import RenderRefused, render

__all__ = [
    "Asset",
    "ImportDefaults",
    "ImportPlan",
    "ImportRefused",
    "ImportedArticle",
    "Refusal",
    "read_source",
]

Progress = Callable[[int, int], None]
"""Called with the number of files done and of all files."""

MAX_DOCUMENT_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Document:
    """A file on its way to an article."""

    path: str
    place: Place
    source: ArticleSource
    front_matter: FrontMatter


def read_source(
    path: Path,
    *,
    defaults: ImportDefaults | None = None,
    on_progress: Progress | None = None,
    try_corpus: bool = True,
) -> ImportPlan:
    """Return what `path` holds: a folder, a `.zip`, one Markdown file, or a `.jsonl` corpus.

    The order of articles is that of their paths (or lines). With `try_corpus` off the articles
    of a corpus are not rendered to find those that cannot be: for a caller who renders what is
    new anyway, and has a hundred thousand. Raises `ImportRefused`.
    """
    defaults = defaults or ImportDefaults()
    report = on_progress or _silent
    if not path.exists():
        raise ImportRefused(f"there is nothing at {path}")
    if path.is_file() and path.suffix.lower() in {".jsonl", ".ndjson"}:
        return read_corpus(path, defaults=defaults, on_progress=report, renders=try_corpus)
    if path.is_file() and MARKDOWN_NAME.fullmatch(path.name):
        file = SourceFile(path.name, path.stat().st_size, path.read_bytes)
        return _read_files(SourceFiles((file,), ()), defaults, report)
    with open_source(path) as files:
        return _read_files(files, defaults, report)


def _silent(done: int, total: int) -> None:
    """Show nothing."""


def _read_files(source: SourceFiles, defaults: ImportDefaults, report: Progress) -> ImportPlan:
    refused = [Refusal(path, None, reason) for path, reason in source.refused]
    markdown = [
        file
        for file in source.files
        if MARKDOWN_NAME.fullmatch(file.path) and not is_about_the_repository(file.path)
    ]
    total = 2 * len(markdown)
    documents: list[_Document] = []
    for number, file in enumerate(markdown, start=1):
        try:
            document = _read_document(file, defaults)
        except FrontMatterError as error:
            refused.append(Refusal(file.path, error.line, f"{error.reason}; {error.mend}"))
        except (FileRefusedError, OSError) as error:
            refused.append(Refusal(file.path, None, str(error)))
        else:
            if document is not None:
                documents.append(document)
        report(number, total)
    unique, doubles = _without_doubles(documents)
    refused += doubles
    return _finish(_with_translations(unique, defaults.locale), source, refused, report)


def _read_document(file: SourceFile, defaults: ImportDefaults) -> _Document | None:
    if file.size > MAX_DOCUMENT_BYTES:
        raise FileRefusedError("the file is larger than 1 MB, too long for one article")
    text = decode(file.read())
    place = place_of(file.path)
    source = parse_document(
        text,
        defaults=DocumentDefaults(
            locale=place.locale or defaults.locale,
            category=place.category or defaults.category,
            state=defaults.state,
            visibility=defaults.visibility,
            file_name=file.path,
        ),
    )
    # Hugo's section pages often hold a title alone.
    section = file.path.rpartition("/")[2].lower().startswith("_index.")
    if section and not source.body and not source.own_format:
        return None
    front_matter = source.front_matter
    if place.is_draft and not source.own_format:
        front_matter = replace(front_matter, state=type(front_matter.state).DRAFT)
    return _Document(file.path, place, source, front_matter)


def decode(content: bytes) -> str:
    """Return the text of UTF-8 bytes. Raises `FrontMatterError` with the line that is not."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise FrontMatterError(line, "the file is not UTF-8 text", "save it as UTF-8") from error


def _without_doubles(documents: list[_Document]) -> tuple[list[_Document], list[Refusal]]:
    first: dict[tuple[str, str], _Document] = {}
    refused: list[Refusal] = []
    for document in documents:
        meta = document.front_matter
        other = first.setdefault((meta.locale, meta.slug), document)
        if other is not document:
            reason = f"the slug “{meta.slug}” ({meta.locale}) is taken by {other.path}; change one"
            refused.append(Refusal(document.path, 1, reason))
    return list(first.values()), refused


def _with_translations(documents: list[_Document], locale: str) -> list[_Document]:
    """Join a page and its translation, which say so by their place or by Hugo's key."""
    groups: dict[str, list[_Document]] = {}
    for document in documents:
        key = document.source.translation_key or document.place.key
        groups.setdefault(key, []).append(document)
    result: list[_Document] = []
    for document in documents:
        key = document.source.translation_key or document.place.key
        meta = document.front_matter
        original = next(
            (other.front_matter for other in groups[key] if other.front_matter.locale == locale),
            None,
        )
        silent = not document.source.own_format and meta.translation_of is None
        if silent and original and meta.locale != locale and len(groups[key]) <= 2:  # noqa: PLR2004 - a page and its one translation
            joined = replace(meta, translation_of=original.slug)
            result.append(replace(document, front_matter=joined))
        else:
            result.append(document)
    return result


def _finish(
    documents: list[_Document], source: SourceFiles, refused: list[Refusal], report: Progress
) -> ImportPlan:
    pages = {
        document.path: Page(document.path, document.front_matter.locale, document.front_matter.slug)
        for document in documents
    }
    index = PageIndex(pages)
    shelf = _Shelf(source)
    articles: list[ImportedArticle] = []
    notes: list[Refusal] = []
    for number, document in enumerate(documents, start=1):
        shelf.begin_article()
        rewriter = LinkRewriter(pages[document.path], index, shelf.take)
        body = document.source.body
        meta = document.front_matter
        body = rewriter.rewrite(body)
        if not document.source.own_format:
            mdx = document.path.lower().endswith(".mdx")
            body = to_our_markdown(body, title=meta.title, mdx=mdx)
        offset = document.source.body_line - 1
        try:
            render(body, locale=meta.locale)
        except RenderRefused as error:
            line = error.line + offset if error.line else None
            refused.append(Refusal(document.path, line, error.reason))
        else:
            articles.append(ImportedArticle(document.path, meta, body, shelf.taken()))
            notes += [
                Refusal(document.path, problem.line + offset, f"{problem.target}: {problem.reason}")
                for problem in rewriter.problems
            ]
        report(len(documents) + number, 2 * len(documents))
    used = {name for article in articles for name in article.assets}
    assets = tuple(shelf.assets[name] for name in sorted(used))
    return ImportPlan(tuple(articles), tuple(refused), assets, tuple(notes))


class _Shelf:
    """The images of a source, read when the first article shows them."""

    def __init__(self, source: SourceFiles) -> None:
        self._files = {file.path: file for file in source.files}
        self._names: dict[str, str] = {}
        self._of_article: dict[str, None] = {}
        self.assets: dict[str, Asset] = {}

    def begin_article(self) -> None:
        self._of_article = {}

    def taken(self) -> tuple[str, ...]:
        return tuple(self._of_article)

    def take(self, path: str) -> str | None:
        """Return the name of the image at `path`; raises ValueError when it may not be shown."""
        file = self._files.get(path)
        if file is None or MARKDOWN_NAME.fullmatch(path):
            return None
        if path not in self._names:
            asset = read_image(file.read())
            self.assets[asset.name] = asset
            self._names[path] = asset.name
        self._of_article[self._names[path]] = None
        return self._names[path]
