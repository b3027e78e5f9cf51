"""The words of articles and tickets, counted once and kept while the texts stay the same.

Counting is most of the work of building an index. Whoever builds again and again keeps one
`CountedTexts`: a build then analyses what is new alone, and gives the same index as one from
nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from search.analysis import Word, analyser, clean
from search.articles_table import Passage, passages_of
from search.documents import CustomerWords, Document
from search.language import as_language
from search.vocabulary import Rows, Vocabulary

_Text = TypeVar("_Text")

# So many texts are counted at once: enough for arrays to pay, few enough to stay in the cache.
_BATCH: Final = 256
# Tickets beyond this are counted again at every build: their counts take some 7 kB each.
_MAX_TICKETS: Final = 20_000
# Everything is counted afresh when so many texts came and went, for their words stay.
_MAX_GONE_SHARE: Final = 2
_MAX_GONE: Final = 1_000


@dataclass(frozen=True, slots=True)
class CountedArticle:
    """An article's passages and, for its title (one row), the whole and its passages, the counts.

    `has_body`: it is more than a title.
    """

    passages: tuple[Passage, ...]
    title_words: Rows
    title_grams: Rows
    words: Rows
    passage_words: Rows
    has_body: bool


@dataclass(frozen=True, slots=True)
class CountedTicket:
    """What a customer wrote: the counts of words and character n-grams, one row each."""

    words: Rows
    grams: Rows


class CountedTexts:
    """Counts of texts in one vocabulary. Not for two threads at once.

    A build asks for articles first, then for tickets. What it did not ask for is forgotten when
    the next one begins; of tickets 20,000 texts are kept.
    """

    def __init__(self, common_weight: float) -> None:
        self._common_weight = common_weight
        self.forget()

    def forget(self) -> None:
        """Keep nothing."""
        self.vocabulary = Vocabulary()
        self._articles: dict[str, tuple[Document, CountedArticle]] = {}
        self._tickets: dict[tuple[str, str], CountedTicket] = {}
        self._tickets_before: dict[tuple[str, str], CountedTicket] = {}
        self._count = 0

    def articles(self, documents: Sequence[Document]) -> list[CountedArticle]:
        """The counts of these documents, which have ids of their own, in their order."""
        held = len(self._articles) + len(self._tickets)
        if self._count - held > _MAX_GONE + _MAX_GONE_SHARE * held:
            self.forget()
        self._tickets_before, self._tickets = self._tickets, {}
        known = self._articles
        new = [
            document
            for document in documents
            if (kept := known.get(document.id)) is None or kept[0] != document
        ]
        counted = known | {
            document.id: (document, article)
            for batch in _batches(new)
            for document, article in zip(batch, self._count_articles(batch), strict=True)
        }
        self._articles = {document.id: counted[document.id] for document in documents}
        self._count += len(new)
        return [article for _, article in self._articles.values()]

    def tickets(self, tickets: Sequence[CustomerWords]) -> list[CountedTicket]:
        """The counts of these texts, in their order."""
        keys = {(ticket.text, ticket.locale) for ticket in tickets}
        known = self._tickets_before | self._tickets
        found = {key: known[key] for key in keys & known.keys()}
        new = sorted(keys - known.keys())
        for batch in _batches(new):
            found.update(zip(batch, self._count_tickets(batch), strict=True))
        self._tickets.update(islice(found.items(), _MAX_TICKETS - len(self._tickets)))
        # Those that are not kept bring no new words when they are counted again.
        self._count += sum(key in self._tickets for key in new)
        return [found[ticket.text, ticket.locale] for ticket in tickets]

    def _count_articles(self, documents: Sequence[Document]) -> Iterable[CountedArticle]:
        passages = [tuple(passages_of(document)) for document in documents]
        titles = [_words(document.title, document.locale) for document in documents]
        wholes = [_words(_whole(document), document.locale) for document in documents]
        parts = [
            _words(f"{document.title}\n{passage.title}\n{passage.text}", document.locale)
            for document, own in zip(documents, passages, strict=True)
            for passage in own
        ]
        ones = [1] * len(documents)
        return map(
            CountedArticle,
            passages,
            self._word_rows(titles).parts(ones),
            self.vocabulary.gram_rows(titles).parts(ones),
            self._word_rows(wholes).parts(ones),
            self._word_rows(parts).parts([len(own) for own in passages]),
            map(_has_body, documents),
        )

    def _count_tickets(self, tickets: Sequence[tuple[str, str]]) -> Iterable[CountedTicket]:
        texts = [_words(text, locale) for text, locale in tickets]
        ones = [1] * len(texts)
        words, grams = self._word_rows(texts), self.vocabulary.gram_rows(texts)
        return map(CountedTicket, words.parts(ones), grams.parts(ones))

    def _word_rows(self, texts: Sequence[Sequence[Word]]) -> Rows:
        return self.vocabulary.word_rows(texts, self._common_weight)


def _batches(texts: Sequence[_Text]) -> Iterator[Sequence[_Text]]:
    for begin in range(0, len(texts), _BATCH):
        yield texts[begin : begin + _BATCH]


def _words(text: str, locale: str) -> list[Word]:
    return analyser(as_language(locale)).words(clean(text))


def _whole(document: Document) -> str:
    sections = (f"{section.title}\n{section.text}" for section in document.sections)
    return "\n".join([document.title, document.summary, " ".join(document.tags), *sections])


def _has_body(document: Document) -> bool:
    return bool(document.summary.strip()) or any(
        section.text.strip() for section in document.sections
    )
