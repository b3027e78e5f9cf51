"""Kill builds at any moment, and open what is there: python -m tests.search.killing FOLDER TRIES.

A process of its own, for it forks. Prints how many builds were killed and how many came through.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from search.counted import count_articles
from search.index_store import IndexStore, Stored
from search.suggestions import Draft, SuggestionIndex
from tests.search.samples import HELP_CENTRE, PUBLIC, TICKETS

DRAFT = Draft("where can I download the invoices", "for my accountant")


def build(folder: Path, version: int, before: Stored) -> None:
    """A whole index, or, every other time, what changed alone."""
    if version % 2:
        IndexStore(folder).save(SuggestionIndex.build(HELP_CENTRE, TICKETS, version=version))
    else:
        index = before.index.changed(
            list(count_articles(HELP_CENTRE[:1], TICKETS)), (), version=version
        )
        IndexStore(folder).save(index, before)


def main() -> None:
    folder, tries = Path(sys.argv[1]), int(sys.argv[2])
    chance = random.Random(11)  # noqa: S311 - moments, no secrets
    store = IndexStore(folder)
    expected = SuggestionIndex.build(HELP_CENTRE, TICKETS, version=1)
    stored = store.save(expected)
    started = time.monotonic()
    build(folder, 1, stored)
    takes = time.monotonic() - started
    killed = 0
    for number in range(tries):
        before = store.open()
        version = before.index.version + 1
        child = os.fork()
        if child == 0:
            build(folder, version, before)
            os._exit(0)
        time.sleep(chance.uniform(0, 1.5 * takes))
        os.kill(child, signal.SIGKILL)
        killed += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0
        after = store.open()
        assert after.index.version in {before.index.version, version}, number
        store.verify(after)
        answers = after.index.suggest(DRAFT, audiences=PUBLIC)
        assert answers == expected.suggest(DRAFT, audiences=PUBLIC), number
    sys.stdout.write(f"{killed} {tries - killed}\n")


if __name__ == "__main__":
    main()
