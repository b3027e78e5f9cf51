"""The files of a folder or archive, none of them trusted: named, counted and capped first.

Nothing is ever unpacked to disk. An archive that tries to reach outside itself, or to grow
beyond all measure, is refused as a whole before anything of it is read.
"""

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MAX_FILES: Final = 20_000
MAX_FILE_BYTES: Final = 16 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 512 * 1024 * 1024
MAX_RATIO: Final = 200
"""Unpacked bytes for each packed one, for entries beyond a megabyte and for the whole."""
_RATIO_MATTERS: Final = 1024 * 1024
MAX_PATH: Final = 500

# All that zipfile and its decompressors raise over bytes that are not what they should be.
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    ValueError,
    NotImplementedError,
    EOFError,
    struct.error,
)
_IGNORED_FOLDERS: Final = frozenset(
    {"__macosx", "node_modules", "_layouts", "_includes", "_sass", "_data", "_site", "layouts"}
)


class ImportRefused(ValueError):  # noqa: N818 - named for what happens, as callers speak of it
    """The source as a whole is not imported; the message says why."""


class FileRefusedError(ValueError):
    """One file is not imported; the message says why."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file by its path in the source, with `/`, and its bytes when they are asked for."""

    path: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """The files in the order of their paths, and those that were refused, with reasons."""

    files: tuple[SourceFile, ...]
    refused: tuple[tuple[str, str], ...]


@contextmanager
def open_source(path: Path) -> Iterator[SourceFiles]:
    """Open a folder or `.zip`. Raises `ImportRefused`."""
    if path.is_dir():
        yield _folder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise ImportRefused(f"{path.name} is not a readable zip archive: {error}") from error
    with archive:
        yield _archive(archive)


def _is_ignored(path: str) -> bool:
    return any(part.startswith(".") or part.lower() in _IGNORED_FOLDERS for part in path.split("/"))


def _folder(root: Path) -> SourceFiles:
    files: list[SourceFile] = []
    refused: list[tuple[str, str]] = []
    total = 0
    for folder, names, file_names in os.walk(root, followlinks=False):
        names.sort()
        for name in sorted([*names, *file_names]):
            full = Path(folder, name)
            path = full.relative_to(root).as_posix()
            if _is_ignored(path):
                continue
            status = full.lstat()
            if stat.S_ISLNK(status.st_mode):
                refused.append((path, "symbolic links are not followed; copy the file itself"))
            elif stat.S_ISREG(status.st_mode):
                total += status.st_size
                _check_totals(len(files) + 1, total)
                files.append(SourceFile(path, status.st_size, _reader(full)))
            elif not stat.S_ISDIR(status.st_mode):
                refused.append((path, "not a file"))
    return SourceFiles(tuple(sorted(files, key=lambda file: file.path)), tuple(refused))


def _reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        # O_NOFOLLOW: the name may have become a link since it was listed.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            return _capped(file.read(MAX_FILE_BYTES + 1))

    return read


def _capped(content: bytes) -> bytes:
    if len(content) > MAX_FILE_BYTES:
        limit = MAX_FILE_BYTES // (1024 * 1024)
        raise FileRefusedError(f"the file is larger than {limit} MB")
    return content


def _check_totals(count: int, total: int) -> None:
    if count > MAX_FILES:
        raise ImportRefused(f"the source holds more than {MAX_FILES} files")
    if total > MAX_TOTAL_BYTES:
        limit = MAX_TOTAL_BYTES // (1024 * 1024)
        raise ImportRefused(f"the source holds more than {limit} MB")


def _archive(archive: zipfile.ZipFile) -> SourceFiles:
    entries = archive.infolist()
    _check_archive(entries)
    files = [
        SourceFile(entry.filename, entry.file_size, _entry_reader(archive, entry))
        for entry in entries
        if not entry.is_dir() and not _is_ignored(entry.filename)
    ]
    return SourceFiles(tuple(sorted(files, key=lambda file: file.path)), ())


def _check_archive(entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    total = packed = 0
    for entry in entries:
        name = entry.filename
        _check_name(entry)
        if name in seen:
            raise ImportRefused(f"the archive holds “{_shown(name)}” twice")
        seen.add(name)
        total += entry.file_size
        packed += entry.compress_size
        _check_totals(len(seen), total)
        _check_ratio(entry.file_size, entry.compress_size, f"“{_shown(name)}”")
    _check_ratio(total, packed, "the archive")
    # Entries that share their packed bytes are how a small archive becomes a large one.
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise ImportRefused(f"the archive's entries overlap at “{_shown(entry.filename)}”")
        end = entry.header_offset + entry.compress_size


def _check_ratio(size: int, packed: int, what: str) -> None:
    if size > _RATIO_MATTERS and size > MAX_RATIO * max(packed, 1):
        raise ImportRefused(f"{what} unpacks to more than {MAX_RATIO} times its size")


def _check_name(entry: zipfile.ZipInfo) -> None:
    # `orig_filename` is what the archive says; zipfile has cut it at a NUL and turned the
    # separators already.
    name, original = entry.filename, entry.orig_filename
    shown = _shown(original)
    parts = name.rstrip("/").split("/")
    if "\x00" in original or any(ord(character) < ord(" ") for character in original):
        raise ImportRefused(f"the archive holds a name with control characters: “{shown}”")
    if name.startswith("/") or "\\" in original or (len(name) > 1 and name[1] == ":"):
        raise ImportRefused(f"the archive holds an absolute or foreign path: “{shown}”")
    if any(part in {"", ".", ".."} for part in parts):
        raise ImportRefused(f"the archive holds a path that leads outside: “{shown}”")
    if len(name) > MAX_PATH:
        raise ImportRefused(f"the archive holds a path of more than {MAX_PATH} characters")
    mode = entry.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        raise ImportRefused(f"the archive holds a symbolic link: “{shown}”")
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ImportRefused(f"the archive holds something that is not a file: “{shown}”")
    if entry.flag_bits & 0x1:
        raise ImportRefused(f"“{shown}” is locked with a password")


def _shown(name: str) -> str:
    printable = "".join(character if character.isprintable() else "?" for character in name)
    return printable if len(printable) <= 80 else printable[:79] + "…"  # noqa: PLR2004 - a line


def _entry_reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            with archive.open(entry) as file:
                # One byte more than was promised shows a lie without unpacking all of it.
                content = file.read(min(entry.file_size, MAX_FILE_BYTES) + 1)
        except _DAMAGE as error:
            raise FileRefusedError(f"the archive is damaged here: {error}") from error
        except RuntimeError as error:
            raise FileRefusedError("the file is locked with a password") from error
        return _capped(content)

    return read
