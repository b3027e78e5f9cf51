"""Indexes on disk: arrays as .npy, the rest as JSON, in a versioned folder put in place at once.

    folder/CURRENT                 the name of the version that readers load
    folder/v000000000042-1f0c…/    manifest.json (format, sizes, checksums), *.npy, *.json

A version is written beside the others, renamed into place, and only then named in CURRENT, which is
replaced atomically: whoever dies on the way leaves the old version or the new one. Nothing waits
for the disk, for all of it can be built again: what a power failure damages is noticed by its
checksum. No pickle is written or read.
"""

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.errors import SnapshotError
from search.stretches import Filed

_CURRENT: Final = "CURRENT"
_MANIFEST: Final = "manifest.json"
# Readers that opened an older version keep its memory maps after the folder is gone.
_KEPT_VERSIONS: Final = 2
_CHUNK_BYTES: Final = 1 << 20
_LEFT_AFTER_SECONDS: Final = 3_600
VERIFIED_AT_ONCE: Final = 4 << 20

Array = npt.NDArray[Any]


class SavedArrays(Mapping[str, Array]):
    """Arrays by name, memory-mapped when they are asked for. Raises OSError, ValueError then."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = paths

    def __getitem__(self, name: str) -> Array:
        return _mapped(self._paths[name])

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def filed(self, name: str) -> Filed:
        """One of which a little is read now and then."""
        return Filed(self._paths[name])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was saved: named arrays and named JSON values."""

    version: int
    arrays: SavedArrays
    values: Mapping[str, Any]


def save_snapshot(
    folder: Path,
    *,
    kind: str,
    version: int,
    arrays: Mapping[str, Array],
    values: Mapping[str, Any],
    forget: bool = True,
) -> Path:
    """Write one version and make it the current one. Returns its folder.

    Without `forget` older versions stay: whoever names one elsewhere calls `forget_old` once
    another is named.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staging = folder / f".writing-{os.getpid()}-{secrets.token_hex(4)}"
    staging.mkdir()
    try:
        files: dict[str, dict[str, object]] = {}
        for name, array in arrays.items():
            path = staging / f"{name}.npy"
            with path.open("wb") as file:
                np.save(file, np.ascontiguousarray(array), allow_pickle=False)
            files[path.name] = _described(path)
        for name, value in values.items():
            path = staging / f"{name}.json"
            _write_json(path, value)
            files[path.name] = _described(path)
        _write_json(staging / _MANIFEST, {"kind": kind, "version": version, "files": files})
        target = folder / f"v{version:012d}-{secrets.token_hex(4)}"
        staging.rename(target)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    _point_to(folder, target.name)
    if forget:
        forget_old(folder, target.name)
    return target


def load_snapshot(
    folder: Path, *, kind: str, name: str | None = None, verified: int = VERIFIED_AT_ONCE
) -> Snapshot:
    """Open the current version, or the one of that name.

    Of files up to `verified` bytes the checksum is compared, of larger ones the size alone: see
    `verify_snapshot`.
    Raises SnapshotError when there is none, or when it is damaged or of another kind.
    """
    place = folder / (name or _current_name(folder))
    try:
        manifest = json.loads((place / _MANIFEST).read_text("utf-8"))
        _check(manifest["kind"], kind, f"{place} holds another kind of index")
        arrays: dict[str, Path] = {}
        values: dict[str, Any] = {}
        for file, expected in manifest["files"].items():
            path = place / file
            if int(expected["bytes"]) <= verified:
                _check(_described(path), expected, f"{path} is damaged")
            _check(path.stat().st_size, expected["bytes"], f"{path} is damaged")
            if path.suffix == ".npy":
                arrays[path.stem] = path
            else:
                values[path.stem] = json.loads(path.read_text("utf-8"))
        return Snapshot(int(manifest["version"]), SavedArrays(arrays), values)
    except SnapshotError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(f"{place} cannot be read ({error}): rebuild it") from error


def verify_snapshot(folder: Path, name: str) -> None:
    """Read a version whole and compare every checksum. Raises SnapshotError: it is damaged.

    Takes about a second for two gigabytes, which opening it does not wait for. Says nothing of a
    version that is gone meanwhile.
    """
    place = folder / name
    try:
        files = json.loads((place / _MANIFEST).read_text("utf-8"))["files"]
        for file, expected in files.items():
            _check(_described(place / file), expected, f"{place / file} is damaged")
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(f"{place} cannot be read ({error}): rebuild it") from error


def verify_sizes(folder: Path, name: str) -> None:
    """Compare the size of each file alone, which costs nothing; otherwise as `verify_snapshot`."""
    place = folder / name
    try:
        files = json.loads((place / _MANIFEST).read_text("utf-8"))["files"]
        for file, expected in files.items():
            size = (place / file).stat().st_size
            _check(size, expected["bytes"], f"{place / file} is damaged")
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(f"{place} cannot be read ({error}): rebuild it") from error


def saved_version(folder: Path) -> int | None:
    """The version that `load_snapshot` would open, by its name alone; None when there is none."""
    try:
        return int(_current_name(folder)[1:].split("-", maxsplit=1)[0])
    except (SnapshotError, ValueError):
        return None


def saved_name(folder: Path) -> str | None:
    """The name of the version that `load_snapshot` would open: another one after every save."""
    try:
        return _current_name(folder)
    except SnapshotError:
        return None


def _check(found: object, expected: object, complaint: str) -> None:
    if found != expected:
        raise SnapshotError(f"{complaint} ({found!r}, not {expected!r}): rebuild it")


def _mapped(path: Path) -> Array:
    # An empty array cannot be memory-mapped.
    try:
        # A plain view: slices of NumPy's own memory maps cost far more.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except ValueError:
        return np.load(path, allow_pickle=False)  # type: ignore[no-any-return]


def _current_name(folder: Path) -> str:
    try:
        name = (folder / _CURRENT).read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise SnapshotError(f"no index in {folder} yet: build it") from error
    if not name.startswith("v") or "/" in name or "\\" in name or ".." in name:
        raise SnapshotError(f"{folder / _CURRENT} is damaged: rebuild the index")
    return name


def _point_to(folder: Path, name: str) -> None:
    pointer = folder / f".{_CURRENT}-{os.getpid()}-{secrets.token_hex(4)}"
    pointer.write_text(f"{name}\n", "utf-8")
    pointer.replace(folder / _CURRENT)


def forget_old(folder: Path, current: str) -> None:
    """Remove all versions but the one named and the newest other."""
    versions = sorted(
        (path for path in folder.glob("v*") if path.is_dir() and path.name != current),
        key=lambda path: path.stat().st_mtime_ns,
    )
    for path in versions[: max(0, len(versions) - (_KEPT_VERSIONS - 1))]:
        shutil.rmtree(path, ignore_errors=True)
    # What killed builds left: no build takes so long.
    for path in folder.glob(".writing-*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT_AFTER_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def _write_json(path: Path, value: object) -> None:
    # `dumps`, not `dump`: only it encodes in C.
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _described(path: Path) -> dict[str, object]:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}
