"""Measures one engine: seconds, percentiles, bytes on the disk and in memory."""

import importlib
import math
import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from bench.corpus import Questions
from bench.engines import Engine
from search.documents import Document

PERCENTILES = (50, 95, 99)
_UPDATES = 5
_UPDATE_SECONDS = 10.0
_HELD_QUESTIONS = 100
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Measured:
    """A row of the table. Seconds for the build and an update until it is found, milliseconds a
    question by percentile, bytes; None where there is nothing to measure.

    `index_bytes` is what opening the index and asking it adds to a process (proportional set size);
    `resident_bytes` is all of that process.
    """

    name: str
    articles: int
    note: str = ""
    build_seconds: float | None = None
    update_seconds: float | None = None
    short: dict[int, float] = field(default_factory=dict)
    drafts: dict[int, float] = field(default_factory=dict)
    short_count: int = 0
    draft_count: int = 0
    disk_bytes: int | None = None
    index_bytes: int | None = None
    resident_bytes: int | None = None


def measure(
    kind: type[Engine],
    folder: Path,
    documents: Sequence[Document],
    questions: Questions,
) -> tuple[Measured, Engine]:
    """Build, ask, look at the disk and the memory; the engine comes with it, not yet updated."""
    for library in kind.libraries:
        importlib.import_module(library)
    folder.mkdir(parents=True)
    engine = kind(folder)
    started = time.perf_counter()
    engine.build(documents)
    built = time.perf_counter() - started
    for text in questions.warm_up:
        engine.query(text)
    short = [_milliseconds(partial(engine.query, text)) for text in questions.short]
    drafts = [_milliseconds(partial(engine.query, text)) for text in questions.drafts]
    disk = bytes_in(folder)
    index, resident = _memory(kind, folder, [*questions.warm_up, *questions.short])
    row = Measured(
        name=kind.name,
        articles=len(documents),
        note=kind.note,
        build_seconds=built,
        short=percentiles(short),
        drafts=percentiles(drafts),
        short_count=len(short),
        draft_count=len(drafts),
        disk_bytes=disk,
        index_bytes=index,
        resident_bytes=resident,
    )
    return row, engine


def seconds_of_updates(engine: Engine, additional: Sequence[Document]) -> float:
    """The median seconds from a new article until a query finds it; fewer updates if slow ones.

    Raises SystemExit when an article is not found.
    """
    seconds: list[float] = []
    for document in additional[:_UPDATES]:
        beginning = " ".join(document.sections[0].text.split()[:20])
        text = f"{document.title} {beginning}"
        started = time.perf_counter()
        engine.update(document)
        found = any(document.id in engine.query(text) for _ in range(_TRIES))
        seconds.append(time.perf_counter() - started)
        if not found:
            raise SystemExit(f"{engine.name} does not find an article that was added to it")
        if sum(seconds) > _UPDATE_SECONDS:
            break
    return statistics.median(seconds)


def timed(calls: Sequence[Callable[[], object]]) -> dict[int, float]:
    """Percentiles of the milliseconds that each call takes."""
    return percentiles([_milliseconds(call) for call in calls])


def percentiles(values: Sequence[float]) -> dict[int, float]:
    """The nearest-rank percentiles of `values`; nothing for none."""
    ordered = sorted(values)
    if not ordered:
        return {}
    return {p: ordered[max(0, math.ceil(len(ordered) * p / 100) - 1)] for p in PERCENTILES}


def bytes_in(folder: Path) -> int:
    """The sizes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _milliseconds(call: Callable[[], object]) -> float:
    started = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - started) / 1e6


def _memory(kind: type[Engine], folder: Path, texts: Sequence[str]) -> tuple[int, int]:
    """Bytes of the index alone, and of a whole process that holds only this index."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_hold, args=(kind, folder, texts[:_HELD_QUESTIONS], theirs))
    process.start()
    theirs.close()
    try:
        index, resident = ours.recv()
    except EOFError as error:
        raise SystemExit(f"{kind.name} cannot be opened in another process") from error
    finally:
        process.join()
    return index, resident


def _hold(kind: type[Engine], folder: Path, texts: Sequence[str], answer: Connection) -> None:
    for library in kind.libraries:
        importlib.import_module(library)
    before = set_sizes()["Pss"]
    engine = kind(folder)
    engine.open()
    for text in texts:
        engine.query(text)
    after = set_sizes()
    answer.send((after["Pss"] - before, after["Rss"]))


def set_sizes() -> dict[str, int]:
    """This process's memory in bytes, by Linux's names."""
    sizes = {}
    for line in Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()[1:]:
        name, value, _unit = line.split()
        sizes[name.rstrip(":")] = int(value) * 1024
    return sizes
