"""The floor: what an engine's sum over its postings takes in C, and nothing else."""

import ctypes
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.engines import HITS, TextPostings, TextQuery

_SOURCE = Path(__file__).with_name("floor.c")


class Floor:
    """Answers questions from term-major postings. `folder` takes the compiled code."""

    def __init__(self, postings: TextPostings, folder: Path) -> None:
        self._library = ctypes.CDLL(str(_compiled(folder)))
        self._postings = TextPostings(
            np.ascontiguousarray(postings.starts, np.int64),
            np.ascontiguousarray(postings.rows, np.int32),
            np.ascontiguousarray(postings.weights, np.float32),
            postings.row_count,
            _maybe(postings.dense_number, np.int32),
            _maybe(postings.dense, np.float32),
        )
        self._scores = np.zeros(postings.row_count, np.float32)
        self._rows = np.zeros(HITS, np.int32)
        self._values = np.zeros(HITS, np.float32)

    def prepared(self, query: TextQuery) -> Callable[[], int]:
        """A call without arguments that answers `query` and returns the number of hits."""
        # The arrays stay alive in the defaults: C sees only their addresses.
        kept = (
            np.ascontiguousarray(query.features, np.int64),
            np.ascontiguousarray(query.weights, np.float32),
        )
        postings = self._postings
        arguments = (
            _address(postings.starts),
            _address(postings.rows),
            _address(postings.weights),
            ctypes.c_int64(postings.row_count),
            _address(postings.dense_number),
            _address(postings.dense),
            _address(kept[0]),
            _address(kept[1]),
            ctypes.c_int64(len(kept[0])),
            _address(self._scores),
            ctypes.c_int(HITS),
            _address(self._rows),
            _address(self._values),
        )
        function = self._library.floor_query

        def answer(_kept: object = kept) -> int:
            return int(function(*arguments))

        return answer

    def query(self, query: TextQuery) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """The rows of the best ten and their scores, best first."""
        count = self.prepared(query)()
        return self._rows[:count].copy(), self._values[:count].copy()


def check() -> None:
    """Compare the floor with the same sum in numpy. Raises SystemExit when they differ."""
    import tempfile

    chance = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as folder:
        for row_count in (1, 9, 64, 1_000, 5_003):
            matrix = chance.random((row_count, 40), np.float32)
            matrix[chance.random(matrix.shape) < 0.8] = 0
            for dense_count in (0, 5):
                floor = Floor(term_major(matrix, dense_count), Path(folder))
                for _ in range(50):
                    features = chance.choice(40, int(chance.integers(0, 12)), replace=False)
                    weights = chance.random(len(features), np.float32)
                    _compare(floor, matrix, TextQuery(features.astype(np.int64), weights))
    print("the floor equals numpy's sum")


def term_major(matrix: npt.NDArray[np.float32], dense_count: int = 0) -> TextPostings:
    """The postings of a small matrix, its first `dense_count` columns as dense rows."""
    columns, rows = np.nonzero(matrix.T)
    sparse = columns >= dense_count
    lengths = np.bincount(columns[sparse], minlength=matrix.shape[1])
    return TextPostings(
        np.concatenate(([0], np.cumsum(lengths))).astype(np.int64),
        rows[sparse].astype(np.int32),
        matrix.T[columns[sparse], rows[sparse]],
        len(matrix),
        np.where(np.arange(matrix.shape[1]) < dense_count, np.arange(matrix.shape[1]), -1).astype(
            np.int32
        ),
        np.ascontiguousarray(matrix.T[:dense_count]),
    )


def _compare(floor: Floor, matrix: npt.NDArray[np.float32], query: TextQuery) -> None:
    expected = matrix[:, query.features].astype(np.float64) @ query.weights.astype(np.float64)
    rows, scores = floor.query(query)
    best = -np.sort(-expected[expected > 0])[:HITS]
    same = len(rows) == len(best) == len(set(rows.tolist()))
    if not (same and np.allclose(scores, best, 1e-5) and np.allclose(expected[rows], best, 1e-5)):
        raise SystemExit(f"the floor is wrong: {rows}, {scores} instead of {best}")


def _compiled(folder: Path) -> Path:
    library = folder / "floor.so"
    if not library.exists():
        flags = ["-O3", "-march=native", "-shared", "-fPIC"]
        try:
            subprocess.run(["cc", *flags, "-o", str(library), str(_SOURCE)], check=True)
        except FileNotFoundError as error:
            raise SystemExit(
                "this benchmark compiles bench/floor.c: install a C compiler named cc (gcc or clang)"
            ) from error
        except subprocess.CalledProcessError as error:
            raise SystemExit(f"cc cannot compile {_SOURCE.name}: see its message above") from error
    return library


def _maybe(array: npt.NDArray[Any] | None, dtype: type) -> npt.NDArray[Any] | None:
    return None if array is None else np.ascontiguousarray(array, dtype)


def _address(array: npt.NDArray[Any] | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(None if array is None else array.ctypes.data)
