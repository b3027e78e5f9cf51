"""What keeps a processor busy: in a process of its own, which gives way to all others.

So neither an article that is published nor a customer waits for it, and its memory is given back.
"""

import multiprocessing
import os
import threading
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Final, Literal

from app.factory import create_app
from app.knowledge.index_upkeep import Merged
from app.reports import evaluating
from app.settings import Settings
from app.web.request_context import Product
from search.errors import SnapshotError

Study = Literal["teach", "measure", "merge articles", "merge tickets", "merge both"]

_NICENESS: Final = 10
_MOST_SECONDS: Final = 6 * 3_600
_ENDS_WITHIN_SECONDS: Final = 10
_MERGES: Final[dict[tuple[bool, bool], Study]] = {
    (True, False): "merge articles",
    (False, True): "merge tickets",
    (True, True): "merge both",
}


class StudyError(Exception):
    """The process ended before its work did."""


def carry_out(study: Study, settings: Settings) -> Merged | None:
    """Do it, and wait for it; of a merging, what it wrote.

    Raises StudyError: the process ended before its work did, or took hours. SnapshotError: an index is damaged.
    """
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_study, args=(study, settings, theirs), name=study, daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(_MOST_SECONDS):
            raise StudyError(f"{study} took longer than {_MOST_SECONDS} s")
        result: Merged | SnapshotError | None = ours.recv()
    except EOFError:
        process.join(_ENDS_WITHIN_SECONDS)
        raise StudyError(f"{study} ended with {process.exitcode}") from None
    finally:
        ours.close()
        process.join(_ENDS_WITHIN_SECONDS)
        process.kill()  # whatever keeps it: its work is done, or given up
        process.join()
    if isinstance(result, SnapshotError):
        raise result
    return result


def merge(settings: Settings, *, articles: bool, tickets: bool) -> Merged:
    """Let new large parts of the indexes be written. Raises as `carry_out`."""
    return carry_out(_MERGES[articles, tickets], settings) or Merged()


def _study(study: Study, settings: Settings, answer: Connection) -> None:
    os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    product: Product = create_app(settings).extensions["antesala"]
    result: Merged | SnapshotError | None = None
    if study == "teach":
        product.indexes.teach()
    elif study == "measure":
        evaluating.run_next(
            product.database,
            default_threshold=product.threshold.default,
            limit=product.settings.suggestion_limit,
            clock=lambda: datetime.now(UTC),
        )
    else:
        try:
            result = product.indexes.merge(
                articles=study != "merge tickets", tickets=study != "merge articles"
            )
        except SnapshotError as error:
            result = error
    answer.send(result)


def _end_with_parent() -> None:
    """End this process when the one that started it is killed: another will begin anew."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
