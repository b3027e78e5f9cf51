"""How many requests a second does the API answer, beside a bare Flask endpoint?

script/bench http [--articles N]: writes N invented articles into an installation of its own and
indexes them, starts the product and a bare Flask application (bench/http_bare.py) on the
product's own server with one worker each, all on one core, and loads them from the other core,
in turns (A B C, A B C, …). *New attempts* are short drafts of 3 to 8 words; *typing on* is one
attempt whose draft grows from 3 to 12 words, a word at a time. Rate limits are on.
"""

import argparse
import os
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.db.database import Database
from app.serve import web_command
from bench.corpus import Corpus, Questions
from bench.help_centre import build_indexes, fill
from bench.http_load import Load, load
from bench.measure import percentiles

ROOT: Final = Path(__file__).resolve().parent.parent
BARE: Final = "bare Flask"
NEW: Final = "new attempts"
TYPING: Final = "typing on"
READY_WITHIN_SECONDS: Final = 90
TYPED_WORDS: Final = range(3, 13)


def main() -> None:
    """Fill, serve, load, print."""
    arguments = _arguments()
    corpus = Corpus()
    with tempfile.TemporaryDirectory() as temporary:
        data = arguments.data or Path(temporary) / "var"
        if not (data / "antesala.sqlite3").exists():
            prepare(data, corpus, arguments.articles)
        rounds = measure(data, corpus.questions(), arguments)
    print(f"\n{arguments.articles:,} articles, {arguments.connections} connections\n")
    print(table(rounds))


def prepare(data: Path, corpus: Corpus, articles: int) -> None:
    """An installation with so many published articles, indexed."""
    started = time.perf_counter()
    database = Database(f"sqlite:///{data / 'antesala.sqlite3'}")
    fill(database, corpus.documents(articles))
    build_indexes(data, database)
    database.dispose()
    print(f"{articles:,} articles indexed in {time.perf_counter() - started:.0f} s", flush=True)


def measure(
    data: Path, questions: Questions, arguments: argparse.Namespace
) -> list[dict[str, Load]]:
    """Rounds of load by kind."""
    new = [[draft] for draft in questions.short]
    typed = [
        [" ".join(draft.split()[:words]) for words in TYPED_WORDS] for draft in questions.drafts
    ]
    server, client = arguments.cores
    with (
        served("bench.http_bare:app", data, server) as bare,
        served("wsgi:app", data, server) as product,
    ):
        os.sched_setaffinity(0, {client})
        kinds = {
            BARE: (bare, new),
            NEW: (product, new),
            TYPING: (product, typed),
        }

        def run(kind: str, seconds: float) -> Load:
            port, attempts = kinds[kind]
            return load(port, attempts, connections=arguments.connections, seconds=seconds)

        for kind in kinds:
            run(kind, arguments.warm_up)
        rounds = []
        for number in range(arguments.rounds):
            rounds.append({kind: run(kind, arguments.seconds) for kind in kinds})
            print(f"round {number + 1} of {arguments.rounds}", flush=True)
        return rounds


@contextmanager
def served(target: str, data: Path, core: int) -> Iterator[int]:
    """An application on the product's own server with one worker; its port."""
    port = _free_port()
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("ANTESALA_")},
        "ANTESALA_DATA": str(data),
        "ANTESALA_DEMO": "0",
        "ANTESALA_ARTICLE_SEARCH": "tantivy",
        "ANTESALA_TRUSTED_PROXIES": "1",
        "DATABASE_URL": "",
    }
    with (data / f"{target.partition(':')[0]}.log").open("wb") as log:
        process = subprocess.Popen(
            web_command("127.0.0.1", port, workers=1, target=target),
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    os.sched_setaffinity(process.pid, {core})
    try:
        _wait_until_open(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def table(rounds: Sequence[dict[str, Load]]) -> str:
    """A row a kind. The ratio is the median of the rounds' ratios."""
    lines = [
        "| endpoint | requests/s | of bare Flask | p50 / p95 / p99 ms | bytes an answer |",
        "|---|---|---|---|---|",
    ]
    for kind in rounds[0]:
        whole = Load()
        for each in rounds:
            whole.add(each[kind])
        ratio = statistics.median(
            each[kind].requests_per_second / each[BARE].requests_per_second for each in rounds
        )
        spread = " / ".join(f"{part:.1f}" for part in percentiles(whole.milliseconds).values())
        size = whole.answer_bytes / len(whole.milliseconds)
        lines.append(
            f"| {kind} | {whole.requests_per_second:,.0f} | {ratio:.1%} | {spread} | {size:,.0f} |"
        )
    return "\n".join(lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench http", description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each kind in a round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--warm-up", type=float, default=2.0, help="seconds, not counted")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--cores", type=int, nargs=2, default=(0, 1), help="server's, client's")
    parser.add_argument("--data", type=Path, help="a folder to keep the installation in")
    return parser.parse_args()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not become ready")


if __name__ == "__main__":
    main()
