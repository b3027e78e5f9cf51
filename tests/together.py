"""Several people at the same moment, each in a session of their own."""

import threading
from collections.abc import Callable

from sqlalchemy.orm import Session

from app.db.database import Database
from app.errors import ConflictError


def at_once(database: Database, *deeds: Callable[[Session], object]) -> list[object]:
    """Do these at the same moment; results, or conflicts, in order. Other errors fail the test."""
    results: list[object] = [None] * len(deeds)
    failures: list[Exception] = []
    ready = threading.Barrier(len(deeds))

    def run(number: int, deed: Callable[[Session], object]) -> None:
        with database.writing() as session:
            ready.wait(10)
            try:
                results[number] = deed(session)
            except ConflictError as error:
                results[number] = error
            except Exception as error:  # noqa: BLE001 - raised again in the test's own thread
                failures.append(error)

    threads = [threading.Thread(target=run, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for failure in failures:
        raise failure
    return results
