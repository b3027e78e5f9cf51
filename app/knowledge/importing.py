"""Bringing articles in: all or nothing, the same input again changes nothing.

Reading and rendering come first, without a transaction; then one transaction writes.
"""

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from sqlalchemy.exc import IntegrityError

from app.db.database import Database
from app.errors import ConflictError, InvalidError
from app.knowledge.files import ArticleFiles
from app.knowledge.import_changes import Change, ChangeKind, changes_of
from app.knowledge.import_writing import ImportWriter
from app.knowledge.loading import STALE
from app.knowledge.rendering import ArticleText, PreparedText, prepare
from articles.categories import CategoryNames
from articles.import_plan import ImportPlan, Refusal
from articles.sections import Section

Progress = Callable[[str, int, int], None]
"""Called with the phase ("render" or "write"), how many are done, and of how many."""


@dataclass(frozen=True, slots=True)
class ImportOutcome:
    """How many articles were new, changed and the same, and what was left out and why."""

    created: int
    updated: int
    unchanged: int
    refused: tuple[Refusal, ...]
    notes: tuple[Refusal, ...]


def import_plan(
    database: Database,
    plan: ImportPlan,
    *,
    files: ArticleFiles,
    now: datetime,
    categories: Mapping[str, CategoryNames] | None = None,
    video_hosts: Sequence[str] = (),
    dry_run: bool = False,
    on_progress: Progress | None = None,
) -> ImportOutcome:
    """Write a plan's articles in one transaction; with `dry_run` only say what would happen.

    Published articles are new revisions that readers see at once; drafts leave what readers see
    alone. Redirects are added, never removed. What a file does not say of owner, verification
    and translation stays. Raises ConflictError when somebody changed one of the articles while
    the import was being prepared: nothing is written then.
    """
    report = on_progress or _silent
    with database.reading() as session:
        changes, notes = changes_of(session, plan.articles)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        changes, refused = _prepare(changes, spool, video_hosts, report)
        outcome = _outcome(plan, changes, refused, notes)
        if not dry_run:
            _write(database, plan, changes, spool, files, categories or {}, now, report)
    return outcome


def _silent(phase: str, done: int, total: int) -> None:
    """Show nothing."""


def _outcome(
    plan: ImportPlan, changes: Sequence[Change], refused: list[Refusal], notes: list[Refusal]
) -> ImportOutcome:
    counts = dict.fromkeys(ChangeKind, 0)
    for change in changes:
        counts[change.kind] += 1
    return ImportOutcome(
        created=counts[ChangeKind.CREATED],
        updated=counts[ChangeKind.UPDATED],
        unchanged=counts[ChangeKind.UNCHANGED],
        refused=(*plan.refused, *refused),
        notes=(*plan.notes, *notes),
    )


def _prepare(
    changes: Sequence[Change], spool: IO[str], video_hosts: Sequence[str], report: Progress
) -> tuple[list[Change], list[Refusal]]:
    """Render what changes, a line of the spool each: a large corpus does not fit in memory."""
    kept: list[Change] = []
    refused: list[Refusal] = []
    for number, change in enumerate(changes, start=1):
        if change.new_text:
            meta = change.front_matter
            text = ArticleText(meta.title, meta.summary, change.body, meta.tags)
            try:
                prepared = prepare(text, locale=meta.locale, video_hosts=video_hosts)
            except InvalidError as error:
                reason = error.message % error.params if error.params else error.message
                refused.append(Refusal(change.path, None, reason))
                continue
            json.dump(_as_json(prepared), spool, ensure_ascii=False)
            spool.write("\n")
        kept.append(change)
        report("render", number, len(changes))
    spool.seek(0)
    return kept, refused


def _as_json(prepared: PreparedText) -> dict[str, Any]:
    return {
        "html": prepared.html,
        "toc": prepared.toc,
        "sections": [[part.anchor, part.title, part.text] for part in prepared.sections],
        "assets": sorted(prepared.assets),
    }


def _spooled(changes: Sequence[Change], spool: IO[str]) -> Iterator[tuple[Change, PreparedText]]:
    for change in changes:
        if change.kind is ChangeKind.UNCHANGED:
            continue
        meta = change.front_matter
        text = ArticleText(meta.title, meta.summary, change.body, meta.tags)
        if not change.new_text:
            yield change, PreparedText(text, "", (), ())
            continue
        made = json.loads(spool.readline())
        yield (
            change,
            PreparedText(
                text,
                made["html"],
                tuple((level, anchor, title) for level, anchor, title in made["toc"]),
                tuple(Section(*part) for part in made["sections"]),
                frozenset(made["assets"]),
            ),
        )


def _write(
    database: Database,
    plan: ImportPlan,
    changes: Sequence[Change],
    spool: IO[str],
    files: ArticleFiles,
    categories: Mapping[str, CategoryNames],
    now: datetime,
    report: Progress,
) -> None:
    for asset in plan.assets:
        files.store(asset.content)
    total = sum(change.kind is not ChangeKind.UNCHANGED for change in changes)
    with database.writing() as session:
        writer = ImportWriter(session, now=now)
        writer.name_categories(categories)
        writer.register(plan.assets)
        writer.hold(changes)
        try:
            for done in writer.write(_spooled(changes, spool)):
                report("write", done, total)
            session.commit()
        except IntegrityError as error:
            # Somebody made an article or a redirect at the same address a moment ago.
            raise ConflictError(STALE) from error
