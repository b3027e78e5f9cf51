"""Did you mean: corrections made only of words that the reader may see."""

from typing import Final

from search.analysis import analyser, fold
from search.asked import Term, any_form
from search.indexed_article import WORDS, StoredArticle
from search.query_text import QueryText
from search.reading import Reading

_MIN_CHARACTERS: Final = 4
_MAX_CHARACTERS: Final = 20
_MAX_CHECKED_WORDS: Final = 6
_MAX_CANDIDATES: Final = 40


def corrected_query(reading: Reading, parsed: QueryText, audiences: frozenset[str]) -> str | None:
    """The query with misspelled words replaced by the nearest ones that readable documents hold.

    A word counts as known only when a readable document holds it, and a correction is taken with
    its spelling from a readable document, so that nothing of the others shows. The first letter is
    taken to be right, which keeps the search for neighbours short. None: nothing to correct.
    Phrases and prefixes are left as they are.
    """
    changed = False
    words: list[str] = []
    for position, word in enumerate(parsed.words):
        better = None
        if position < _MAX_CHECKED_WORDS:
            better = _correction(reading, word, audiences)
        changed |= better is not None
        words.append(better or word)
    if not changed:
        return None
    phrases = [f'"{phrase}"' for phrase in parsed.phrases]
    return " ".join([*phrases, *words, *(f"{prefix}*" for prefix in parsed.prefixes)])


def _correction(reading: Reading, word: str, audiences: frozenset[str]) -> str | None:
    folded = fold(word)
    if not folded.isalpha() or not _MIN_CHARACTERS <= len(folded) <= _MAX_CHARACTERS:
        return None
    if reading.is_held(any_form(folded), audiences):
        return None
    for term in reading.words_beginning(folded[0]).nearest(folded)[:_MAX_CANDIDATES]:
        holder = reading.holder((Term(WORDS, term),), audiences)
        if holder is not None:
            return _spelled(reading.article(holder), term)
    return None


def _spelled(article: StoredArticle, folded: str) -> str:
    """The word as the article writes it, in lower case."""
    parts = [part for section in article.sections for part in (section.title, section.text)]
    for word in analyser(article.language).words("\n".join((article.title, *parts))):
        if word.folded == folded:
            return word.surface.lower()
    return folded
