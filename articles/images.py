"""Images that articles show: known by their content, named by it."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

MAX_IMAGE_BYTES: Final = 10 * 1024 * 1024

ASSET_NAME: Final = re.compile(r"[0-9a-f]{32}\.(?:png|jpg|gif|webp)")
"""An asset's name: the first 32 hexadecimal digits of its SHA-256, and its kind."""

_MEDIA_TYPES: Final = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """An image's bytes under a name that says what they are. In Markdown: `asset:<name>`."""

    name: str
    media_type: str
    content: bytes


class ImageRefusedError(ValueError):
    """The bytes are not an image that may be shown; the message says why and what to do."""


def read_image(content: bytes) -> Asset:
    """Return the asset for these bytes. Raises `ImageRefusedError`."""
    if len(content) > MAX_IMAGE_BYTES:
        limit = MAX_IMAGE_BYTES // (1024 * 1024)
        raise ImageRefusedError(f"the image is larger than {limit} MB; make it smaller")
    kind = _kind(content)
    if kind is None:
        head = content[:1000].lstrip().lower()
        if head.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or b"<svg" in head:
            raise ImageRefusedError("SVG images can carry scripts; save it as PNG or WebP")
        raise ImageRefusedError("not a PNG, JPEG, GIF or WebP image, whatever its name says")
    name = f"{hashlib.sha256(content).hexdigest()[:32]}.{kind}"
    return Asset(name, _MEDIA_TYPES[kind], content)


def _kind(content: bytes) -> str | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return None
