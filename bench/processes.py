"""What does the index cost several processes, and how soon does a new one answer?

script/bench processes [--articles N] [--tickets T]: builds an index of N invented articles, of
which solved tickets of 60 words taught some, saves it, and starts four processes as a server does.
Printed are the megabytes that opening the index and 400 questions add to each (proportional set
size: what several share is divided among them), the milliseconds from the beginning of opening to
the first answer in a process that has loaded the libraries, those of short questions and of drafts
in one process alone, and the seconds of making one segment out of the large and the small one.
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Final

from bench.corpus import Corpus
from bench.measure import percentiles, set_sizes
from search.counted import count_articles
from search.documents import CustomerWords, Document
from search.index_store import IndexStore
from search.language import prepare_detection
from search.suggestions import Draft, SuggestionIndex

PROCESSES: Final = 4
QUESTIONS: Final = 200
PUBLIC: Final = frozenset({"public"})
MEGABYTE: Final = 1 << 20
TAUGHT_SHARE: Final = 0.2


def main() -> None:
    """Build, save, open in several processes, print."""
    parser = argparse.ArgumentParser(prog="script/bench processes", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--tickets", type=int, default=0)
    arguments = parser.parse_args()
    corpus = Corpus()
    documents = corpus.documents(arguments.articles)
    questions = corpus.questions()
    texts = [*questions.short[:QUESTIONS], *questions.drafts[:QUESTIONS]]
    with tempfile.TemporaryDirectory() as folder:
        store = IndexStore(Path(folder))
        tickets = list(solved(documents, arguments.tickets))
        started = time.perf_counter()
        built = store.save(SuggestionIndex.build(documents, tickets, version=1))
        print(f"built and saved         {time.perf_counter() - started:8.1f} s")
        changed = built.index.changed(list(count_articles(corpus.additional(5))), version=2)
        started = time.perf_counter()
        changed.merged()
        print(f"two segments made one   {time.perf_counter() - started:8.2f} s", flush=True)
        prepare_detection()
        index = store.open().index
        for name, asked in (("short", questions.short), ("drafts", questions.drafts)):
            times = percentiles([milliseconds(index, text) for text in asked[: 2 * QUESTIONS]])
            shown = " / ".join(f"{each:.2f}" for each in times.values())
            print(f"{name:<24}{shown} ms (p50 / p95 / p99)", flush=True)
        del index
        del documents, tickets, built, changed
        spawn = multiprocessing.get_context("spawn")
        together = spawn.Barrier(PROCESSES)
        readers = []
        for _ in range(PROCESSES):
            ours, theirs = spawn.Pipe(duplex=False)
            process = spawn.Process(target=hold, args=(Path(folder), texts, together, theirs))
            process.start()
            readers.append((process, ours))
        told = [ours.recv() for _, ours in readers]
        for process, _ in readers:
            process.join()
    for name, at, unit in (("index in memory", 0, "MB each"), ("until the first answer", 1, "ms")):
        values = ", ".join(f"{each[at]:.0f}" for each in told)
        print(f"{name:<24}{values} {unit}")


def solved(documents: Sequence[Document], count: int) -> Iterator[CustomerWords]:
    """Tickets that say what an article says, in another order; a fifth of the articles has some."""
    chance = random.Random(3)
    taught = documents[:: round(1 / TAUGHT_SHARE)]
    for number in range(count):
        document = taught[number % len(taught)]
        words = document.sections[number % len(document.sections)].text.split()
        text = " ".join(chance.choices(words, k=60))
        yield CustomerWords(document.id, text, document.locale, f"ticket:{number}")


def hold(folder: Path, texts: Sequence[str], together: Barrier, answer: Connection) -> None:
    """Open, ask, and tell what that took."""
    prepare_detection()
    before = set_sizes()["Pss"]
    started = time.perf_counter()
    index = IndexStore(folder).open().index
    index.suggest(Draft(texts[0], ""), audiences=PUBLIC, threshold=0.0)
    first = 1_000 * (time.perf_counter() - started)
    for text in texts:
        milliseconds(index, text)
    together.wait()
    size = (set_sizes()["Pss"] - before) / MEGABYTE
    together.wait()
    answer.send((size, first))


def milliseconds(index: SuggestionIndex, text: str) -> float:
    """What one answer takes."""
    started = time.perf_counter()
    index.suggest(Draft(text, ""), audiences=PUBLIC, threshold=0.0)
    return 1_000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
