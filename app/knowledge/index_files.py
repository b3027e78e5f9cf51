"""The indexes on disk: which content they reflect, building them one at a time, opening them.

folder/suggestions/ articles/ tickets/   the three indexes, each replaced atomically
folder/synonyms/ model/                  what drafts are asked with, and how articles are ranked
folder/STAMP                             the content that all reflect, the ear that heard it, and
                                         which build it was; written last
folder/LOCK                              held by the one process that builds
"""

import fcntl
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy.orm import Session

from app.knowledge.index_upkeep import IndexUpkeep, Merged, Merging
from app.knowledge.indexing import (
    ContentVersion,
    Learning,
    changed_since,
    documents,
)
from app.knowledge.synonyms import synonyms_of
from search.article_engines import EngineName, article_search
from search.desk_model import UNTRAINED, DeskModel
from search.ear import Ear
from search.errors import SnapshotError
from search.index_store import Stored
from search.snapshots import saved_name
from search.suggestions import SuggestionIndex
from search.synonyms import NO_SYNONYMS, Synonyms
from search.ticket_store import StoredTickets

_STAMP: Final = "STAMP"
# Beyond this many changed articles a fresh index is faster than changing the old one.
_MAX_CHANGES: Final = 200
# After a merging that failed, such as on a full disk.
_REST_SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What the indexes on disk reflect. No two builds have the same name."""

    content: ContentVersion
    ear: str
    build: str


@dataclass(frozen=True, slots=True)
class OpenIndexes:
    """Indexes in memory, all of the same content."""

    content: ContentVersion
    stored: Stored
    model: DeskModel
    model_name: str | None
    synonyms: Synonyms
    synonyms_name: str | None
    suggestions: SuggestionIndex
    tickets: StoredTickets


class Merge(Protocol):
    """Writes new large parts of the indexes."""

    def __call__(self, *, articles: bool, tickets: bool) -> Merged: ...


class IndexFiles:
    """The folder of the indexes. Safe to use from any number of processes."""

    def __init__(self, folder: Path, engine: EngineName = "whoosh", ear: Ear | None = None) -> None:
        self._folder = folder
        self._ear = ear
        self._stamp = folder / _STAMP
        self.articles = article_search(engine, folder / "articles")
        self._upkeep = IndexUpkeep(folder, ear)
        self._built: _Stamp | None = None
        self._in_step: _Stamp | None = None
        self._merging = threading.Lock()
        self._resting_until = float("-inf")

    def signature(self) -> tuple[int, int] | None:
        """Changes with every build; None when there is no complete index. One `stat`."""
        try:
            status = self._stamp.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def content(self) -> ContentVersion | None:
        """The content that the indexes reflect; None when there is no complete index."""
        stamp = self._read_stamp()
        return stamp.content if stamp else None

    def is_current(self, content: ContentVersion) -> bool:
        """Whether the indexes reflect this content, heard by this process's ear."""
        stamp = self._read_stamp()
        if stamp is None or (stamp.content, stamp.ear) != (content, self._ear_name):
            return False
        self._in_step = stamp
        return True

    def is_own(self) -> bool:
        """Whether it was this process that built what there is."""
        return self._built is not None and self._built == self._read_stamp()

    @property
    def _ear_name(self) -> str:
        return self._ear.name if self._ear else ""

    def _read_stamp(self) -> _Stamp | None:
        try:
            told = json.loads(self._stamp.read_text("utf-8"))
            content = ContentVersion(told["version"], told["changed_at"])
            return _Stamp(content, str(told.get("ear", "")), str(told.get("build", "")))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def open(self, before: OpenIndexes | None = None) -> OpenIndexes:
        """Open the current indexes. Raises SnapshotError: build them again.

        What is still the same as `before` is taken from there.
        """
        content = self.content()
        if content is None:
            raise SnapshotError(f"no index in {self._folder} yet: build it")
        tickets = self._upkeep.tickets.open(before.tickets if before else None)
        stored = self._upkeep.suggestions.open(before.stored if before else None)
        model_name = saved_name(self._folder / "model")
        if before is not None and before.model_name == model_name:
            model = before.model
        else:
            model = self._model()
        synonyms_name = saved_name(self._folder / "synonyms")
        if before is not None and before.synonyms_name == synonyms_name:
            synonyms = before.synonyms
        else:
            synonyms = self._synonyms() or NO_SYNONYMS
        return OpenIndexes(
            content=content,
            stored=stored,
            model=model,
            model_name=model_name,
            synonyms=synonyms,
            synonyms_name=synonyms_name,
            suggestions=stored.index.with_model(model).with_synonyms(synonyms),
            tickets=tickets,
        )

    def verify(self, opened: OpenIndexes) -> None:
        """Read the large parts whole. Raises SnapshotError when one is damaged."""
        self._upkeep.suggestions.verify(opened.stored)
        self._upkeep.tickets.verify(opened.tickets)

    def verify_sizes(self, opened: OpenIndexes) -> None:
        """Look whether all of them is there. Raises SnapshotError when some is not."""
        self._upkeep.suggestions.verify_sizes(opened.stored)
        self._upkeep.tickets.verify_sizes(opened.tickets)

    def save_model(self, model: DeskModel) -> None:
        """Let every process rank with this model. Call it inside `alone`."""
        stamp = self._read_stamp()
        model.save(self._folder / "model", stamp.content.version if stamp else 0)
        if stamp is not None:
            self._write_stamp(stamp)

    def _model(self) -> DeskModel:
        try:
            return DeskModel.load(self._folder / "model")
        except SnapshotError:
            # Without what the desk taught suggestions are a little worse, and there.
            return UNTRAINED

    def _synonyms(self) -> Synonyms | None:
        try:
            return Synonyms.load(self._folder / "synonyms")
        except SnapshotError:
            return None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until no other process or thread builds, and keep them out meanwhile."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "LOCK").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def is_taken(self) -> bool:
        """Whether somebody builds at this moment, in this process or another."""
        try:
            with (self._folder / "LOCK").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def build(
        self, session: Session, learning: Learning, *, afresh: bool = False
    ) -> ContentVersion:
        """Make the indexes reflect the content in SQL. Call it inside `alone`.

        `afresh` looks at nothing that is there.
        """
        content = ContentVersion.read(session)
        since = None if afresh else self._version_taken_up(content)
        if since is not None and not self.is_own() and not self._upkeep.resume(session, learning):
            since = None
        # First what is fast: the search page knows a new article before the ranker learns it.
        if afresh or not self._change_articles(session, content):
            self.articles.rebuild(documents(session), content.version)
        if afresh:
            self._upkeep.rebuild(session, learning, content.version)
        elif since is None or not self._upkeep.take_up(session, learning, content, since):
            self._upkeep.compare(session, learning, content.version)
        synonyms = synonyms_of(session)
        if synonyms != self._synonyms():
            synonyms.save(self._folder / "synonyms", content.version)
        self._built = _Stamp(content, self._ear_name, secrets.token_hex(8))
        self._in_step = self._built
        self._write_stamp(self._built)
        return content

    def tidy(self, merge: Merge | None = None) -> None:
        """Make one part of the two where the small one has grown.

        Takes seconds on a large desk, for which nobody waits: others build meanwhile. Call it
        outside `alone`. `merge` does what `self.merge` does, in another process. Raises
        SnapshotError when a large part is damaged, and what writing raises; then it rests for some
        minutes.
        """
        if not self._upkeep.is_grown() or time.monotonic() < self._resting_until:
            return
        if not self._merging.acquire(blocking=False):
            return
        try:
            with self.alone():
                merging = self._upkeep.begin_merging() if self.is_own() else None
            if merging is not None:
                self._merge(merging, merge or self.merge)
        finally:
            self._merging.release()

    def merge(self, *, articles: bool, tickets: bool) -> Merged:
        """Write new large parts, which count for nobody yet. Raises SnapshotError."""
        return self._upkeep.merge(articles=articles, tickets=tickets)

    def _merge(self, merging: Merging, merge: Merge) -> None:
        try:
            merged = merge(articles=merging.articles, tickets=merging.tickets)
            with self.alone():
                if self.is_own() and self._built and self._upkeep.end_merging(merging, merged):
                    self._write_stamp(self._built)
        except BaseException:
            self._resting_until = time.monotonic() + _REST_SECONDS
            raise
        finally:
            with self.alone():
                self._upkeep.give_up_merging(merging)

    def _version_taken_up(self, content: ContentVersion) -> int | None:
        """The version since which to read what changed; None: compare everything.

        What is there was in step with this database when this process looked: an older database put
        back is none that it goes on from.
        """
        stamp = self._in_step
        if stamp is None or stamp != self._read_stamp():
            return None
        return stamp.content.version if stamp.content.version < content.version else None

    def _change_articles(self, session: Session, content: ContentVersion) -> bool:
        """Bring the search page's index up to date in place; whether that was possible."""
        indexed = self.articles.version()
        known = self.content()
        if indexed is None or known is None or not known.version == indexed < content.version:
            return False
        changed = changed_since(session, indexed)
        if len(changed) > _MAX_CHANGES:
            return False
        shown = list(documents(session, changed))
        removed = {str(each) for each in changed} - {document.id for document in shown}
        try:
            self.articles.apply(shown, removed, content.version)
        except SnapshotError:
            return False
        return True

    def _write_stamp(self, stamp: _Stamp) -> None:
        draft = self._folder / f".{_STAMP}-{secrets.token_hex(4)}"
        told = {**asdict(stamp.content), "ear": stamp.ear, "build": stamp.build}
        draft.write_text(json.dumps(told), "utf-8")
        draft.replace(self._stamp)
