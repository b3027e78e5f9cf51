"""Did you mean: corrections made only of words that the reader may see."""

import json
from typing import Any, Final

from whoosh import query as q
from whoosh.searching import Searcher

from search.analysis import analyser, clean, fold
from search.language import LANGUAGES
from search.query_text import QueryText
from search.whoosh_index import text_field, title_field

_MIN_CHARACTERS: Final = 4
_MAX_CHARACTERS: Final = 20
_TWO_EDITS_FROM: Final = 7
_MAX_CHECKED_WORDS: Final = 6
_MAX_CANDIDATES: Final = 40


def corrected_query(searcher: Searcher, parsed: QueryText, readable: q.Query) -> str | None:
    """The query with misspelled words replaced by the nearest ones that readable documents hold.

    A word counts as known only when a readable document holds it, and a correction is taken with
    its spelling from a readable document, so that nothing of the others shows. The first letter is
    taken to be right, which keeps the search for neighbours short. None: nothing to correct.
    Phrases and prefixes are left as they are.
    """
    if not parsed.words:
        return None
    changed = False
    words: list[str] = []
    for position, word in enumerate(parsed.words):
        better = None
        if position < _MAX_CHECKED_WORDS:
            better = _correction(searcher, word, readable)
        changed |= better is not None
        words.append(better or word)
    if not changed:
        return None
    phrases = [f'"{phrase}"' for phrase in parsed.phrases]
    return " ".join([*phrases, *words, *(f"{prefix}*" for prefix in parsed.prefixes)])


def _correction(searcher: Searcher, word: str, readable: q.Query) -> str | None:
    folded = fold(word)
    if not folded.isalpha() or not _MIN_CHARACTERS <= len(folded) <= _MAX_CHARACTERS:
        return None
    if _first_holder(searcher, _any_form(folded), readable) is not None:
        return None
    edits = 2 if len(folded) >= _TWO_EDITS_FROM else 1
    near = sorted(
        (distance, -searcher.reader().doc_frequency("words", term), term)
        for term in searcher.reader().terms_within("words", folded, edits, prefix=1)
        if len(term) >= _MIN_CHARACTERS - 1 and (distance := edit_distance(folded, term)) <= edits
    )
    for _, _, term in near[:_MAX_CANDIDATES]:
        holder = _first_holder(searcher, q.Term("words", term), readable)
        if holder is not None:
            return _spelled(holder["article"], term)
    return None


def _any_form(folded: str) -> q.Query:
    """The word, anything it begins, or another form of it in either language."""
    forms: list[q.Query] = [q.Prefix("words", folded)]
    for language in LANGUAGES:
        for word in analyser(language).words(folded):
            forms += [
                q.Term(title_field(language), word.stem),
                q.Term(text_field(language), word.stem),
            ]
    return q.Or(forms)


def _first_holder(searcher: Searcher, wanted: q.Query, readable: q.Query) -> dict[str, Any] | None:
    for number in q.And([wanted, readable]).docs(searcher):
        fields: dict[str, Any] = searcher.stored_fields(number)
        return fields
    return None


def _spelled(article: str, folded: str) -> str:
    """The word as the article writes it, in lower case."""
    title, sections = json.loads(article)
    text = "\n".join([title, *(part for section in sections for part in section[1:])])
    for word in analyser(None).words(clean(text)):
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
