"""Do readers and a writer get along for a long time?

script/bench steady [--seconds 600] [--articles 2000]: four processes ask without a pause, as web
processes do, while the worker runs and an article is published every two seconds or so. Printed
are the answers and errors of the readers, how long after each commit the last of the four answered
with the new article, how many of these took more than a second, and whether any answer was older
than one before it.
"""

import argparse
import multiprocessing
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from pathlib import Path
from queue import Empty
from typing import Final

from app import migrate
from app.db.database import Database
from app.knowledge import service
from bench.publish import CATEGORY, EDITOR, PATIENCE_SECONDS, Language, fill, index_host, working
from search.suggestions import Draft, SuggestionIndex

READERS: Final = 4
PAUSE_SECONDS: Final = 2.0
WARM_UP_SECONDS: Final = 15
STALE_SECONDS: Final = 1.0
PUBLIC: Final = frozenset({"public"})


@dataclass
class Seen:
    """What one reader reports. `found` says when each article was first suggested."""

    answers: int = 0
    longest_seconds: float = 0.0
    went_back: int = 0
    errors: list[str] = field(default_factory=list)
    found: dict[str, float] = field(default_factory=dict)


def main() -> None:
    """Fill, start, publish, count."""
    parser = argparse.ArgumentParser(prog="script/bench steady", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument("--words", type=int, default=300)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "var"
        database = Database(f"sqlite:///{data / 'antesala.sqlite3'}")
        migrate.upgrade(database)
        language = Language(random.Random(7))
        fill(database, language, arguments.articles, arguments.words)
        index_host(data, database).refresh()
        spawn = multiprocessing.get_context("spawn")
        asked: list[Queue[str]] = [spawn.Queue() for _ in range(READERS)]
        told: Queue[Seen | None] = spawn.Queue()
        readers = [
            spawn.Process(target=read, args=(data, each, told), daemon=True) for each in asked
        ]
        with working(data):
            for reader in readers:
                reader.start()
            for _ in readers:
                told.get(timeout=PATIENCE_SECONDS)
            # At first the worker still reads what there is.
            publish_for(WARM_UP_SECONDS, database, language, asked)
            committed = publish_for(arguments.seconds, database, language, asked, WARM_UP_SECONDS)
            for queue in asked:
                queue.put("")
            seen = [told.get(timeout=PATIENCE_SECONDS) for _ in readers]
        database.dispose()
        show([each for each in seen if each is not None], committed)


def publish_for(
    seconds: float,
    database: Database,
    language: Language,
    asked: "Sequence[Queue[str]]",
    first: int = 0,
) -> dict[str, float]:
    """Publish for so long; when the commit of each name was done. Names are numbered from first."""
    committed: dict[str, float] = {}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        number = first + len(committed)
        # A word that no other article has.
        name = f"{language.words(1)}qu{number}x{language.words(1)}"
        now = datetime.now(UTC)
        body = f"{name} {language.words(200)}"
        text = service.ArticleText(title=f"How to set up the {name}", body=body)
        with database.writing() as session:
            article = service.create_draft(
                session,
                actor=EDITOR,
                text=text,
                locale="en",
                now=now,
                placement=service.Placement(category_id=CATEGORY),
            )
        with database.writing() as session:
            service.publish(session, actor=EDITOR, article_id=article.id, now=now)
        committed[name] = time.monotonic()
        for queue in asked:
            queue.put(name)
        time.sleep(PAUSE_SECONDS)
    time.sleep(2 * STALE_SECONDS)
    return committed


def read(data: Path, asked: "Queue[str]", told: "Queue[Seen | None]") -> None:
    """Ask for the newest article, again and again, until an empty name comes."""
    database = Database(f"sqlite:///{data / 'antesala.sqlite3'}")
    host = index_host(data, database)
    host.watch()
    while (index := host.suggestions()) is None:
        time.sleep(0.05)
    _ask(index, "thing")
    told.put(None)
    seen, names, version = Seen(), ["thing"], 0
    while names[-1]:
        with suppress(Empty):
            names.append(asked.get_nowait())
        name = next((each for each in names[1:] if each not in seen.found), names[-1])
        started = time.monotonic()
        try:
            index = host.suggestions()
            shown = _ask(index, name)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            seen.errors.append(repr(error))
            continue
        ended = time.monotonic()
        seen.answers += 1
        seen.longest_seconds = max(seen.longest_seconds, ended - started)
        if index is None:
            seen.errors.append("no index")
        elif index.version < version:
            seen.went_back += 1
        else:
            version = index.version
        if shown and name not in seen.found:
            seen.found[name] = ended
        time.sleep(0.01)
    told.put(seen)


def _ask(index: SuggestionIndex | None, name: str) -> bool:
    draft = Draft(f"I cannot set up the {name}", "it does nothing", "en")
    found = index.suggest(draft, audiences=PUBLIC) if index else ()
    return any(name in suggestion.terms for suggestion in found)


def show(seen: Sequence[Seen], committed: dict[str, float]) -> None:
    """Print what came of it."""
    delays, missed = [], 0
    for name, at in committed.items():
        times = [each.found[name] - at for each in seen if name in each.found]
        missed += len(seen) - len(times)
        delays += [max(times)] if len(times) == len(seen) else []
    delays.sort()
    late = sum(each > STALE_SECONDS for each in delays)
    print(f"answers of {len(seen)} readers         {sum(each.answers for each in seen):>10,}")
    print(f"errors                       {sum(len(each.errors) for each in seen):>10}")
    print(f"answers older than before    {sum(each.went_back for each in seen):>10}")
    print(f"longest answer               {max(each.longest_seconds for each in seen):>10.3f} s")
    print(f"publications                 {len(committed):>10}")
    print(f"not found by some reader     {missed:>10}")
    if delays:
        print(f"until all four suggest it    {delays[len(delays) // 2]:>10.2f} s (median)")
        print(f"                             {delays[-1]:>10.2f} s (longest)")
    print(f"later than {STALE_SECONDS:.0f} s              {late:>10}")
    for error in sorted({error for each in seen for error in each.errors}):
        print(f"  {error}")


if __name__ == "__main__":
    main()
