"""How fast is the search page's engine, how long does it build, and how large is it?

script/bench article_search --engine whoosh|tantivy --articles N: invents articles of 300 words,
builds the engine's index, asks questions of three to eight words (a quarter of them function words,
a few misspelt) and prints percentiles of a page of ten hits with their marked excerpts, fused with
fifty articles of a ranker's. Then one article at a time is changed, and the first search after it
measured. The ranker itself is not part of it: see script/bench suggest. `--profile` prints where
the time of the searches goes.
"""

import argparse
import cProfile
import pstats
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from bench.corpus import Corpus, Questions
from bench.measure import bytes_in
from search.article_engines import article_search
from search.article_search import ArticleSearch, SearchRequest
from search.documents import Document
from search.metrics import percentile
from search.suggestions import Ranked

AUDIENCES = frozenset({"public", "organisation:7"})
RANKED = 50
UPDATES = 10


def main() -> None:
    """Build, ask, change, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=["whoosh", "tantivy"], default="whoosh")
    parser.add_argument("--articles", type=int, default=1_000)
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    corpus = Corpus()
    documents = corpus.documents(arguments.articles)
    questions = corpus.questions(short=arguments.questions, drafts=0)
    with tempfile.TemporaryDirectory() as folder:
        engine = article_search(arguments.engine, Path(folder))
        started = time.perf_counter()
        engine.rebuild(documents, version=1)
        built = time.perf_counter() - started
        print(f"{arguments.engine}, {arguments.articles} articles of 300 words")
        print(f"built from nothing   {built:9.1f} s")
        print(f"on the disk          {bytes_in(Path(folder)) / 2**20:9.1f} MB", flush=True)
        if arguments.profile:
            profiled(engine, documents, questions)
            return
        seconds = ask(engine, documents, questions)
        for share in (0.5, 0.95, 0.99):
            print(
                f"a search, p{share * 100:<3.0f}       {percentile(seconds, share) * 1e3:9.2f} ms"
            )
        changed, after = update(engine, documents, corpus.additional(UPDATES), questions)
        print(f"an article changed   {statistics.median(changed):9.3f} s (median of {UPDATES})")
        print(f"the search after it  {statistics.median(after) * 1e3:9.2f} ms (median)")


def profiled(engine: ArticleSearch, documents: Sequence[Document], questions: Questions) -> None:
    """Print where the time of the searches goes."""
    profile = cProfile.Profile()
    profile.enable()
    ask(engine, documents, questions)
    profile.disable()
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


def ask(engine: ArticleSearch, documents: Sequence[Document], questions: Questions) -> list[float]:
    """Seconds of each search; those for warming up are not among them."""
    chance = random.Random(5)
    seconds = []
    for text in [*questions.warm_up, *questions.short]:
        boosts = ranking(documents, chance)
        started = time.perf_counter()
        engine.search(SearchRequest(text, AUDIENCES), boosts)
        seconds.append(time.perf_counter() - started)
    return seconds[len(questions.warm_up) :]


def ranking(documents: Sequence[Document], chance: random.Random) -> tuple[Ranked, ...]:
    """As many articles as the search page takes of the ranker, and as unlike in their scores."""
    chosen = chance.sample(range(len(documents)), min(RANKED, len(documents)))
    return tuple(
        Ranked(documents[number].id, 10 / (place + 1), 0.5 / (place + 1))
        for place, number in enumerate(chosen)
    )


def update(
    engine: ArticleSearch,
    documents: Sequence[Document],
    new: Sequence[Document],
    questions: Questions,
) -> tuple[list[float], list[float]]:
    """Seconds of changing one article, and of the first search after each change."""
    changed, after = [], []
    chance = random.Random(6)
    for version, document, text in zip(count(2), new, questions.short, strict=False):
        boosts = ranking(documents, chance)
        started = time.perf_counter()
        engine.apply([document], [chance.choice(documents).id], version)
        changed.append(time.perf_counter() - started)
        started = time.perf_counter()
        engine.search(SearchRequest(text, AUDIENCES), boosts)
        after.append(time.perf_counter() - started)
    return changed, after


if __name__ == "__main__":
    main()
