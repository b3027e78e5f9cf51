"""Did you mean: corrections made only of words that the reader may see."""

from collections.abc import Iterable
from typing import Final

from search.analysis import analyser, fold
from search.asked import Term, any_form
from search.indexed_article import WORDS, StoredArticle
from search.query_text import QueryText
from search.reading import Reading

_MIN_CHARACTERS: Final = 4
_MAX_CHARACTERS: Final = 20
_TWO_EDITS_FROM: Final = 7
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
    if reading.holder(any_form(folded), audiences) is not None:
        return None
    for term in nearest(folded, reading.words_beginning(folded[0]))[:_MAX_CANDIDATES]:
        holder = reading.holder((Term(WORDS, term),), audiences)
        if holder is not None:
            return _spelled(reading.article(holder), term)
    return None


def nearest(folded: str, words: Iterable[tuple[str, int]]) -> list[str]:
    """The words within one edit, or two of a long word: nearest first, then the most frequent.

    `words` come with the number of articles that hold them.
    """
    edits = 2 if len(folded) >= _TWO_EDITS_FROM else 1
    letters = set(folded)
    size = len(folded)
    near = [
        (distance, -count, term)
        for term, count in words
        if -edits <= len(term) - size <= edits
        and len(term) >= _MIN_CHARACTERS - 1
        # Each edit brings at most one new letter: cheap, and leaves few to be compared.
        and len(letters.difference(term)) <= edits
        and (distance := edit_distance(folded, term)) <= edits
    ]
    return [term for _, _, term in sorted(near)]


def _spelled(article: StoredArticle, folded: str) -> str:
    """The word as the article writes it, in lower case."""
    parts = [part for section in article.sections for part in (section.title, section.text)]
    for word in analyser(article.language).words("\n".join((article.title, *parts))):
        if word.folded == folded:
            return word.surface.lower()
    return folded


def edit_distance(left: str, right: str) -> int:
    """How many insertions, deletions, replacements and swaps of neighbours make one the other.

    The optimal string alignment distance.
    """
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, previous = previous, current
    return previous[-1]
