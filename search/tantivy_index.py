"""The tantivy index on disk: its fields, and how articles get into it.

Articles come analysed: their forms are joined by spaces and taken apart there again, so that one
analysis holds for every engine.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Final

import tantivy

from search.errors import SnapshotError
from search.indexed_article import TEXT, TITLE, WORDS, Forms, IndexedArticle

KEY: Final = "key"
ID: Final = "id"
LANGUAGE: Final = "language"
CATEGORY: Final = "category"
TAGS: Final = "tags"
AUDIENCE: Final = "audience"
STORED: Final = "stored"

_WRITER_WAIT_SECONDS: Final = 10.0
_WRITER_PAUSE_SECONDS: Final = 0.02
_BUILDING_BYTES: Final = 150_000_000
_CHANGING_BYTES: Final = 20_000_000


@cache
def schema() -> tantivy.Schema:
    """The fields of an article. The key is a number that follows from the id."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field(KEY, indexed=True, fast=True)
    for name in (ID, LANGUAGE, CATEGORY, TAGS, AUDIENCE):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(WORDS, tokenizer_name="whitespace", index_option="basic")
    for name in (TITLE, TEXT):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_bytes_field(STORED, stored=True)
    return builder.build()


def key_of(document_id: str) -> int:
    """The number of a document. Two ids have the same one once in some billions of indexes."""
    return int.from_bytes(blake2b(document_id.encode("utf-8", "replace"), digest_size=8).digest())


def create(place: Path, articles: Iterable[IndexedArticle]) -> None:
    """Index these articles in an empty folder."""
    with guarded(place):
        opened = tantivy.Index(schema(), path=str(place))
        writer = opened.writer(heap_size=_BUILDING_BYTES, num_threads=1)
    _write(place, writer, articles, ())


def change(place: Path, upserts: Sequence[IndexedArticle], removed_ids: Sequence[str]) -> None:
    """Add, replace and remove articles in one commit.

    Raises SnapshotError: there is no readable index, or another process held it too long.
    """
    with guarded(place):
        opened = tantivy.Index.open(str(place))
    replaced = [article.stored.document_id for article in upserts]
    _write(place, _writer(place, opened), upserts, [*removed_ids, *replaced])


def _writer(place: Path, opened: tantivy.Index) -> tantivy.IndexWriter:
    until = time.monotonic() + _WRITER_WAIT_SECONDS
    while True:
        try:
            return opened.writer(heap_size=_CHANGING_BYTES, num_threads=1)
        except ValueError as error:
            if "LockBusy" not in str(error):
                raise _unusable(place, error) from error
            if time.monotonic() > until:
                raise SnapshotError(
                    "another process is writing the article index: try again"
                ) from error
        time.sleep(_WRITER_PAUSE_SECONDS)


def _write(
    place: Path,
    writer: tantivy.IndexWriter,
    articles: Iterable[IndexedArticle],
    removed_ids: Iterable[str],
) -> None:
    with guarded(place):
        for document_id in removed_ids:
            writer.delete_documents_by_term(ID, document_id)
    for article in articles:
        document = _document(article)
        with guarded(place):
            writer.add_document(document)
    with guarded(place):
        writer.commit()
        # Merging goes on beside; what is not finished here would be begun anew by the next writer.
        writer.wait_merging_threads()


def _document(article: IndexedArticle) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned(KEY, key_of(article.stored.document_id))
    document.add_text(ID, article.stored.document_id)
    document.add_text(LANGUAGE, article.stored.language)
    document.add_text(CATEGORY, article.category)
    for tag in article.tags:
        document.add_text(TAGS, tag)
    document.add_text(AUDIENCE, article.audience)
    document.add_text(WORDS, " ".join(article.words))
    document.add_text(TITLE, _joined(article.title))
    document.add_text(TEXT, _joined(article.text))
    document.add_bytes(STORED, article.stored.to_json().encode())
    return document


def _joined(forms: Forms) -> str:
    # Exact forms stand behind the stems, where they interrupt no phrase.
    return " ".join((*forms.stems, *forms.exact))


@contextmanager
def guarded(place: Path) -> Iterator[None]:
    """Whatever tantivy raises on a missing or damaged index becomes a SnapshotError."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise _unusable(place, error) from error
    except BaseException as error:
        # A panic of Rust's: pyo3 makes its class private, and no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _unusable(place, error) from error


def _unusable(place: Path, error: BaseException) -> SnapshotError:
    return SnapshotError(f"the article index in {place} cannot be used ({error!r})")
