"""How fast are suggestions beside those of another checkout of the product?

script/bench beside CHECKOUT [--articles N] [--tickets T]: both build an index of N invented
articles, of which T solved tickets taught some, and are asked the same questions in turns on one
core. So a machine that is slower from one minute to the next does not change what is printed: the
time of this checkout as a share of the other's, as quartiles over rounds of ten questions, for
questions of 3 to 8 words and for drafts of 60 words, and that of making one segment of two.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final
from zlib import crc32

ROUNDS: Final = 30
MERGES: Final = 3
_ASKED: Final = 10
# The first of a round find cold caches: the other process had the core.
_COLD: Final = 2
_HERE: Final = Path(__file__).resolve()


class Checkout:
    """A process that answers with the code of one checkout."""

    def __init__(self, root: Path, folder: Path, arguments: argparse.Namespace) -> None:
        numbers = (str(arguments.articles), str(arguments.tickets))
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_HERE), "--answer", str(folder), *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"},
        )

    def ready(self, core: int) -> list[int]:
        """How many questions of each kind there are, and a number for all that it was given.

        From now on it stays on one core.
        """
        counts = [int(each) for each in self._answer()]
        os.sched_setaffinity(self._process.pid, {core})
        return counts

    def ask(self, what: str, numbers: list[int]) -> list[float]:
        """Seconds of each question of that kind, or of making one segment of two."""
        assert self._process.stdin
        print(what, *numbers, file=self._process.stdin, flush=True)
        return [float(each) for each in self._answer()]

    def _answer(self) -> list[str]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("a checkout stopped answering: what it wrote stands above")
        return line.split()


def main() -> None:
    """Build in both, ask in turns, print."""
    parser = argparse.ArgumentParser(prog="script/bench beside", description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--tickets", type=int, default=0)
    arguments = parser.parse_args()
    other = arguments.checkout.resolve()
    if not (other / "search" / "suggestions.py").is_file():
        parser.error(f"{other} is no checkout of the product")
    with tempfile.TemporaryDirectory() as temporary:
        pair = (
            Checkout(other, Path(temporary, "other"), arguments),
            Checkout(_HERE.parent.parent, Path(temporary, "this"), arguments),
        )
        core = max(os.sched_getaffinity(0))
        theirs, ours = [each.ready(core) for each in pair]
        if theirs != ours:
            raise SystemExit("the two checkouts invent different help centres: nothing to compare")
        *counts, _ = ours
        chance = random.Random(1)
        for what, count in zip(("short", "drafts"), counts, strict=True):
            _tell(
                what,
                [_share(pair, what, chance.sample(range(count), _ASKED)) for _ in range(ROUNDS)],
            )
        _tell("two segments made one", [_share(pair, "merge", []) for _ in range(MERGES)])


def _share(pair: tuple[Checkout, Checkout], what: str, numbers: list[int]) -> float:
    """The time of the second as a share of the first one's; both are asked twice, in both orders."""
    cold = _COLD if numbers else 0
    other, this = 0.0, 0.0
    for asked in (pair, pair[::-1]):
        for each in asked:
            taken = sum(each.ask(what, numbers)[cold:])
            other, this = (other + taken, this) if each is pair[0] else (other, this + taken)
    return this / other


def _tell(what: str, shares: list[float]) -> None:
    low, middle, high = statistics.quantiles(shares, n=4)
    print(f"{what:<24}{middle:6.2f} of the other's time ({low:.2f} to {high:.2f})", flush=True)


def answer(folder: Path, articles: int, tickets: int) -> None:
    """Answer a line of numbers with a line of seconds."""
    from bench.corpus import Corpus
    from bench.processes import PUBLIC, solved
    from search.counted import count_articles
    from search.index_store import IndexStore
    from search.language import prepare_detection
    from search.suggestions import Draft, SuggestionIndex

    corpus = Corpus()
    documents = corpus.documents(articles)
    store = IndexStore(folder)
    store.save(SuggestionIndex.build(documents, list(solved(documents, tickets)), version=1))
    last = [section.text for document in documents[-1:] for section in document.sections]
    invented = crc32(repr(last).encode())
    del documents
    prepare_detection()
    index = store.open().index
    changed = index.changed(list(count_articles(corpus.additional(5))), version=2)
    questions = corpus.questions()
    texts = {"short": questions.short, "drafts": questions.drafts}

    def seconds(text: str | None) -> float:
        started = time.perf_counter()
        if text is None:
            changed.merged()
        else:
            index.suggest(Draft(text, ""), audiences=PUBLIC, threshold=0.0)
        return time.perf_counter() - started

    for text in (*questions.warm_up, *questions.short[:200], *questions.drafts[:60]):
        seconds(text)
    invented = crc32(repr(texts).encode(), invented)
    print(*(len(each) for each in texts.values()), invented, flush=True)
    for line in sys.stdin:
        what, *numbers = line.split()
        asked = [texts[what][int(number)] for number in numbers] if numbers else [None]
        print(*(seconds(text) for text in asked), flush=True)


if __name__ == "__main__":
    if "--answer" in sys.argv:
        answer(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
