"""The indexes in use by a process: noticed when newer, loaded, and rebuilt when nobody else does.

    indexes.suggestions()   the ranker of drafts, or None while there is none
    indexes.refresh()       bring the indexes up to the content now

A missing or damaged index is None to whoever asks, and is built again. Files that are damaged under
those who read them raise SnapshotError until that is noticed.
"""

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import structlog

from app.db.database import Database
from app.knowledge.index_files import IndexFiles, Merge, OpenIndexes
from app.knowledge.index_upkeep import Merged
from app.knowledge.indexing import ContentVersion, Learning, documents
from search.article_engines import EngineName
from search.article_search import ArticleSearch, SearchPage, SearchRequest
from search.ear import Ear
from search.errors import SnapshotError
from search.language import prepare_detection
from search.similar_tickets import TicketIndex
from search.suggestions import Ranked, SuggestionIndex
from search.training import (
    FEWEST_NEW_TICKETS,
    MIN_TICKETS,
    is_worth_training,
    solved_tickets,
    train,
)

LOOK_EVERY_SECONDS: Final = 0.1
"""How often a process looks for newer indexes on disk."""
PATIENCE_SECONDS: Final = 0.3
"""How long a stale index is left to others by the process that built it last."""
STRANGERS_PATIENCE_SECONDS: Final = 3.0
"""The same for any other process, which would have to read more, or compare everything."""
LOOK_OVER_EVERY_SECONDS: Final = 10.0
"""How often a process sees whether all files that it reads are still whole."""
REST_SECONDS: Final = 2.0
"""After a failure in the background."""

log = structlog.get_logger()


