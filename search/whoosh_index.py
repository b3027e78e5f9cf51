"""The Whoosh index on disk: its fields, and how documents get into it.

Whoosh keeps its schema and stored fields as pickles inside its own folder. They are written by this
process's own user into the data directory and nowhere else: a Whoosh folder from elsewhere must
never be opened.
"""

import json
import secrets
import shutil
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from whoosh import fields, index
from whoosh.analysis import Analyzer, Token
from whoosh.scoring import WeightingModel
from whoosh.searching import Searcher
from whoosh.writing import LockError

from search.analysis import analyser, clean
from search.documents import Document, Section
from search.errors import SnapshotError
from search.language import LANGUAGES, as_language

_CURRENT: Final = "CURRENT"
_VERSION: Final = "version.json"
_WRITER_WAIT_SECONDS: Final = 10.0
_OPENINGS: Final = 4
_OPENING_PAUSE_SECONDS: Final = 0.01


class StemAnalyzer(Analyzer):  # type: ignore[misc]  # Whoosh ships no types
    """Our analysis for Whoosh: folded stems, and exact forms at the same position."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, value: str, mode: str = "", **_kwargs: Any) -> Iterator[Token]:
        # Whoosh reuses one token object on purpose: see whoosh.analysis.Token.
        token = Token(positions=True, mode=mode, removestops=False)
        for position, word in enumerate(analyser(self.language).words(clean(value))):
            for form in (word.stem, *word.exact):
                token.text = token.original = form
                token.pos = position
                token.stopped = False
                token.boost = 1.0
                yield token


class FoldedAnalyzer(Analyzer):  # type: ignore[misc]
    """Whole words with accents folded, for prefixes and corrections."""

    def __call__(self, value: str, mode: str = "", **_kwargs: Any) -> Iterator[Token]:
        token = Token(positions=True, mode=mode, removestops=False)
        for position, word in enumerate(analyser(None).words(clean(value))):
            token.text = token.original = word.folded
            token.pos = position
            token.stopped = False
            token.boost = 1.0
            yield token


def title_field(language: str) -> str:
    """The field with the titles of one language."""
    return f"title_{language}"


def text_field(language: str) -> str:
    """The field with everything else of one language."""
    return f"text_{language}"


def _schema() -> fields.Schema:
    schema = fields.Schema(
        id=fields.ID(stored=True, unique=True),
        locale=fields.ID(stored=True),
        category=fields.ID(),
        tags=fields.KEYWORD(commas=True),
        audience=fields.ID(),
        words=fields.TEXT(analyzer=FoldedAnalyzer(), phrase=False),
        article=fields.STORED(),
    )
    for language in LANGUAGES:
        schema.add(title_field(language), fields.TEXT(analyzer=StemAnalyzer(language)))
        schema.add(text_field(language), fields.TEXT(analyzer=StemAnalyzer(language)))
    return schema


def stored_article(value: str) -> tuple[str, list[Section]]:
    """Title and sections of a hit, from its stored field."""
    title, sections = json.loads(value)
    return title, [Section(*section) for section in sections]


def _row(document: Document) -> dict[str, str]:
    language = as_language(document.locale) or "en"
    sections = [Section("", "", document.summary), *document.sections]
    text = "\n".join(
        [f"{section.title}\n{section.text}" for section in sections] + [" ".join(document.tags)]
    )
    return {
        "id": document.id,
        "locale": language,
        "category": document.category,
        "tags": ",".join(tag.replace(",", " ").strip() for tag in document.tags),
        "audience": document.audience,
        "words": f"{document.title}\n{text}",
        "article": json.dumps(
            [document.title, [[s.anchor, s.title, s.text] for s in sections if s.text.strip()]],
            ensure_ascii=False,
        ),
        title_field(language): document.title,
        text_field(language): text,
    }


class WhooshFolder:
    """A folder with the current Whoosh index, replaced as a whole or changed in place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def replace(self, documents: Iterable[Document], version: int) -> None:
        """Build a new index beside the old one and point to it at once."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / f"w-{secrets.token_hex(8)}"
        place.mkdir()
        try:
            writer = index.create_in(str(place), _schema()).writer(limitmb=64)
            for document in {document.id: document for document in documents}.values():
                writer.add_document(**_row(document))
            writer.commit()
            self._write_version(place, version)
            self._write(self._folder / _CURRENT, place.name)
        except BaseException:
            shutil.rmtree(place, ignore_errors=True)
            raise
        for other in self._folder.glob("w-*"):
            if other != place:
                shutil.rmtree(other, ignore_errors=True)

    def change(self, upserts: Iterable[Document], removed_ids: Iterable[str], version: int) -> None:
        """Add, replace and remove documents in one commit.

        Raises SnapshotError: there is no readable index, or another process held it too long.
        """
        place = self._place()
        with _readable(place):
            try:
                writer = index.open_dir(str(place)).writer(
                    timeout=_WRITER_WAIT_SECONDS, delay=0.02, limitmb=32
                )
            except LockError as error:
                raise SnapshotError(f"another process is writing to {place}: try again") from error
            try:
                for document_id in removed_ids:
                    writer.delete_by_term("id", document_id)
                for document in upserts:
                    writer.update_document(**_row(document))
            except BaseException:
                writer.cancel()
                raise
            writer.commit()
        self._write_version(place, version)

    @contextmanager
    def searcher(self, weighting: WeightingModel) -> Iterator[Searcher]:
        """A searcher of the current index, opened anew. Raises SnapshotError when there is none.

        A rebuild or a merge may take files away between reading the table of contents and opening
        them: then the newer one is opened.
        """
        searcher = self._opened(weighting)
        try:
            yield searcher
        except (OSError, EOFError, struct.error) as error:
            raise SnapshotError(f"the article index cannot be read ({error!r})") from error
        finally:
            searcher.close()

    def _opened(self, weighting: WeightingModel) -> Searcher:
        for attempt in range(_OPENINGS):
            try:
                place = self._place()
                with _readable(place):
                    return index.open_dir(str(place)).searcher(weighting=weighting)
            except SnapshotError:
                if attempt == _OPENINGS - 1:
                    raise
                time.sleep(_OPENING_PAUSE_SECONDS)
        raise AssertionError("the last attempt returns or raises")

    def version(self) -> int | None:
        """The version of the current index; None when there is none that can be read."""
        try:
            return int(json.loads((self._place() / _VERSION).read_text("utf-8")))
        except (SnapshotError, OSError, ValueError, TypeError):
            return None

    def _place(self) -> Path:
        try:
            name = (self._folder / _CURRENT).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise SnapshotError(f"no article index in {self._folder} yet: build it") from error
        if not name.startswith("w-") or "/" in name or "\\" in name or ".." in name:
            raise SnapshotError(f"{self._folder / _CURRENT} is damaged: rebuild the index")
        return self._folder / name

    def _write_version(self, place: Path, version: int) -> None:
        self._write(place / _VERSION, json.dumps(version))

    @staticmethod
    def _write(path: Path, text: str) -> None:
        beside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
        beside.write_text(text, "utf-8")
        beside.replace(path)


@contextmanager
def _readable(place: Path) -> Iterator[None]:
    """Whatever Whoosh raises on a missing or damaged index becomes a SnapshotError."""
    try:
        yield
    except SnapshotError:
        raise
    except Exception as error:  # Whoosh raises anything from struct.error to UnpicklingError
        raise SnapshotError(f"the article index in {place} cannot be used ({error!r})") from error
