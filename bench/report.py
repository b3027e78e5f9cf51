"""The measured rows as a table for people and as JSON."""

import json
import platform
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib import metadata
from pathlib import Path

from bench.measure import PERCENTILES, Measured

CSR = "CSR @ query"
FLOOR = "floor"
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "whoosh-reloaded", "bm25s", "tantivy")
_HEADS = (
    "engine", "articles", "build s", "update s", "short p50 / p95 / p99 ms",
    "draft p50 / p95 / p99 ms", "disk MB", "index in memory MB", "process MB",
    "× floor, short · draft", "× CSR, short · draft",
)  # fmt: skip


def table(rows: Sequence[Measured]) -> str:
    """A Markdown table. Ratios are of medians, among rows with as many articles."""
    lines = [_line(_HEADS), _line(["---"] * len(_HEADS))]
    return "\n".join(lines + [_line(_cells(row, rows)) for row in rows])


def _cells(row: Measured, rows: Sequence[Measured]) -> list[str]:
    return [
        row.name,
        f"{row.articles:,}",
        _number(row.build_seconds),
        _number(row.update_seconds),
        _milliseconds(row.short),
        _milliseconds(row.drafts),
        _megabytes(row.disk_bytes),
        _megabytes(row.index_bytes),
        _megabytes(row.resident_bytes),
        _ratio(row, rows, FLOOR),
        _ratio(row, rows, CSR),
    ]


def notes(rows: Sequence[Measured]) -> str:
    """What each row's figures need to be understood, and over how many questions they go."""
    return "\n".join(
        f"- {row.name}: {row.short_count:,} short questions and {row.draft_count:,} drafts"
        + (f"; {row.note}" if row.note else "")
        for row in rows
    )


def write_json(path: Path, rows: Sequence[Measured], settings: Mapping[str, object]) -> None:
    """Everything that was measured, and on what."""
    content = {
        "machine": {"processor": _processor(), "system": platform.platform()},
        "versions": {
            "python": platform.python_version(),
            "sqlite": sqlite3.sqlite_version,
            **{name: metadata.version(name) for name in _LIBRARIES},
        },
        "settings": settings,
        "rows": [asdict(row) for row in rows],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _ratio(row: Measured, rows: Sequence[Measured], other: str) -> str:
    for reference in rows:
        if reference.name.startswith(other) and reference.articles == row.articles:
            parts = ((row.short, reference.short), (row.drafts, reference.drafts))
            return " · ".join(_number(a[50] / b[50]) if a and b else "–" for a, b in parts)
    return "–"


def _milliseconds(values: dict[int, float]) -> str:
    return " / ".join(_number(values[p]) for p in PERCENTILES) if values else "–"


def _megabytes(value: int | None) -> str:
    return "–" if value is None else f"{value / 1e6:,.0f}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    for bound, digits in ((100, 0), (10, 1), (0.1, 2), (0.01, 3)):
        if value >= bound:
            return f"{value:,.{digits}f}"
    return f"{value:.4f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