class IndexHost:
    """The indexes of one process, over a folder that all processes share.

    `learning` reads what the indexes learn of drafts and tickets. All processes have the same
    `ear`, or none.
    """

    def __init__(
        self,
        folder: Path,
        database: Database,
        *,
        learning: Learning,
        engine: EngineName = "whoosh",
        ear: Ear | None = None,
    ) -> None:
        self._files = IndexFiles(folder, engine, ear)
        self._ear = ear
        self._database = database
        self._learning = learning
        self._open: OpenIndexes | None = None
        self._signature: tuple[int, int] | None = None
        self._looked_at = float("-inf")
        self._loading = threading.Lock()
        self._is_damaged = False
        self._examined: int | None = None
        self._looked_over_at = float("-inf")
        self._verified: tuple[str, str] | None = None
        self._watching: list[threading.Thread] = []
        self._stopping = threading.Event()

    def suggestions(self) -> SuggestionIndex | None:
        """The ranker of drafts; None while there is none."""
        opened = self._look()
        return opened.suggestions if opened else None

    def tickets(self) -> TicketIndex | None:
        """Resolved tickets by their words; None while there are none to look in."""
        opened = self._look()
        return opened.tickets.index if opened else None

    def article_search(self) -> ArticleSearch | None:
        """The engine of the search page; None while there is none."""
        if self._files.articles.version() is None:
            if self._files.signature() is not None:
                self._is_damaged = True
            return None
        return _WatchedSearch(self._files.articles, self._report_damage)

    def refresh(self, *, afresh: bool = False) -> int:
        """Build the indexes unless they reflect the content; the version they have then.

        Waits for another process that builds. `afresh` builds in any case. Raises what building
        raises.
        """
        if self._open is None:
            # What cannot be opened, such as an index of an older version, is built again here.
            self._look(now=True)
        self._look_over()
        afresh = afresh or self._is_damaged
        if afresh or self._is_stale():
            with self._files.alone(), self._database.reading() as session:
                if afresh or not self._files.is_current(ContentVersion.read(session)):
                    started = time.monotonic()
                    content = self._files.build(session, self._learning, afresh=afresh)
                    seconds = round(time.monotonic() - started, 3)
                    log.info("index.built", version=content.version, seconds=seconds)
                    self._is_damaged = False
        opened = self._look(now=True)
        return opened.content.version if opened else 0

    def tidy(self, merge: Merge | None = None) -> None:
        """Do what takes long and makes asking faster, which `refresh` needs not wait for.

        `merge` does what `self.merge` does, in another process.
        """
        try:
            self._files.tidy(merge)
        except SnapshotError as error:
            self._report_damage(error)

    def merge(self, *, articles: bool, tickets: bool) -> Merged:
        """The long part of `tidy`, for a process that has nothing else to do."""
        return self._files.merge(articles=articles, tickets=tickets)

    def may_learn(self) -> bool:
        """Whether so many tickets came or went since this was last true that `teach` is worth it."""
        opened = self._look(now=True)
        if opened is None:
            return False
        taught = sum(part.ticket_count for part in opened.suggestions.parts)
        before = self._examined
        if taught < MIN_TICKETS or (
            before is not None and abs(taught - before) < FEWEST_NEW_TICKETS
        ):
            return False
        self._examined = taught
        return True

    def teach(self) -> bool:
        """Train the model of this desk when its tickets have become enough others; whether it did.

        Reads all of them, and takes up to some minutes: for a process that has nothing else to do.
        """
        opened = self._look(now=True)
        if opened is None:
            return False
        with self._database.reading() as session:
            articles = list(documents(session))
            words = list(self._learning.customer_words(session))
            resolved = self._learning.resolved_tickets(session)
            unsolved = [each for each in resolved if not each.document_id]
        if not is_worth_training(len(solved_tickets(words)), opened.suggestions.model.tickets):
            return False
        started = time.monotonic()
        model = train(articles, words, solved_tickets(unsolved), self._ear)
        if model is None:
            return False
        with self._files.alone():
            self._files.save_model(model)
        log.info(
            "index.taught", tickets=model.tickets, seconds=round(time.monotonic() - started, 1)
        )
        self._look(now=True)
        return True

    def watch(self) -> None:
        """Keep the indexes fresh in the background, from now until `stop`. Once is enough."""
        if self._watching:  # a request does not wait for a thread that loads
            return
        with self._loading:
            if self._watching:
                return
            self._watching = [
                threading.Thread(target=self._watch, name="index", daemon=True),
                threading.Thread(target=self._keep_tidy, name="merging", daemon=True),
            ]
            for thread in self._watching:
                thread.start()

    def stop(self) -> None:
        """End the background thread, and wait for it."""
        self._stopping.set()
        for thread in self._watching:
            thread.join(timeout=30)

    def _keep_tidy(self) -> None:
        while not self._stopping.wait(REST_SECONDS):
            try:
                self.tidy()
            except Exception:
                log.exception("index.merging_failed")

    def _watch(self) -> None:
        # Loading models takes seconds: not in a customer's request.
        prepare_detection()
        if self._ear is not None:
            self._ear.encode([""])
        stale_since: float | None = None
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            try:
                self._verify(self._look())
                self._look_over()
                if not (self._is_damaged or self._is_stale()):
                    stale_since = None
                    continue
                if self._files.is_taken():
                    # Whoever builds has what it takes in memory, or will have.
                    stale_since = None
                    continue
                stale_since = stale_since or time.monotonic()
                patience = PATIENCE_SECONDS if self._files.is_own() else STRANGERS_PATIENCE_SECONDS
                if self._is_damaged or time.monotonic() - stale_since >= patience:
                    self.refresh()
                    stale_since = None
            except Exception:
                # The database may be away for a moment; whoever asks goes on with what there is.
                log.exception("index.refresh_failed")
                self._stopping.wait(REST_SECONDS)

    def _verify(self, opened: OpenIndexes | None) -> None:
        """Read large parts whole once after they were opened, which opening did not wait for."""
        if opened is None:
            return
        bases = opened.stored.base_name, opened.tickets.base_name
        if bases == self._verified:
            return
        try:
            self._files.verify(opened)
        except SnapshotError as error:
            self._open = None
            self._report_damage(error)
        self._verified = bases

    def _look_over(self) -> None:
        """See now and then whether all of the large parts is still there."""
        moment = time.monotonic()
        if self._open is None or moment - self._looked_over_at < LOOK_OVER_EVERY_SECONDS:
            return
        self._looked_over_at = moment
        try:
            self._files.verify_sizes(self._open)
        except SnapshotError as error:
            self._open = None
            self._report_damage(error)

    def _is_stale(self) -> bool:
        with self._database.reading() as session:
            return not self._files.is_current(ContentVersion.read(session))

    def _look(self, *, now: bool = False) -> OpenIndexes | None:
        """What is in memory, after loading what is newer on disk."""
        moment = time.monotonic()
        if not now and moment - self._looked_at < LOOK_EVERY_SECONDS:
            return self._open
        # Whoever comes while another thread loads goes on with what there is, if there is any.
        if not self._loading.acquire(blocking=now or self._open is None):
            return self._open
        try:
            signature = self._files.signature()
            if signature != self._signature or signature is None:
                self._load(signature)
            self._looked_at = time.monotonic()
        finally:
            self._loading.release()
        return self._open

    def _load(self, signature: tuple[int, int] | None) -> None:
        self._signature = signature
        if signature is None:
            self._open = None
            return
        try:
            opened = self._files.open(self._open)
            if self._open is not None:
                # Here rather than in the next customer's request.
                opened.suggestions.prepare_for(self._open.suggestions.readers)
            self._open = opened
        except SnapshotError as error:
            # A build may just have replaced what was being read: then the stamp is another, too.
            if self._files.signature() == signature:
                log.warning("index.damaged", reason=str(error))
                self._open = None
                self._is_damaged = True
            else:
                self._signature = None
        except Exception:
            log.exception("index.not_loaded")
            self._open = None
            self._is_damaged = True

    def _report_damage(self, error: SnapshotError) -> None:
        log.warning("index.damaged", reason=str(error))
        self._is_damaged = True


class _WatchedSearch:
    """The search page's engine; that it cannot be read is told to the host."""

    def __init__(
        self, engine: ArticleSearch, report_damage: Callable[[SnapshotError], None]
    ) -> None:
        self._engine = engine
        self._report_damage = report_damage
        self.rebuild = engine.rebuild
        self.apply = engine.apply
        self.version = engine.version

    def search(
        self,
        request: SearchRequest,
        boosts: Sequence[Ranked] | None = None,
        *,
        is_about_something: bool = True,
    ) -> SearchPage:
        try:
            return self._engine.search(request, boosts, is_about_something=is_about_something)
        except SnapshotError as error:
            self._report_damage(error)
            raise
