"""What a file is, told by its content and never by its name."""

import unicodedata
from pathlib import PurePosixPath

import puremagic

TEXT = "text/plain"
UNKNOWN = "application/octet-stream"
PREVIEWED = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Shown on the page; every other type is only ever downloaded."""
NAME_MAX = 120
HEAD_BYTES = 64 * 1024

_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
)
_DOWNLOADED = frozenset(
    {
        "application/gzip",
        "application/msword",
        "application/pdf",
        "application/rtf",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/x-7z-compressed",
        "application/zip",
        "audio/mpeg",
        "audio/ogg",
        "image/heic",
        "image/tiff",
        "video/mp4",
        "video/quicktime",
        "video/webm",
    }
)


def content_type(head: bytes, filename: str) -> str | None:
    """The type of a file from its first 64 KB; None for a program, which nobody may attach.

    The name only chooses among the kinds of ZIP that the content allows.
    """
    if head.startswith(_PROGRAMS):
        return None
    picture = _picture(head)
    if picture is not None:
        return picture
    if is_text(head):
        return TEXT
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(filename)
    return next((kind for kind in _recognised(head) if kind in _DOWNLOADED), UNKNOWN)


def is_text(head: bytes) -> bool:
    """Whether the bytes are UTF-8 text without control characters."""
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The head may end in the middle of a character.
        if error.reason != "unexpected end of data" or len(head) < HEAD_BYTES:
            return False
        text = head[: error.start].decode("utf-8-sig")
    return not any(
        unicodedata.category(char) == "Cc" and char not in "\t\n\r\f\x1b" for char in text
    )


def clean_filename(name: str) -> str:
    """A name that is safe to show and to download by: no folders, no control characters."""
    base = PurePosixPath(name.replace("\\", "/")).name
    shown = "".join(
        char for char in unicodedata.normalize("NFC", base) if _may_stand_in_a_name(char)
    )
    shown = " ".join(shown.split()).strip(". ")
    if len(shown) > NAME_MAX:
        stem, dot, suffix = shown.rpartition(".")
        suffix = f"{dot}{suffix}" if dot and len(suffix) <= len("numbers") else ""
        shown = (stem if suffix else shown)[: NAME_MAX - len(suffix)] + suffix
    return shown or "file"


def _may_stand_in_a_name(char: str) -> bool:
    return not unicodedata.category(char).startswith("C") and char not in '<>:"/\\|?*'


def _picture(head: bytes) -> str | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return None


def _zip_type(filename: str) -> str:
    office = "application/vnd.openxmlformats-officedocument."
    kinds = {
        "docx": f"{office}wordprocessingml.document",
        "xlsx": f"{office}spreadsheetml.sheet",
        "pptx": f"{office}presentationml.presentation",
        "odt": "application/vnd.oasis.opendocument.text",
        "ods": "application/vnd.oasis.opendocument.spreadsheet",
    }
    return kinds.get(filename.rpartition(".")[2].lower(), "application/zip")


def _recognised(head: bytes) -> list[str]:
    try:
        return [match.mime_type for match in puremagic.magic_string(head)]
    except (puremagic.PureError, ValueError, IndexError):
        return []
