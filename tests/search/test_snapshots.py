import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.errors import SnapshotError
from search.index_store import IndexStore
from search.similar_tickets import TicketIndex
from search.snapshots import load_snapshot, save_snapshot, saved_version
from search.suggestions import Draft, SuggestionIndex
from search.ticket_store import TicketStore
from tests.search.samples import HELP_CENTRE, PUBLIC, TICKETS

DRAFT = Draft("where can I download the invoices", "for my accountant")


def save(index: SuggestionIndex, folder: Path) -> None:
    IndexStore(folder).save(index)


def load(folder: Path) -> SuggestionIndex:
    return IndexStore(folder).open().index


def current(folder: Path) -> Path:
    folder /= "base"
    return folder / (folder / "CURRENT").read_text().strip()


def test_a_loaded_index_answers_as_the_saved_one(tmp_path):
    built = SuggestionIndex.build(HELP_CENTRE, TICKETS, version=41)
    save(built, tmp_path)
    loaded = load(tmp_path)
    assert loaded.version == IndexStore(tmp_path).version() == 41
    assert loaded.document_count == len(HELP_CENTRE)
    assert loaded.suggest(DRAFT, audiences=PUBLIC) == built.suggest(DRAFT, audiences=PUBLIC)
    assert loaded.rank(DRAFT, audiences=PUBLIC) == built.rank(DRAFT, audiences=PUBLIC)


def test_an_empty_index_survives_the_round_trip(tmp_path):
    save(SuggestionIndex.build((), (), version=1), tmp_path)
    assert load(tmp_path).suggest(DRAFT, audiences=PUBLIC) == ()


def test_a_ticket_index_survives_the_round_trip(tmp_path):
    built = TicketIndex.build(TICKETS, version=5)
    TicketStore(tmp_path).save(built)
    loaded = TicketStore(tmp_path).open().index
    assert loaded.version == 5
    assert loaded.similar("paper for taxes") == built.similar("paper for taxes")


def test_nothing_saved_yet_is_said_clearly(tmp_path):
    assert saved_version(tmp_path) is None
    with pytest.raises(SnapshotError, match="build it"):
        load(tmp_path)


def test_a_damaged_file_is_noticed(tmp_path):
    save(SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1), tmp_path)
    for path in sorted(current(tmp_path).iterdir()):
        content = path.read_bytes()
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        if path.name != "manifest.json":
            with pytest.raises(SnapshotError, match="rebuild"):
                load(tmp_path)
        path.write_bytes(content[: len(content) // 2])
        with pytest.raises(SnapshotError):
            load(tmp_path)
        path.write_bytes(content)
    assert load(tmp_path).version == 1


def test_a_missing_file_and_a_wild_pointer_are_noticed(tmp_path):
    save(SuggestionIndex.build(HELP_CENTRE, (), version=1), tmp_path)
    (current(tmp_path) / "df.npy").unlink()
    with pytest.raises(SnapshotError):
        load(tmp_path)
    (tmp_path / "base" / "CURRENT").unlink()
    (tmp_path / "changes" / "CURRENT").write_text("v1/../../elsewhere")
    with pytest.raises(SnapshotError):
        load(tmp_path)


def test_a_snapshot_of_another_kind_is_refused(tmp_path):
    TicketStore(tmp_path).save(TicketIndex.build(TICKETS, version=1))
    with pytest.raises(SnapshotError):
        load(tmp_path)


def test_no_pickle_is_written(tmp_path):
    save(SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1), tmp_path)
    kinds = {path.suffix for path in current(tmp_path).iterdir()}
    assert kinds == {".npy", ".json"}
    for path in current(tmp_path).glob("*.npy"):
        np.load(path, allow_pickle=False)


def test_old_versions_are_forgotten_but_one(tmp_path):
    index = SuggestionIndex.build(HELP_CENTRE, (), version=1)
    for _ in range(4):
        save(index, tmp_path)
    assert len([path for path in (tmp_path / "base").iterdir() if path.is_dir()]) == 2


def test_an_open_index_outlives_the_versions_that_follow(tmp_path):
    save(SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1), tmp_path)
    opened = load(tmp_path)
    expected = opened.suggest(DRAFT, audiences=PUBLIC)
    for version in range(2, 6):
        save(SuggestionIndex.build((), (), version=version), tmp_path)
    assert opened.suggest(DRAFT, audiences=PUBLIC) == expected


def test_readers_see_the_old_version_or_the_new_one(tmp_path):
    indexes = [SuggestionIndex.build(HELP_CENTRE, TICKETS, version=v) for v in (1, 2)]
    save(indexes[0], tmp_path)
    seen: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.append(load(tmp_path).version)

    reader = threading.Thread(target=read)
    reader.start()
    save(indexes[1], tmp_path)
    while 2 not in seen[-1:]:
        assert reader.is_alive()
    stop.set()
    reader.join()
    assert seen == sorted(seen)


def test_a_failed_save_leaves_the_old_version(tmp_path):
    save_snapshot(tmp_path, kind="k", version=1, arrays={}, values={"a": 1})
    with pytest.raises(TypeError):
        save_snapshot(tmp_path, kind="k", version=2, arrays={}, values={"a": object()})
    assert load_snapshot(tmp_path, kind="k").version == 1
    assert not list(tmp_path.glob(".writing-*"))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**50), 2**50)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4
        )
    ),
    max_leaves=10,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.floats(allow_nan=False, width=32), max_size=30),
    st.lists(st.integers(0, 2**62), max_size=30),
    JSON,
    st.integers(0, 10**11),
)
def test_what_is_saved_is_what_is_loaded(tmp_path, floats, integers, value, version):
    arrays = {"floats": np.array(floats, np.float32), "integers": np.array(integers, np.int64)}
    save_snapshot(tmp_path, kind="k", version=version, arrays=arrays, values={"value": value})
    loaded = load_snapshot(tmp_path, kind="k")
    assert loaded.version == saved_version(tmp_path) == version
    assert json.dumps(loaded.values["value"]) == json.dumps(value)
    for name, array in arrays.items():
        assert loaded.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded.arrays[name], array)


def test_what_a_killed_build_left_is_cleared_away_in_time(tmp_path):
    left, fresh = tmp_path / ".writing-1-aa", tmp_path / ".writing-2-bb"
    for folder in (left, fresh):
        folder.mkdir()
    os.utime(left, (0, 0))
    save_snapshot(tmp_path, kind="k", version=1, arrays={}, values={})
    assert not left.exists()
    assert fresh.exists()


def test_builds_that_end_between_the_segment_and_its_changes_take_nothing_away(tmp_path):
    save(SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1), tmp_path)
    changes, aside = tmp_path / "changes", tmp_path / "aside"
    for version in (2, 3, 4):
        changes.rename(aside)
        changes.touch()  # nothing can be written where a file lies
        with pytest.raises(OSError, match="changes"):
            save(SuggestionIndex.build((), (), version=version), tmp_path)
        changes.unlink()
        aside.rename(changes)
        assert load(tmp_path).version == 1
    save(SuggestionIndex.build((), (), version=5), tmp_path)
    assert load(tmp_path).version == 5
    assert len([path for path in (tmp_path / "base").iterdir() if path.is_dir()]) == 2
