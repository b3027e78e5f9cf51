"""Writing articles out: `<locale>/<category>/<slug>.md` and `assets/`, the same bytes each time."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from articles.categories import CATEGORIES_FILE, CategoryNames, write_categories
from articles.export_links import with_relative_links
from articles.front_matter import FrontMatter, canonical, normalise_body, write_document
from articles.images import ASSET_NAME, Asset
from articles.import_links import LinkRewriter, Page, PageIndex

# The first moment a zip can tell: archives of the same articles are the same bytes.
_ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_FILE_MODE: Final = 0o100644


class Exportable(Protocol):
    """An article that can be written; `ImportedArticle` is one."""

    @property
    def front_matter(self) -> FrontMatter: ...
    @property
    def body(self) -> str: ...


class ExportError(ValueError):
    """The articles cannot be written to this place; the message says why."""


def export_files(
    articles: Iterable[Exportable],
    assets: Iterable[Asset],
    categories: Mapping[str, CategoryNames] | None = None,
) -> dict[str, bytes]:
    """Return the files of an export by their paths, in order.

    Links between the articles, and to the images, are relative paths in the files; an import
    reads them as `article:<locale>/<slug>` and `asset:<name>` again.
    """
    pages: dict[str, Page] = {}
    written: dict[str, Exportable] = {}
    for article in articles:
        meta = canonical(article.front_matter)
        path = f"{meta.locale}/{meta.category}/{meta.slug}.md"
        if path in pages:
            raise ExportError(f"two articles have the place {path}")
        pages[path] = Page(path, meta.locale, meta.slug)
        written[path] = article
    images = {f"assets/{asset.name}": asset for asset in assets}
    index = PageIndex(pages)
    places = {(page.locale, page.slug): path for path, page in pages.items()}
    files: dict[str, bytes] = {}

    def take(path: str) -> str | None:
        return images[path].name if path in images else None

    for path, article in written.items():
        # First as an import would read it, so that nothing is told in two ways.
        body = LinkRewriter(pages[path], index, take).rewrite(normalise_body(article.body))
        body = with_relative_links(body, path=path, pages=places, images=frozenset(images))
        files[path] = write_document(article.front_matter, body).encode("utf-8")
    for path, asset in images.items():
        if not ASSET_NAME.fullmatch(asset.name):
            raise ExportError(f"“{asset.name}” is not the name of an asset")
        files[path] = asset.content
    if categories:
        files[CATEGORIES_FILE] = write_categories(categories).encode("utf-8")
    return dict(sorted(files.items()))


def write_export(
    articles: Sequence[Exportable],
    assets: Sequence[Asset],
    target: Path,
    *,
    categories: Mapping[str, CategoryNames] | None = None,
) -> int:
    """Write an export to a new or empty folder, or to a `.zip`; return the number of files.

    The archive is put in place at once when it is whole. A folder that was exported to before
    may be given again: its articles and assets are replaced. Raises `ExportError` when the
    folder holds anything else.
    """
    files = export_files(articles, assets, categories)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix.lower() == ".zip":
        _write_zip(files, target)
    else:
        _write_folder(files, target)
    return len(files)


def _write_zip(files: dict[str, bytes], target: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
        try:
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for path, content in files.items():
                    entry = zipfile.ZipInfo(path, _ZIP_EPOCH)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    entry.create_system = 3
                    entry.external_attr = _FILE_MODE << 16
                    archive.writestr(entry, content)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
    Path(part.name).chmod(0o644)
    Path(part.name).replace(target)


def _write_folder(files: dict[str, bytes], target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise ExportError(f"{target} is a file; name a folder or a .zip")
    target.mkdir(exist_ok=True)
    ours = {"en", "es", "assets", CATEGORIES_FILE}
    foreign = [path.name for path in target.iterdir() if path.name not in ours]
    if foreign:
        raise ExportError(f"{target} holds other files ({foreign[0]}); name an empty folder")
    for old in target.iterdir():
        if old.is_symlink() or old.is_dir() == (old.name == CATEGORIES_FILE):
            raise ExportError(f"{old} is not of an export")
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    for path, content in files.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
