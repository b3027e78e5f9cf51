"""Attachments on disk: outside the web root, under random names, on disk before they are told of."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.errors import N_, InvalidError

_CHUNK = 256 * 1024
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is on the disk: its random name, its size in bytes, its content's SHA-256."""

    token: str
    size: int
    sha256: str


class AttachmentFolder:
    """The folder that holds attachments; `token` is the random name of one."""

    def __init__(self, data: Path) -> None:
        self.root = data / "files" / "attachments"

    def path(self, token: str) -> Path:
        """Where a file lies. Raises ValueError for what is not one of our names."""
        if not _TOKEN.fullmatch(token):
            raise ValueError("not the name of an attachment")
        return self.root / token[:2] / token

    def store(self, source: BinaryIO, *, most: int) -> StoredFile:
        """Keep what `source` holds under a new name.

        When this returns, the bytes are on the disk. Raises InvalidError for the field `files`
        when there are more than `most` bytes; nothing is kept then.
        """
        token = secrets.token_urlsafe(32)
        path = self.path(token)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(".part")
        size, digest = 0, hashlib.sha256()
        try:
            draft.touch(mode=0o600, exist_ok=False)
            with draft.open("wb") as target:
                while chunk := source.read(_CHUNK):
                    size += len(chunk)
                    if size > most:
                        raise too_large(most)
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
        _sync_folder(self.root)
        return StoredFile(token, size, digest.hexdigest())

    def remove(self, token: str) -> None:
        """Delete a file, if it is there."""
        self.path(token).unlink(missing_ok=True)

    def stored(self) -> Iterator[tuple[str, float]]:
        """Every file: its name and when it was last written, in seconds of Unix time."""
        for path in self.root.glob("*/*"):
            yield path.name, path.stat().st_mtime


def too_large(most: int) -> InvalidError:
    """The error for a file of more than `most` bytes."""
    return InvalidError(
        "files",
        N_("A file may have %(most)s MB at most. Make it smaller, or send a part of it."),
        most=f"{most / (1024 * 1024):g}",
    )


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
