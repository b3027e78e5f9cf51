"""How fast are suggestions, beside other engines and beside the same sum in C?

script/bench suggest [--articles N]: invents a help centre of N articles of 300 words, 70 % English
and 30 % Spanish, and builds, asks and updates each engine in one run, on one core, one after the
other. Each question is timed alone, after a warm-up. `--growth` runs 1,000, 10,000 and 100,000
articles for the product's engine and the floor only. The floor is compiled from bench/floor.c and
repeats the sum over the product's postings, or over scikit-learn's when the product has none at
this size.
"""

import argparse
import gc
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.corpus import Corpus, Questions
from bench.engines import Antesala, Engine, HasPostings, HasTextScore
from bench.file_peers import Fts5, Tantivy, Whoosh
from bench.floor import Floor, check
from bench.matrix_peers import Bm25s, CsrProduct
from bench.measure import Measured, measure, seconds_of_updates, timed
from bench.report import FLOOR, notes, table, write_json
from bench.words import real_words
from search.documents import Document

GROWTH: Final = (1_000, 10_000, 100_000)
ENGINES: Final[dict[str, type[Engine]]] = {
    "antesala": Antesala,
    "csr": CsrProduct,
    "fts5": Fts5,
    "whoosh": Whoosh,
    "bm25s": Bm25s,
    "tantivy": Tantivy,
}
_ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
_ADDITIONAL: Final = 5
_WHOOSH_DRAFTS: Final = 20


def main() -> None:
    """Invent, measure, print."""
    arguments = _arguments()
    _on_one_core(arguments.core)
    if arguments.self_check:
        check()
        return
    sizes = GROWTH if arguments.growth else (arguments.articles,)
    names = ["antesala"] if arguments.growth else arguments.engines
    started = time.perf_counter()
    corpus = Corpus(real=real_words(arguments.text) if arguments.text else None)
    documents = corpus.documents(max(sizes))
    additional = corpus.additional(_ADDITIONAL)
    questions = corpus.questions()
    print(f"{len(documents):,} articles invented in {time.perf_counter() - started:.1f} s")
    # The corpus is no work for the collector while engines are measured.
    gc.collect()
    gc.freeze()
    most = {"antesala": arguments.engine_articles, "whoosh": arguments.whoosh_articles}
    rows: list[Measured] = []
    for size in sizes:
        limits = {name: min(size, most.get(name, size)) for name in names}
        rows += _run(limits, documents[:size], additional, questions)
    print(f"\n{table(rows)}\n\n{notes(rows)}")
    if arguments.json:
        settings = {name: str(value) for name, value in vars(arguments).items()}
        write_json(arguments.json, rows, settings)


def _run(
    limits: dict[str, int],
    documents: Sequence[Document],
    additional: Sequence[Document],
    questions: Questions,
) -> list[Measured]:
    """Measure engines by name, each with as many articles as `limits` says, and the floor."""
    rows: list[Measured] = []
    has_floor = False
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name, count in limits.items():
            kind = ENGINES[name]
            asked = questions
            if kind is Whoosh:
                asked = replace(questions, drafts=questions.drafts[:_WHOOSH_DRAFTS])
            print(f"{kind.name}, {count:,} articles …", flush=True)
            row, engine = measure(kind, folder / name, documents[:count], asked)
            if not has_floor and count == len(documents) and isinstance(engine, HasPostings):
                rows.append(_floor(engine, kind.name, count, folder, questions))
                has_floor = True
                if isinstance(engine, HasTextScore):
                    rows.append(_text_score(engine, count, questions))
            seconds = seconds_of_updates(engine, additional)
            rows.append(replace(row, update_seconds=seconds))
            del engine
            gc.collect()
            shutil.rmtree(folder / name)
        if not has_floor:
            engine = _postings_of_csr(folder / "floor", documents)
            rows.append(_floor(engine, CsrProduct.name, len(documents), folder, questions))
    return rows


def _floor(
    engine: HasPostings, name: str, articles: int, folder: Path, questions: Questions
) -> Measured:
    floor = Floor(engine.text_postings(), folder)

    def calls(texts: Sequence[str]) -> list[Callable[[], int]]:
        return [floor.prepared(engine.text_query(text)) for text in texts]

    timed(calls(questions.warm_up))
    return Measured(
        name=f"{FLOOR} ({name}'s postings)",
        articles=articles,
        note="the sum and the choice of the best ten alone: its questions are already numbers",
        short=timed(calls(questions.short)),
        drafts=timed(calls(questions.drafts)),
        short_count=len(questions.short),
        draft_count=len(questions.drafts),
    )


def _text_score(engine: HasTextScore, articles: int, questions: Questions) -> Measured:
    timed([engine.text_score(text) for text in questions.warm_up])
    return Measured(
        name="Antesala, text score alone",
        articles=articles,
        note="the same sum as the floor's and the best ten, from questions that are numbers",
        short=timed([engine.text_score(text) for text in questions.short]),
        drafts=timed([engine.text_score(text) for text in questions.drafts]),
        short_count=len(questions.short),
        draft_count=len(questions.drafts),
    )


def _postings_of_csr(folder: Path, documents: Sequence[Document]) -> CsrProduct:
    folder.mkdir()
    engine = CsrProduct(folder)
    engine.build(documents)
    return engine


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench suggest", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--growth", action="store_true", help="the engine and the floor, by size")
    parser.add_argument("--engine-articles", type=int, default=100_000, help="at most, for ours")
    parser.add_argument("--whoosh-articles", type=int, default=10_000, help="at most, for whoosh")
    parser.add_argument("--text", type=Path, help="a folder of labelled sets with real words")
    parser.add_argument("--json", type=Path, help="a file for everything that was measured")
    parser.add_argument("--core", type=int, default=0, help="the processor core to run on")
    parser.add_argument("--self-check", action="store_true", help="only check the floor's sums")
    return parser.parse_args()


def _on_one_core(core: int) -> None:
    """Start again with one thread for each library: they read that when they are loaded."""
    if all(os.environ.get(name) == value for name, value in _ONE_THREAD.items()):
        os.sched_setaffinity(0, {core})
        return
    os.environ.update(_ONE_THREAD)
    os.execv(sys.executable, [sys.executable, "-m", "bench.suggest", *sys.argv[1:]])


if __name__ == "__main__":
    main()
