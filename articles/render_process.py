"""Rendering under a hard bound: a small pool of processes that can be stopped at any moment.

Works from any thread and any web worker: no signal is used on this side. A process is started
at the first text that needs one, kept for the next, and ends by itself when this one does.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from articles.composing import Composition, TocEntry
from articles.render_child import LENGTH, READY
from articles.render_limits import MAX_HTML_CHARACTERS, RefusalCode, RenderRefused

WALL_SECONDS: Final = 2.5
"""Seconds of the clock after which a process is stopped even if it got little processor time."""
START_SECONDS: Final = 20.0
QUEUE_SECONDS: Final = 10.0
PROCESSES: Final = 2

_ROOT: Final = Path(__file__).resolve().parent.parent


class _Process:
    """One watched process, used by one thread at a time."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(_ROOT)}
        self._popen = subprocess.Popen(
            [sys.executable, "-m", "articles.render_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd=_ROOT,
        )
        self._ready = False

    @property
    def _output(self) -> IO[bytes]:
        if self._popen.stdout is None:
            raise RenderRefused(RefusalCode.BUSY)
        return self._popen.stdout

    @property
    def _input(self) -> IO[bytes]:
        if self._popen.stdin is None:
            raise RenderRefused(RefusalCode.BUSY)
        return self._popen.stdin

    def wait_until_ready(self) -> bool:
        """Wait for the process to have loaded its libraries; False when it never will."""
        if not self._ready:
            with self._bound(START_SECONDS):
                self._ready = self._output.readline() == READY
        return self._ready

    def ask(self, request: bytes) -> bytes | None:
        """Return the answer, or None when the process ended or was stopped over it."""
        with self._bound(WALL_SECONDS), contextlib.suppress(BrokenPipeError):
            self._input.write(LENGTH.pack(len(request)) + request)
            self._input.flush()
            head = self._output.read(LENGTH.size)
            if len(head) == LENGTH.size:
                size = LENGTH.unpack(head)[0]
                answer = self._output.read(size)
                return answer if len(answer) == size else None
        return None

    @contextlib.contextmanager
    def _bound(self, seconds: float) -> Iterator[None]:
        """Kill the process `seconds` from now, unless what follows is done by then."""
        timer = threading.Timer(seconds, self._popen.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def stop(self) -> None:
        self._popen.kill()
        self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class _Pool:
    """The processes of this one, at most `PROCESSES`; others wait for their turn."""

    def __init__(self) -> None:
        self._idle: list[_Process] = []
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(PROCESSES)

    def ask(self, request: bytes) -> bytes | None:
        if not self._places.acquire(timeout=QUEUE_SECONDS):
            raise RenderRefused(RefusalCode.BUSY)
        try:
            process = self._take()
            answer = process.ask(request)
            if answer is None:
                process.stop()
                # The next text should not wait for a process to start.
                process = _Process()
            with self._lock:
                self._idle.append(process)
            return answer
        finally:
            self._places.release()

    def _take(self) -> _Process:
        while True:
            with self._lock:
                process = self._idle.pop() if self._idle else None
            fresh = process is None
            process = process or _Process()
            if process.is_alive() and process.wait_until_ready():
                return process
            process.stop()
            if fresh:
                raise RenderRefused(RefusalCode.BUSY)

    def stop(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.stop()


class _Pools:
    """The pool of this process. A fork begins with none: pipes cannot be shared by two."""

    def __init__(self) -> None:
        self.pool = _Pool()
        os.register_at_fork(after_in_child=self._begin_again)
        atexit.register(self.stop)

    def _begin_again(self) -> None:
        self.pool = _Pool()

    def stop(self) -> None:
        self.pool.stop()


_pools = _Pools()


def compose_watched(
    text: str, *, kind: str, video_hosts: frozenset[str], locale: str
) -> Composition:
    """Render as `compose` does, in a process that is stopped when it takes too long.

    Raises `RenderRefused` when the time is up, the result is too large, or no process can be
    started.
    """
    request = {"text": text, "kind": kind, "video_hosts": sorted(video_hosts), "locale": locale}
    try:
        answer = _pools.pool.ask(json.dumps(request).encode())
    except OSError as error:
        raise RenderRefused(RefusalCode.BUSY) from error
    if answer is None:
        raise RenderRefused(RefusalCode.SLOW)
    composition = json.loads(answer)
    if len(composition["html"]) > MAX_HTML_CHARACTERS:
        raise RenderRefused(RefusalCode.SLOW)
    toc = tuple(TocEntry(**entry) for entry in composition["toc"])
    return Composition(composition["html"], toc)
