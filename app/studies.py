"""What takes minutes of a processor: in a process of its own, which gives way to all others.

So neither an article that is published nor a customer waits for it, and its memory is given back.
"""

import multiprocessing
import os
import threading
from datetime import UTC, datetime
from typing import Final, Literal

from app.factory import create_app
from app.reports import evaluating
from app.settings import Settings
from app.web.request_context import Product

Study = Literal["teach", "measure"]

_NICENESS: Final = 10


class StudyError(Exception):
    """The process ended before its work did."""


def carry_out(study: Study, settings: Settings) -> None:
    """Do it, and wait for it. Raises StudyError: the process ended before its work did."""
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=_study, args=(study, settings), name=study, daemon=True)
    process.start()
    process.join()
    if process.exitcode:
        raise StudyError(f"{study} ended with {process.exitcode}")


def _study(study: Study, settings: Settings) -> None:
    os.nice(_NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    product: Product = create_app(settings).extensions["antesala"]
    if study == "teach":
        product.indexes.teach()
    else:
        evaluating.run_next(
            product.database,
            default_threshold=product.threshold.default,
            limit=product.settings.suggestion_limit,
            clock=lambda: datetime.now(UTC),
        )


def _end_with_parent() -> None:
    """End this process when the one that started it is killed: another will begin anew."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
