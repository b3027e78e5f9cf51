"""The images of articles: on disk under the SHA-256 of their content, known to SQL by it."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import N_, InvalidError
from app.knowledge.models import ArticleAsset

MAX_ASSET_BYTES: Final = 10 * 1024 * 1024
_MAX_NAME: Final = 200
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


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


def image_type(content: bytes) -> str | None:
    """The media type of an image that pages may show, by its first bytes; None for others."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in {b"ftypavif", b"ftypavis"}:
        return "image/avif"
    return None


def check_image(content: bytes) -> str:
    """The media type of an image. Raises InvalidError on `image` for what pages may not show."""
    if len(content) > MAX_ASSET_BYTES:
        raise InvalidError("image", N_("Choose an image of at most 10 MB."))
    media_type = image_type(content)
    if media_type is None:
        raise InvalidError("image", N_("Choose a PNG, JPEG, GIF, WebP or AVIF image."))
    return media_type


def add_asset(
    session: Session, files: ArticleFiles, *, filename: str, content: bytes, now: datetime
) -> ArticleAsset:
    """Keep an image that articles may show as `asset:<sha256>`; one commit.

    The same content again gives the row that is there. Raises InvalidError on `image`.
    """
    check_image(content)
    files.store(content)  # before the first statement: a file without a row does no harm
    asset = register_assets(session, [(filename, content)], now=now)[0]
    session.commit()
    return asset


def register_assets(
    session: Session, images: Iterable[tuple[str, bytes]], *, now: datetime
) -> list[ArticleAsset]:
    """The rows of stored images (name, content), new ones added. Flushes, no commit."""
    given = [(hashlib.sha256(content).hexdigest(), name, content) for name, content in images]
    digests = {digest for digest, _, _ in given}
    known = {
        asset.sha256: asset
        for asset in session.scalars(select(ArticleAsset).where(ArticleAsset.sha256.in_(digests)))
    }
    for digest, name, content in given:
        if digest not in known:
            known[digest] = ArticleAsset(
                sha256=digest,
                filename=PurePath(name).name[:_MAX_NAME] or "image",
                content_type=check_image(content),
                size=len(content),
                created_at=now,
            )
            session.add(known[digest])
    session.flush()
    return [known[digest] for digest, _, _ in given]
