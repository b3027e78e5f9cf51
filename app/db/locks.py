"""Let those who would do the same thing do it one after the other."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session


def wait_for_same(session: Session, key: str) -> None:
    """Wait until nobody else is in a transaction under this key; it is ours until this one ends.

    SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
