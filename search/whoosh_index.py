"""The Whoosh index on disk: its fields, and how articles get into it.

Whoosh keeps its schema and stored fields as pickles inside its own folder. They are written by this
process's own user into the data directory and nowhere else: a Whoosh folder from elsewhere must
never be opened.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from whoosh import fields, formats, index
from whoosh.writing import LockError, SegmentWriter

from search.errors import SnapshotError
from search.indexed_article import TEXT, TITLE, WORDS, Forms, IndexedArticle
from search.whoosh_codec import ArrayCodec, ArrayPool

ID: Final = "id"
LANGUAGE: Final = "language"
CATEGORY: Final = "category"
TAGS: Final = "tags"
AUDIENCE: Final = "audience"
STORED: Final = "stored"
LENGTH: Final = "#"
"""A term that every text has as often as the text has forms: so are all lengths read at once."""

_WRITER_WAIT_SECONDS: Final = 10.0


class FormsField(fields.FieldType):  # type: ignore[misc]  # Whoosh ships no types
    """Forms that were made before: (form, how often, positions as bytes) each."""

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.scorable = False
        self.unique = False

    def index(
        self, value: Iterable[tuple[str, int, bytes]], **_kwargs: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for form, count, positions in value:
            yield form.encode(), count, count, positions


def _schema() -> fields.Schema:
    names = (ID, LANGUAGE, CATEGORY, TAGS, AUDIENCE, WORDS, TITLE, TEXT)
    return fields.Schema(**{name: FormsField() for name in names}, stored=fields.STORED())


def _labels(*labels: str) -> list[tuple[str, int, bytes]]:
    return [(label, 1, b"") for label in dict.fromkeys(labels)]


def _counted(forms: Forms) -> list[tuple[str, int, bytes]]:
    places: dict[str, array[int]] = {}
    for position, stem in enumerate(forms.stems):
        places.setdefault(stem, array("I")).append(position)
    rows = [(stem, len(positions), positions.tobytes()) for stem, positions in places.items()]
    exact: dict[str, int] = {}
    for each in forms.exact:
        exact[each] = exact.get(each, 0) + 1
    rows += [(each, count, b"") for each, count in exact.items()]
    rows.append((LENGTH, len(forms.stems) + len(forms.exact), b""))
    return rows


def _row(article: IndexedArticle) -> dict[str, object]:
    return {
        ID: _labels(article.stored.document_id),
        LANGUAGE: _labels(article.stored.language),
        CATEGORY: _labels(article.category),
        TAGS: _labels(*article.tags),
        AUDIENCE: _labels(article.audience),
        WORDS: _labels(*article.words),
        TITLE: _counted(article.title),
        TEXT: _counted(article.text),
        STORED: article.stored.to_json(),
    }


def create(place: Path, articles: Iterable[IndexedArticle]) -> None:
    """Index these articles in an empty folder."""
    _write(index.create_in(str(place), _schema()), articles, ())


def change(place: Path, upserts: Sequence[IndexedArticle], removed_ids: Sequence[str]) -> None:
    """Add, replace and remove articles in one commit.

    Raises SnapshotError: there is no readable index, or another process held it too long.
    """
    replaced = [article.stored.document_id for article in upserts]
    with readable(place):
        _write(index.open_dir(str(place)), upserts, [*removed_ids, *replaced])


def _write(
    opened: index.Index, articles: Iterable[IndexedArticle], removed_ids: Iterable[str]
) -> None:
    try:
        writer: SegmentWriter = opened.writer(
            codec=ArrayCodec(), timeout=_WRITER_WAIT_SECONDS, delay=0.02
        )
    except LockError as error:
        raise SnapshotError("another process is writing the article index: try again") from error
    writer.pool = ArrayPool()
    try:
        for document_id in removed_ids:
            writer.delete_by_term(ID, document_id)
        for article in articles:
            writer.add_document(**_row(article))
    except BaseException:
        writer.cancel()
        raise
    writer.commit()


@contextmanager
def readable(place: Path) -> Iterator[None]:
    """Whatever Whoosh raises on a missing or damaged index becomes a SnapshotError."""
    try:
        yield
    except SnapshotError:
        raise
    except Exception as error:  # Whoosh raises anything from struct.error to UnpicklingError
        raise SnapshotError(f"the article index in {place} cannot be used ({error!r})") from error
