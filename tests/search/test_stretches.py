import gc
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.errors import SnapshotError
from search.records import ENTRY
from search.stretches import Filed, Held


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.integers(-5, 5), max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6),
)
def test_memory_and_file_give_the_same_stretches(tmp_path, numbers, pairs):
    array = np.array(numbers, dtype=np.int32)
    np.save(tmp_path / "a.npy", array)
    filed, held = Filed(tmp_path / "a.npy"), Held(array)
    stretches = [sorted(min(each, len(array)) for each in pair) for pair in pairs]
    begins, ends = [a for a, _ in stretches], [b for _, b in stretches]
    expected = [number for a, b in stretches for number in numbers[a:b]]
    assert filed.read(begins, ends).tolist() == held.read(begins, ends).tolist() == expected
    assert filed.whole().tolist() == held.whole().tolist() == numbers
    assert len(filed) == len(held) == len(numbers)


def test_many_stretches_are_read_at_once(tmp_path):
    array = np.arange(20_000, dtype=np.int64)
    np.save(tmp_path / "a.npy", array)
    begins = list(range(0, 20_000, 2))
    read = Filed(tmp_path / "a.npy").read(begins, [each + 1 for each in begins])
    assert read.tolist() == begins


def test_a_very_long_stretch_is_read(tmp_path):
    count = (1 << 24) + 10
    with (tmp_path / "a.npy").open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": (count,)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + count)
    assert len(Filed(tmp_path / "a.npy").read([1], [count])) == count - 1


def test_an_entry_is_a_feature_and_its_weight(tmp_path):
    np.save(tmp_path / "a.npy", np.array([(3, 0.5), (9, 0.25)], dtype=ENTRY))
    (entry,) = Filed(tmp_path / "a.npy").read([1], [2])
    assert (entry["feature"], entry["weight"]) == (9, 0.25)


def test_what_was_opened_is_read_after_its_file_is_gone(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(5))
    filed = Filed(tmp_path / "a.npy")
    (tmp_path / "a.npy").unlink()
    assert filed.read([1], [3]).tolist() == [1, 2]
    assert filed.whole().tolist() == [0, 1, 2, 3, 4]


def test_a_file_that_became_shorter_is_damaged(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(5))
    filed = Filed(tmp_path / "a.npy")
    os.truncate(tmp_path / "a.npy", 140)
    with pytest.raises(SnapshotError, match="damaged"):
        filed.read([0], [5])
    with pytest.raises(SnapshotError, match="damaged"):
        filed.whole()


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x03\x00", b"nothing of the kind"])
def test_another_file_is_refused(tmp_path, content):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"."):
        Filed(tmp_path / "a.npy")


@pytest.mark.parametrize("array", [np.zeros((2, 2)), np.zeros(())])
def test_other_shapes_are_refused(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(ValueError, match="no list"):
        Filed(tmp_path / "a.npy")


def is_open(path):
    own = Path("/proc/self/fd").iterdir()
    return path in [each.readlink() for each in own if each.is_symlink()]


def test_a_file_is_closed_with_the_last_who_reads_it(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(5))
    filed = Filed(tmp_path / "a.npy")
    assert is_open(tmp_path / "a.npy")
    del filed
    gc.collect()
    assert not is_open(tmp_path / "a.npy")
