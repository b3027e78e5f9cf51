"""What a query asks of an engine: terms, prefixes and phrases, never the engine's own syntax."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from search.analysis import analyser, fold
from search.highlights import Wanted
from search.indexed_article import TEXT, TITLE, form
from search.language import LANGUAGES, as_language
from search.query_text import QueryText

_TITLE_BOOST: Final = 2.5
_PREFIX_BOOST: Final = 0.6
_MIN_LAST_PREFIX: Final = 3


@dataclass(frozen=True, slots=True)
class Term:
    """One form in a field; scored by BM25 times `boost`."""

    field: str
    form: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any whole word (field WORDS) that begins so; scores `boost`, whatever the word."""

    beginning: str
    boost: float = _PREFIX_BOOST


@dataclass(frozen=True, slots=True)
class Phrase:
    """At least two forms, one right after the other, in a field; scored by BM25 times `boost`."""

    field: str
    forms: tuple[str, ...]
    boost: float = 1.0


Clause = Term | Prefix | Phrase


@dataclass(frozen=True, slots=True)
class Asked:
    """One clause of each demand must hold. Wishes add to the score; without demands, one must."""

    demands: tuple[tuple[Clause, ...], ...]
    wishes: tuple[Clause, ...]

    @property
    def is_demanding(self) -> bool:
        return bool(self.demands)


def asked(parsed: QueryText, locale: str | None) -> Asked:
    """The clauses of a query, in the languages of the articles that are searched."""
    language = as_language(locale)
    languages = LANGUAGES if language is None else (language,)
    phrases = [tuple(_phrase(phrase, languages)) for phrase in parsed.phrases]
    prefixes = [(Prefix(fold(prefix)),) for prefix in parsed.prefixes]
    half_typed = [Prefix(last) for last in _half_typed(parsed)]
    return Asked((*phrases, *prefixes), (*_words(parsed.words, languages), *half_typed))


def any_form(folded: str) -> tuple[Clause, ...]:
    """The word itself, another form of it in either language, or what it begins."""
    forms = [
        form(language, word.stem)
        for language in LANGUAGES
        for word in analyser(language).words(folded)
    ]
    terms = [Term(field, each) for each in forms for field in (TEXT, TITLE)]
    return (*terms, Prefix(folded))


def wanted(parsed: QueryText, language: str) -> Wanted:
    """What is marked in an article of a language."""
    words = analyser(language).words(parsed.text)
    telling = [word for word in words if not word.common] or words
    prefixes = tuple(fold(prefix) for prefix in parsed.prefixes)
    return Wanted(
        frozenset(feature for word in telling for feature in (word.stem, *word.exact)),
        (*prefixes, *_half_typed(parsed)),
    )


def _half_typed(parsed: QueryText) -> tuple[str, ...]:
    """The last word, which may not be finished."""
    last = fold(parsed.words[-1]) if parsed.words else ""
    return (last,) if len(last) >= _MIN_LAST_PREFIX else ()


def _words(words: Sequence[str], languages: Sequence[str]) -> Iterator[Term]:
    for language in languages:
        analysed = [word for text in words for word in analyser(language).words(text)]
        telling = [word for word in analysed if not word.common] or analysed
        features = [feature for word in telling for feature in (word.stem, *word.exact)]
        for feature in dict.fromkeys(features):
            yield Term(TITLE, form(language, feature), _TITLE_BOOST)
            yield Term(TEXT, form(language, feature))


def _phrase(phrase: str, languages: Sequence[str]) -> Iterator[Clause]:
    for language in languages:
        forms = tuple(form(language, word.stem) for word in analyser(language).words(phrase))
        for field, boost in ((TITLE, _TITLE_BOOST), (TEXT, 1.0)):
            if len(forms) == 1:
                yield Term(field, forms[0], boost)
            elif forms:
                yield Phrase(field, forms, boost)
