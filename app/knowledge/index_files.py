"""The indexes on disk: which content they reflect, building them one at a time, opening them.

folder/suggestions/ articles/ tickets/   the three indexes, each replaced atomically
folder/STAMP                             the content that all three reflect, written last
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
from search.counted_texts import CountedTexts
from search.documents import CustomerWords
from search.errors import SnapshotError
from search.recipe import DEFAULT_RECIPE
from search.snapshots import saved_name
from search.suggestions import SuggestionIndex, TicketIndex
from search.whoosh_search import WhooshArticleSearch

CustomersWords = Callable[[Session], Iterable[CustomerWords]]

_STAMP: Final = "STAMP"
# Beyond this many changed articles a fresh index is faster than changing the old one.
_MAX_CHANGES: Final = 200


@dataclass(frozen=True, slots=True)
class OpenIndexes:
    """Indexes in memory, all of the same content."""

    content: ContentVersion
    suggestions: SuggestionIndex
    tickets: TicketIndex
    tickets_name: str | None


class IndexFiles:
    """The folder of the indexes. Safe to use from any number of processes.

    Whoever builds keeps in memory what was read and counted, and so builds again quickly.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamp = folder / _STAMP
        self.articles = WhooshArticleSearch(folder / "articles")
        self._documents = PublishedDocuments()
        self._counted = CountedTexts(DEFAULT_RECIPE.common_weight)
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
        try:
            return ContentVersion(**json.loads(self._stamp.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
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
        suggestions = SuggestionIndex.load(self._folder / "suggestions")
        return OpenIndexes(content, suggestions, tickets, name)

    def prepare(
        self,
        session: Session,
        *,
        customer_words: CustomersWords,
        resolved_tickets: CustomersWords,
    ) -> None:
        """Read and count what is there, so that the next build is quick. Call it inside `alone`."""
        self._counted.articles(self._documents.read(session))
        self._counted.tickets([*customer_words(session), *resolved_tickets(session)])

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
            self._counted.forget()
        everything = self._documents.read(session)
        if not changed:
            self.articles.rebuild(everything, content.version)
        suggestions = SuggestionIndex.build(
            everything, customer_words(session), version=content.version, counted=self._counted
        )
        suggestions.save(self._folder / "suggestions")
        self._build_tickets(list(resolved_tickets(session)), content.version)
        self._write_stamp(content)
        return content

    def _build_tickets(self, resolved: list[CustomerWords], version: int) -> None:
        """Most changes are of articles alone: then the tickets' index stays as it is."""
        folder = self._folder / "tickets"
        self._counted.tickets(resolved)  # so that they stay counted
        if self._resolved is not None and self._resolved == (saved_name(folder), resolved):
            return
        TicketIndex.build(resolved, version=version, counted=self._counted).save(folder)
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
        draft.write_text(json.dumps(asdict(content)), "utf-8")
        draft.replace(self._stamp)
