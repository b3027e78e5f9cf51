"""The indexes on disk: which content they reflect, building them one at a time, opening them.

folder/suggestions/ articles/ tickets/   the three indexes, each replaced atomically
folder/synonyms/ model/                  what drafts are asked with, and how articles are ranked
folder/STAMP                             the content that all reflect and the ear that heard it,
                                         written last
folder/LOCK                              held by the one process that builds
"""

import fcntl
import json
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.knowledge.indexing import (
    ContentVersion,
    PublishedDocuments,
    changed_since,
    documents,
)
from app.knowledge.synonyms import synonyms_of
from search.article_engines import EngineName, article_search
from search.counted import CountedArticle, count_articles, fingerprint
from search.desk_model import UNTRAINED, DeskModel
from search.documents import CustomerWords, Document
from search.ear import Ear
from search.errors import SnapshotError
from search.index_store import IndexStore, Stored
from search.snapshots import saved_name
from search.suggestions import SuggestionIndex, TicketIndex
from search.synonyms import NO_SYNONYMS, Synonyms

CustomersWords = Callable[[Session], Iterable[CustomerWords]]

_STAMP: Final = "STAMP"
# So many articles may stand in the small segment: searching it costs each draft a little.
_MOST_APART: Final = 64
_SHARE_APART: Final = 0.01
# Beyond this many changed articles a fresh index is faster than changing the old one.
_MAX_CHANGES: Final = 200


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
    tickets: TicketIndex
    tickets_name: str | None


class IndexFiles:
    """The folder of the indexes. Safe to use from any number of processes.

    Whoever builds keeps in memory what was read and counted, and so builds again quickly.
    """

    def __init__(self, folder: Path, engine: EngineName = "whoosh", ear: Ear | None = None) -> None:
        self._folder = folder
        self._ear = ear
        self._stamp = folder / _STAMP
        self.articles = article_search(engine, folder / "articles")
        self._documents = PublishedDocuments()
        self._store = IndexStore(folder / "suggestions", ear)
        self._stored: Stored | None = None
        self._prints: dict[str, tuple[Document, frozenset[CustomerWords], int]] = {}
        self._apart: dict[str, CountedArticle] = {}
        self._resolved: tuple[str | None, list[CustomerWords]] | None = None

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
        return stamp[0] if stamp else None

    def is_current(self, content: ContentVersion) -> bool:
        """Whether the indexes reflect this content, heard by this process's ear."""
        return self._read_stamp() == (content, self._ear.name if self._ear else "")

    def _read_stamp(self) -> tuple[ContentVersion, str] | None:
        try:
            told = json.loads(self._stamp.read_text("utf-8"))
            return ContentVersion(told["version"], told["changed_at"]), str(told.get("ear", ""))
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def open(self, before: OpenIndexes | None = None) -> OpenIndexes:
        """Open the current indexes. Raises SnapshotError: build them again.

        What is still the same as `before` is taken from there.
        """
        content = self.content()
        if content is None:
            raise SnapshotError(f"no index in {self._folder} yet: build it")
        folder = self._folder / "tickets"
        name = saved_name(folder)
        if before is not None and before.tickets_name == name:
            tickets = before.tickets
        else:
            tickets = TicketIndex.load(folder)
        stored = self._store.open(before.stored if before else None)
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
            tickets_name=name,
        )

    def verify(self, opened: OpenIndexes) -> None:
        """Read the large segment whole. Raises SnapshotError when it is damaged."""
        self._store.verify(opened.stored)

    def save_model(self, model: DeskModel) -> None:
        """Let every process rank with this model. Call it inside `alone`."""
        content = self.content()
        model.save(self._folder / "model", content.version if content else 0)
        if content is not None:
            self._write_stamp(content)

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
        self,
        session: Session,
        *,
        customer_words: CustomersWords,
        resolved_tickets: CustomersWords,
        afresh: bool = False,
    ) -> ContentVersion:
        """Make the indexes reflect the content in SQL. Call it inside `alone`.

        `afresh` looks at nothing that is there.
        """
        content = ContentVersion.read(session)
        # First what is fast: the search page knows a new article before the ranker learns it.
        changed = not afresh and self._change_articles(session, content)
        if afresh:
            self._documents, self._resolved = PublishedDocuments(), None
            self._stored, self._prints, self._apart = None, {}, {}
        everything = self._documents.read(session)
        if not changed:
            self.articles.rebuild(everything, content.version)
        words = list(customer_words(session))
        self._stored = self._bring_up(everything, words, content.version, afresh=afresh)
        self._build_tickets(list(resolved_tickets(session)), content.version)
        synonyms = synonyms_of(session)
        if synonyms != self._synonyms():
            synonyms.save(self._folder / "synonyms", content.version)
        self._write_stamp(content)
        return content

    def _bring_up(
        self,
        everything: list[Document],
        words: list[CustomerWords],
        version: int,
        *,
        afresh: bool,
    ) -> Stored:
        """Count what is another than in the index on disk, and save that."""
        told: dict[str, set[CustomerWords]] = {}
        for each in words:
            told.setdefault(each.document_id, set()).add(each)
        prints = {
            document.id: self._fingerprint(document, frozenset(told.get(document.id, ())))
            for document in everything
        }
        self._prints = {id_: self._prints[id_] for id_ in prints}
        stored = None if afresh else self._known()
        if stored is None:
            self._apart = {}
            return self._store.save(
                SuggestionIndex.build(everything, words, version=version, ear=self._ear)
            )
        base = stored.base.articles
        held = dict(zip(base.ids, base.fingerprints.tolist(), strict=True))
        new = {id_ for id_, number in prints.items() if held.get(id_) != number}
        self._apart = {
            id_: each
            for id_, each in self._apart.items()
            if id_ in new and each.fingerprint == prints[id_]
        }
        wanted = [each for each in everything if each.id in new and each.id not in self._apart]
        tickets = (each for id_ in new for each in told.get(id_, ()))
        counted = count_articles(wanted, tickets, self._ear)
        self._apart |= {each.document.id: each for each in counted}
        removed = held.keys() - prints.keys()
        index = stored.index.changed(list(self._apart.values()), removed, version=version)
        if len(self._apart) + len(removed) > max(_MOST_APART, _SHARE_APART * len(held)):
            self._apart = {}
            return self._store.save(index.merged())
        return self._store.save(index, stored)

    def _known(self) -> Stored | None:
        """The index on disk; None: there is none that can be read."""
        try:
            self._stored = self._store.open(self._stored)
        except SnapshotError:
            return None
        return self._stored

    def _fingerprint(self, document: Document, words: frozenset[CustomerWords]) -> int:
        known = self._prints.get(document.id)
        if known is None or known[0] is not document or known[1] != words:
            known = document, words, fingerprint(document, words, self._ear)
            self._prints[document.id] = known
        return known[2]

    def _build_tickets(self, resolved: list[CustomerWords], version: int) -> None:
        """Most changes are of articles alone: then the tickets' index stays as it is."""
        folder = self._folder / "tickets"
        if self._resolved is not None and self._resolved == (saved_name(folder), resolved):
            return
        TicketIndex.build(resolved, version=version).save(folder)
        self._resolved = (saved_name(folder), resolved)

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

    def _write_stamp(self, content: ContentVersion) -> None:
        draft = self._folder / f".{_STAMP}-{secrets.token_hex(4)}"
        ear = self._ear.name if self._ear else ""
        draft.write_text(json.dumps({**asdict(content), "ear": ear}), "utf-8")
        draft.replace(self._stamp)
