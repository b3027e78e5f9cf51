"""How long do drafts take that were made to take long?

script/bench hostile [--articles N]: asks an index of N invented articles each of these drafts a few
times, the first time with nothing remembered of it, on one core, and prints the longest and the
median, in milliseconds, with the share of the draft that is looked at.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Iterator
from typing import Final

from bench.corpus import Corpus
from search.analysis import MAX_DRAFT_CHARACTERS
from search.language import prepare_detection
from search.suggestions import Draft, SuggestionIndex

ROUNDS: Final = 9
KILOBYTES_64: Final = 65_536
PUBLIC: Final = frozenset({"public"})


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser(prog="script/bench hostile", description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--core", type=int, default=0, help="the processor core to run on")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {arguments.core})
    corpus = Corpus()
    index = SuggestionIndex.build(corpus.documents(arguments.articles), version=1)
    prepare_detection()
    for text in corpus.questions().warm_up:
        index.suggest(Draft(text, ""), audiences=PUBLIC)
    print(f"{arguments.articles:,} articles                   longest   median  characters read")
    for name, text in drafts():
        seconds = [asked(index, text) for _ in range(ROUNDS)]
        read = min(len(text), MAX_DRAFT_CHARACTERS)
        print(
            f"{name:<32}{1_000 * max(seconds):>8.1f} {1_000 * statistics.median(seconds):>8.1f}"
            f"  {read:,} of {len(text):,}"
        )


def asked(index: SuggestionIndex, text: str) -> float:
    """Seconds for one answer, shown whatever the gate says."""
    started = time.perf_counter()
    index.suggest(Draft("", text), audiences=PUBLIC, threshold=0.0)
    return time.perf_counter() - started


def drafts() -> Iterator[tuple[str, str]]:
    """What somebody might send to keep a server busy."""
    chance = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(3, 12))) for _ in range(10_000)]
    sentence = "my password does not work and I cannot sign in any more. "
    yield "64 KB of one letter", "a" * KILOBYTES_64
    yield "10,000 different words", " ".join(words)
    yield "64 KB of the same sentence", (sentence * 2_000)[:KILOBYTES_64]
    yield "zero-width between letters", "\u200b".join(sentence * 600)
    yield "a flood of combining marks", "".join(f"{c}{chr(0x301) * 200}" for c in sentence * 6)
    yield "right-to-left overrides", "".join(f"\u202e{word}\u202c " for word in words[:5_000])
    yield "64 KB of dots and dashes", ".-/" * (KILOBYTES_64 // 3)
    yield "one word of 64 KB with digits", "a1" * (KILOBYTES_64 // 2)
    yield "64 KB of emoji", "\U0001f600" * (KILOBYTES_64 // 4)
    yield "64 KB of control characters", "\x00\x07\x1b" * (KILOBYTES_64 // 3)


if __name__ == "__main__":
    main()
