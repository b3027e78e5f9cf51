"""Rate limits in a process's memory: moving windows that are forgotten when they are over."""

import threading

import pytest

from app.web.limit_storage import SWEEP_EVERY_SECONDS, MovingWindows


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def windows(clock: Clock) -> MovingWindows:
    return MovingWindows(clock=clock)


def test_a_window_moves_with_the_clock(windows: MovingWindows, clock: Clock):
    assert windows.acquire_entry("ana", 2, 60)
    clock.now += 30
    assert windows.acquire_entry("ana", 2, 60)
    assert not windows.acquire_entry("ana", 2, 60), "full"
    assert windows.get_moving_window("ana", 2, 60) == (1_000.0, 2)
    clock.now += 31
    assert windows.get_moving_window("ana", 2, 60) == (1_030.0, 1)
    assert windows.acquire_entry("ana", 2, 60), "the first is over"
    assert not windows.acquire_entry("ana", 2, 60)


def test_each_key_has_a_window_of_its_own(windows: MovingWindows, clock: Clock):
    assert windows.acquire_entry("ana", 1, 60)
    assert windows.acquire_entry("ben", 1, 60)
    assert windows.get_moving_window("nobody", 1, 60) == (clock.now, 0)
    windows.clear("ana")
    assert windows.acquire_entry("ana", 1, 60)
    assert not windows.acquire_entry("ana", 5, 60, amount=6), "more than there can be"


def test_keys_of_which_nothing_counts_are_forgotten(windows: MovingWindows, clock: Clock):
    for number in range(100):
        windows.acquire_entry(f"visitor {number}", 5, 10)
    windows.acquire_entry("slow", 5, 3600)
    clock.now += SWEEP_EVERY_SECONDS + 1
    windows.acquire_entry("ana", 5, 60)
    assert len(windows) == 2
    assert windows.get_moving_window("slow", 5, 3600)[1] == 1
    assert windows.reset() == 2
    assert len(windows) == 0


def test_many_at_once_are_never_more_than_the_limit(windows: MovingWindows):
    let_in: list[bool] = []

    def come() -> None:
        let_in.extend([windows.acquire_entry("ana", 50, 60) for _ in range(40)])

    threads = [threading.Thread(target=come) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(let_in), sum(let_in)) == (160, 50)
