"""An article and the tickets that it solved, counted: the unit that indexes are made of.

Nothing counted depends on another article. So an index that took up changes one by one, in any
order, holds the same as one that was built from nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from search.analysis import Word, analyser, clean
from search.counting import (
    Rows,
    count_grams,
    count_telling_words,
    count_words,
    divided,
    scaled,
    stacked,
)
from search.documents import CustomerWords, Document
from search.ear import Ear
from search.keys import feature_key
from search.language import as_language
from search.meanings import Bytes, rounded
from search.passages import Passage, passages_of

# So many articles are counted at once: enough for arrays to pay, few enough to stay in the cache.
_BATCH: Final = 256
MAX_TICKETS: Final = 500
"""Of an article that solved more, the newest are learned: the last by the order of their ids."""


@dataclass(frozen=True, slots=True)
class CountedArticle:
    """One article: its passages and, in unit rows, what its fields hold (see `search.evidence`).

    `ticket_count` counts all the tickets that it solved, `ticket_ids` names those that are learned.
    `meanings` are the vectors of its title, passages and tickets by the ear of that name; there are
    none without an ear.
    """

    document: Document
    fingerprint: int
    passages: tuple[Passage, ...]
    title: Rows
    spelling: Rows
    text: Rows
    passage: Rows
    ticket_count: int
    ticket_ids: tuple[str, ...]
    ticket_words: Rows
    ticket_grams: Rows
    ear: str = ""
    meanings: Mapping[str, Bytes] = field(default_factory=dict)


def fingerprint(
    document: Document, customer_words: Iterable[CustomerWords] = (), ear: Ear | None = None
) -> int:
    """A number that is another one as soon as anything that is counted of an article is."""
    told = sorted((words.id, words.text, words.locale) for words in customer_words)
    return feature_key(repr((document, told, ear.name) if ear else (document, told)))


def count_articles(
    documents: Iterable[Document],
    customer_words: Iterable[CustomerWords] = (),
    ear: Ear | None = None,
) -> Iterator[CountedArticle]:
    """Count documents with what customers wrote in the tickets that they solved, in order of ids.

    Neither order matters; of documents with the same id the last one counts; customers' words of
    unknown documents are left out.
    """
    unique = {document.id: document for document in documents}
    ordered = [unique[document_id] for document_id in sorted(unique)]
    tickets: dict[str, set[CustomerWords]] = {}
    for words in customer_words:
        tickets.setdefault(words.document_id, set()).add(words)
    for begin in range(0, len(ordered), _BATCH):
        yield from _count_batch(ordered[begin : begin + _BATCH], tickets, ear)


def _count_batch(
    documents: Sequence[Document], tickets: Mapping[str, set[CustomerWords]], ear: Ear | None
) -> Iterator[CountedArticle]:
    passages = [tuple(passages_of(document)) for document in documents]
    titles = [_words(document.title, document.locale) for document in documents]
    wholes = [
        _words(_whole(document) if _has_body(document) else "", document.locale)
        for document in documents
    ]
    parts = [
        _words(f"{document.title}\n{passage.title}\n{passage.text}", document.locale)
        if _has_body(document)
        else []
        for document, own in zip(documents, passages, strict=True)
        for passage in own
    ]
    ones = [1] * len(documents)
    rows = zip(
        documents,
        passages,
        divided(scaled(count_words(titles)), ones),
        divided(scaled(count_grams(titles)), ones),
        divided(scaled(count_telling_words(wholes)), ones),
        divided(scaled(count_telling_words(parts)), [len(own) for own in passages]),
        strict=True,
    )
    for document, own, title, spelling, text, passage in rows:
        solved = sorted(tickets.get(document.id, ()), key=_ticket_order)
        learned = solved[-MAX_TICKETS:]
        words, grams = _ticket_rows(learned)
        yield CountedArticle(
            document=document,
            fingerprint=fingerprint(document, tickets.get(document.id, ()), ear),
            passages=own,
            title=title,
            spelling=spelling,
            text=text,
            passage=passage,
            ticket_count=len(solved),
            ticket_ids=tuple(ticket.id for ticket in learned),
            ticket_words=words,
            ticket_grams=grams,
            ear=ear.name if ear else "",
            meanings=_meanings(document, own, learned, ear) if ear else {},
        )


def _meanings(
    document: Document,
    passages: Sequence[Passage],
    tickets: Sequence[CustomerWords],
    ear: Ear,
) -> dict[str, Bytes]:
    parts = [clean(f"{document.title}\n{each.title}\n{each.text}") for each in passages]
    heard = ear.encode(parts) if _has_body(document) else np.zeros((len(parts), ear.dimensions))
    return {
        "title": rounded(ear.encode([clean(document.title)])),
        "passage": rounded(heard.astype(np.float32, copy=False)),
        "ticket": rounded(ear.encode([clean(each.text) for each in tickets])),
    }


def _ticket_order(ticket: CustomerWords) -> tuple[int, str, str, str]:
    # Numbers within ids in the order of their size: ticket:9 comes before ticket:10.
    return len(ticket.id), ticket.id, ticket.text, ticket.locale


def _ticket_rows(tickets: Sequence[CustomerWords]) -> tuple[Rows, Rows]:
    if not tickets:
        return stacked([]), stacked([])
    texts = [_words(ticket.text, ticket.locale) for ticket in tickets]
    return scaled(count_words(texts)), scaled(count_grams(texts))


def _words(text: str, locale: str) -> list[Word]:
    return analyser(as_language(locale)).words(clean(text))


def _whole(document: Document) -> str:
    sections = (f"{section.title}\n{section.text}" for section in document.sections)
    return "\n".join([document.title, document.summary, " ".join(document.tags), *sections])


def _has_body(document: Document) -> bool:
    return bool(document.summary.strip()) or any(
        section.text.strip() for section in document.sections
    )
