"""Counts of rate limits in this process's memory, as moving windows.

The library's own storage looks through all addresses in a new thread after each request, so
that a request costs more the more people there are. This one looks through them now and then.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, NoReturn

from limits.storage import MovingWindowSupport, Storage

SWEEP_EVERY_SECONDS: Final = 30.0


class MovingWindows(Storage, MovingWindowSupport):
    """The moments at which each key was counted, oldest first. Safe for threads.

    Knows moving windows alone: a storage for counters in fixed windows is another one.
    """

    STORAGE_SCHEME = ["antesala-memory"]  # noqa: RUF012 - the library reads this class attribute

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        *,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, deque[float]]] = {}
        self._sweep_at = clock() + SWEEP_EVERY_SECONDS

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._windows)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` now unless that exceeds `limit` within `expiry` seconds; whether it did."""
        now = self._clock()
        with self._lock:
            if now >= self._sweep_at:
                self._sweep(now)
            window = self._window(key, expiry, now)
            if len(window) + amount > limit:
                return False
            window.extend([now] * amount)
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - the library's signature
        """When the first that still counts was counted, and how many count."""
        now = self._clock()
        with self._lock:
            if key not in self._windows:
                return now, 0
            window = self._window(key, expiry, now)
            return (window[0], len(window)) if window else (now, 0)

    def _window(self, key: str, expiry: float, now: float) -> deque[float]:
        _, window = self._windows.setdefault(key, (expiry, deque()))
        while window and window[0] < now - expiry:
            window.popleft()
        return window

    def _sweep(self, now: float) -> None:
        """Forget the keys of which nothing counts any more."""
        self._sweep_at = now + SWEEP_EVERY_SECONDS
        self._windows = {
            key: (expiry, window)
            for key, (expiry, window) in self._windows.items()
            if window and window[-1] >= now - expiry
        }

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._windows.pop(key, None)

    def reset(self) -> int:
        """Forget everything; how many keys that were."""
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
        return count

    def check(self) -> bool:
        """Memory is always there."""
        return True

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong with it."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> NoReturn:
        """Not for fixed windows."""
        raise NotImplementedError

    def get(self, key: str) -> NoReturn:
        """Not for fixed windows."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> NoReturn:
        """Not for fixed windows."""
        raise NotImplementedError
