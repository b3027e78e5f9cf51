"""The images of articles: on disk under the SHA-256 of their content, known to SQL by it."""

import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import N_, InvalidError
from app.knowledge.models import ArticleAsset
from articles.images import MAX_IMAGE_BYTES, Asset, ImageRefusedError, read_image

_MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class ArticleFiles:
    """The folder of images: `settings.data / "files" / "articles"`."""

    folder: Path

    @classmethod
    def under(cls, data: Path) -> "ArticleFiles":
        """The folder in an installation's data folder."""
        return cls(data / "files" / "articles")

    def path(self, sha256: str) -> Path:
        """Where an image with this digest lies. Raises ValueError for what is no digest."""
        if len(sha256) != hashlib.sha256().digest_size * 2 or not set(sha256) <= set(
            "0123456789abcdef"
        ):
            raise ValueError("not a SHA-256 in hexadecimal")
        return self.folder / sha256[:2] / sha256

    def store(self, content: bytes) -> str:
        """Keep an image; returns its SHA-256. The same content twice is one file."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        return digest


def check_image(content: bytes) -> Asset:
    """The image in these bytes. Raises InvalidError on `image` for what pages may not show."""
    if len(content) > MAX_IMAGE_BYTES:
        raise InvalidError("image", N_("Choose an image of at most 10 MB."))
    try:
        return read_image(content)
    except ImageRefusedError as error:
        raise InvalidError("image", N_("Choose a PNG, JPEG, GIF or WebP image.")) from error


def add_asset(
    session: Session, files: ArticleFiles, *, filename: str, content: bytes, now: datetime
) -> ArticleAsset:
    """Keep an image that articles may show as `asset:<name>`; one commit.

    The same content again gives the row that is there. Raises InvalidError on `image`.
    """
    image = check_image(content)
    files.store(content)  # before the first statement: a file without a row does no harm
    asset = register_assets(session, {filename: image}, now=now)[image.name]
    session.commit()
    return asset


def register_assets(
    session: Session, images: Mapping[str, Asset], *, now: datetime
) -> dict[str, ArticleAsset]:
    """The rows of stored images (by their file's name), new ones added. Flushes, no commit.

    Returns them by their names in Markdown.
    """
    names = {image.name for image in images.values()}
    known = {
        asset.name: asset
        for asset in session.scalars(select(ArticleAsset).where(ArticleAsset.name.in_(names)))
    }
    for filename, image in images.items():
        if image.name not in known:
            known[image.name] = ArticleAsset(
                name=image.name,
                sha256=hashlib.sha256(image.content).hexdigest(),
                filename=PurePath(filename).name[:_MAX_NAME] or image.name,
                content_type=image.media_type,
                size=len(image.content),
                created_at=now,
            )
            session.add(known[image.name])
    session.flush()
    return known


def stored_assets(session: Session, files: ArticleFiles, names: Iterable[str]) -> list[Asset]:
    """Images with their content, for an export; those whose file is missing are left out."""
    found: list[Asset] = []
    rows = session.scalars(
        select(ArticleAsset).where(ArticleAsset.name.in_(set(names))).order_by(ArticleAsset.name)
    )
    for row in rows:
        path = files.path(row.sha256)
        if path.is_file():
            found.append(Asset(row.name, row.content_type, path.read_bytes()))
    return found
