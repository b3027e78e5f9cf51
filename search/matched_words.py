"""Which of the customer's own words speak for an article: what a suggestion shows as its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from search.analysis import Word, character_grams
from search.evidence import Evidence

MAX_TERMS: Final = 8
# A misspelled word counts when the title has at least this share of its character n-grams.
_SPELLING_SHARE: Final = 0.5
_MIN_MISSPELLED_CHARACTERS: Final = 5


@dataclass(frozen=True, slots=True)
class MatchedWords:
    """`terms` are surfaces as typed, most telling first; `stems` are what they match."""

    terms: tuple[str, ...]
    stems: frozenset[str]


def matched_words(evidence: Evidence, words: Sequence[Word], article: int) -> MatchedWords:
    """The words of a draft that stand in an article or in the tickets that it solved.

    A misspelled word counts when it is near the title. Stop words are no reason.
    """
    found: dict[str, tuple[float, str]] = {}
    for word in words:
        if word.common or len(word.surface) == 1 or word.stem in found:
            continue
        weight = _weight(evidence, word, article)
        if weight > 0:
            found[word.stem] = (weight, word.surface)
    ordered = sorted(found.values(), key=lambda item: (-item[0], item[1]))
    return MatchedWords(tuple(surface for _, surface in ordered[:MAX_TERMS]), frozenset(found))


def _weight(evidence: Evidence, word: Word, article: int) -> float:
    number = evidence.lexicon.unigrams.get(word.stem)
    if number is None:
        return _misspelled_weight(evidence, word, article)
    fields = (evidence.title, evidence.text, evidence.centroid)
    weights = sum(field.weight_of(number, article) for field in fields)
    return weights * float(evidence.word_idf[number])


def _misspelled_weight(evidence: Evidence, word: Word, article: int) -> float:
    if len(word.folded) < _MIN_MISSPELLED_CHARACTERS:
        return 0.0
    grams = character_grams(word.folded)
    known = (evidence.lexicon.grams.get(gram) for gram in grams)
    weights = [
        evidence.spelling.weight_of(number, article) for number in known if number is not None
    ]
    share = sum(weight > 0 for weight in weights) / len(grams)
    return sum(weights) if share >= _SPELLING_SHARE else 0.0
