"""Evaluations of the suggestions on the desk's own tickets."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, by_value


class EvaluationState(StrEnum):
    WAITING = "waiting"  # asked for; the worker has not begun
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Evaluation(Base):
    """One measurement: when, of what, and what came of it."""

    __tablename__ = "evaluation"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[EvaluationState] = mapped_column(by_value(EvaluationState))
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """None: by the clock."""
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    index_version: Mapped[int] = mapped_column(default=0)
    """Of the content that was measured."""
    error: Mapped[str] = mapped_column(String(400), default="")
    """What went wrong, for admins; empty unless it failed."""
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """`app.reports.figures.Figures`."""
    detail: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """`app.reports.figures.Detail`; of the newest alone, empty in those before it."""
