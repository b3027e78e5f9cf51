"""A labelled set on disk: articles, drafts, which answers which, and resolved tickets.

corpus.jsonl          id, title, body, lang
queries.jsonl         id, text, lang; optionally title (the subject alone), body, and kind
qrels.tsv             header, then query id, article id, relevance; no row = out of scope
tickets_train.jsonl   text, article_id, lang; optional
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.documents import CustomerWords, Document, Section
from search.errors import EvaluationError

AUDIENCE = "public"

SectionsOf = Callable[[str], tuple[Section, ...]]
"""Cuts an article's body into sections, the way that the product which is measured does."""


def one_section(body: str) -> tuple[Section, ...]:
    """The whole body as one section, for texts that have no headings."""
    return (Section("", "", body),) if body.strip() else ()


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """A draft and the relevance of each article that answers it (none: out of scope).

    `kind` is what the set calls drafts of its sort.
    """

    id: str
    text: str
    title: str
    body: str
    locale: str
    relevance: Mapping[str, int]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    documents: tuple[Document, ...]
    queries: tuple[LabelledQuery, ...]
    tickets: tuple[CustomerWords, ...]


def read_labelled_set(directory: Path, *, sections_of: SectionsOf = one_section) -> LabelledSet:
    """Read a set. Raises EvaluationError that names the file and the line that is wrong."""
    documents = tuple(
        _document(row, where, sections_of) for row, where in _json_lines(directory / "corpus.jsonl")
    )
    known = {document.id for document in documents}
    relevance = _relevance(directory / "qrels.tsv", known)
    queries = tuple(
        _query(row, where, relevance) for row, where in _json_lines(directory / "queries.jsonl")
    )
    train = directory / "tickets_train.jsonl"
    tickets = tuple(
        CustomerWords(
            _text(row, "article_id", where), _text(row, "text", where), row.get("lang", "en"), where
        )
        for row, where in (_json_lines(train) if train.exists() else ())
    )
    return LabelledSet(documents, queries, tickets)


def _json_lines(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise EvaluationError(f"{path}, line {number}: not JSON ({error})") from error
        if not isinstance(row, dict):
            raise EvaluationError(f"{path}, line {number}: not a JSON object")
        yield row, f"{path.name}:{number:07d}"


def _lines(path: Path) -> list[str]:
    # Not str.splitlines: a text may hold U+2028, which ends no line of these files.
    try:
        return path.read_text("utf-8").split("\n")
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path} is not UTF-8: {error}") from error


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str):
        raise EvaluationError(f"{where}: {key!r} is missing or not a text")
    return value


def _document(row: Mapping[str, Any], where: str, sections_of: SectionsOf) -> Document:
    document_id = _text(row, "id", where)
    sections = sections_of(row.get("body") or "")
    return Document(
        document_id,
        row.get("lang", "en"),
        document_id,
        _text(row, "title", where),
        "",
        sections,
        (),
        "",
        AUDIENCE,
    )


def _query(
    row: Mapping[str, Any], where: str, relevance: Mapping[str, Mapping[str, int]]
) -> LabelledQuery:
    query_id = _text(row, "id", where)
    text = _text(row, "text", where)
    has_title = bool(row.get("title"))
    return LabelledQuery(
        id=query_id,
        text=text,
        title=row["title"] if has_title else text,
        body=row.get("body") or "" if has_title else "",
        locale=row.get("lang", "en"),
        relevance=relevance.get(query_id, {}),
        kind=_text(row, "kind", where) if row.get("kind") is not None else "",
    )


def _relevance(path: Path, known: set[str]) -> dict[str, dict[str, int]]:
    relevance: dict[str, dict[str, int]] = {}
    for number, line in enumerate(_lines(path)[1:], 2):
        if not line.strip():
            continue
        parts = line.split("\t")
        if len(parts) < 3 or not parts[2].strip().lstrip("-").isdigit():  # noqa: PLR2004  # columns
            raise EvaluationError(f"{path}, line {number}: not query, article and relevance")
        if parts[1] not in known:
            raise EvaluationError(f"{path}, line {number}: no article {parts[1]!r} in the corpus")
        if int(parts[2]) > 0:
            relevance.setdefault(parts[0], {})[parts[1]] = int(parts[2])
    return relevance
