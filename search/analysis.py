"""From text to words: the same for articles, customers' words and drafts.

A word keeps the surface that was typed and the features that match it: the stem with its accents
folded, and a few exact forms (codes, words with ñ, hyphenated words written as one).
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol, cast

from search.keys import word_key
from search.stop_words import ALL_STOP_WORDS, STOP_WORDS

# Caps on one draft. A draft longer than this is cut, never refused.
MAX_DRAFT_CHARACTERS: Final = 6_000
MAX_DRAFT_WORDS: Final = 600
# Longer "words" are pasted data: their head identifies them as well as the whole.
MAX_WORD_CHARACTERS: Final = 40
# Memoised surfaces per language: natural vocabulary fits, a flood of invented words does not stay.
_MEMO_WORDS: Final = 200_000
_MEMO_CHARACTERS: Final = 80

_MARK_FLOOD: Final = re.compile(
    r"([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff]+"
)
# Zero-width, bidirectional and other invisible format characters; NUL and the control characters.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff0-\ufffb]"
)
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
# Letters and digits, joined by apostrophes, hyphens, dots, slashes … into compounds.
_TOKEN: Final = re.compile(r"[^\W_]+(?:['’`´.\-_/:@+#][^\W_]+)*")
_APOSTROPHES: Final = re.compile(r"['’`´]")
_PART: Final = re.compile(r"[^\W_]+")
_MAX_COMPOUND_PARTS: Final = 8


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802  # PyStemmer's name


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """One word: how it was typed, and what it matches.

    `stem` is the folded stem. `exact` holds further features that only the same spelling has.
    `folded` is the whole word with accents folded, from which character n-grams are made.
    `common` marks a stop word of its language. `key` is the number of the stem as a feature,
    `exact_keys` are those of the exact forms.
    """

    surface: str
    folded: str
    stem: str
    exact: tuple[str, ...]
    common: bool
    key: int
    exact_keys: tuple[int, ...]


def clean(text: str, limit: int | None = None) -> str:
    """Text without what nobody can see: invisible and control characters, floods of accents.

    `limit` cuts the text to so many characters first, so that hostile input stays cheap.
    """
    if limit is not None:
        text = text[:limit]
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", text))
    text = _MARK_FLOOD.sub(r"\1", text)
    return unicodedata.normalize("NFKC", text)


def fold(word: str) -> str:
    """Lower case without accents; ñ becomes n."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@cache
def _stemmer(language: str) -> _Stemmer:
    import Stemmer

    algorithm = {"es": "spanish", "en": "english"}[language]
    # Our own memo keeps whole words, so the stemmer's cache would only hold them twice.
    return cast("_Stemmer", Stemmer.Stemmer(algorithm, 0))


class Analyser:
    """Splits texts of one language into words. Words are memoised: texts share them.

    `language` is "es", "en" or None (unknown: no stemming, the stop words of both). Not shared
    between threads while it learns new words, except that dictionary updates are atomic and a
    word analysed twice is the same word: sharing is safe.
    """

    def __init__(self, language: str | None) -> None:
        self._language = language if language in STOP_WORDS else None
        self._stop_words = STOP_WORDS.get(language or "", ALL_STOP_WORDS)
        self._memo: dict[str, tuple[Word, ...]] = {}
        self._stems: dict[str, frozenset[str]] = {}
        self._looks: dict[str, tuple[tuple[str, ...], str]] = {}

    def words(self, cleaned: str, limit: int | None = None) -> list[Word]:
        """The words of a cleaned text, in order; at most `limit` of them."""
        words: list[Word] = []
        known = self._memo
        for chunk in cleaned.split():
            words += known.get(chunk) or self._remembered(chunk)
            if limit is not None and len(words) >= limit:
                return words[:limit]
        return words

    def stems_in(self, chunk: str) -> frozenset[str]:
        """The stems in a cleaned text without spaces, stop words left out."""
        found = self._stems.get(chunk)
        if found is None:
            words = self._memo.get(chunk) or self._remembered(chunk)
            found = frozenset([word.stem for word in words if not word.common])
            if len(self._stems) >= _MEMO_WORDS:
                self._stems.clear()
            self._stems[chunk] = found
        return found

    def places(self, cleaned: str) -> Iterator[tuple[int, int, str]]:
        """Where each token begins and ends, and the token."""
        for match in _TOKEN.finditer(cleaned):
            yield match.start(), match.end(), match.group()

    def of_token(self, token: str) -> tuple[Word, ...]:
        """The words of one token: several for a compound."""
        return self._remembered(token)

    def looks(self, texts: Sequence[str]) -> list[tuple[tuple[str, ...], str]]:
        """For each text its stems and exact forms, and its folded words with a space before each.

        Remembered, for texts that recur: words as they stand between two spaces.
        """
        known = self._looks
        if len(known) + len(texts) > _MEMO_WORDS:
            known.clear()
        return [known.get(text) or self._look(text) for text in texts]

    def _look(self, text: str) -> tuple[tuple[str, ...], str]:
        words = self.words(text)
        features = tuple([each for word in words for each in (word.stem, *word.exact)])
        look = features, "".join([f" {word.folded}" for word in words])
        self._looks[text] = look
        return look

    def _remembered(self, chunk: str) -> tuple[Word, ...]:
        """The words of a text without spaces, which may hold several tokens."""
        found = self._memo.get(chunk)
        if found is None:
            tokens = _TOKEN.findall(chunk)
            found = tuple([word for token in tokens for word in self._analyse(token)])
            if len(chunk) <= _MEMO_CHARACTERS:
                if len(self._memo) >= _MEMO_WORDS:
                    self._memo.clear()
                self._memo[chunk] = found
        return found

    def _analyse(self, token: str) -> tuple[Word, ...]:
        token = token[: MAX_WORD_CHARACTERS * 2]
        token = _APOSTROPHES.sub("", token)
        parts = _PART.findall(token)[:_MAX_COMPOUND_PARTS]
        if not parts:
            return ()
        words = [self._word(part) for part in parts]
        if len(parts) > 1:
            words[0] = self._with_exact(words[0], self._compound_forms(token, parts))
        return tuple(words)

    def _word(self, part: str) -> Word:
        part = part[:MAX_WORD_CHARACTERS]
        lowered = part.casefold()
        folded = fold(part) or lowered
        exact: tuple[str, ...] = ()
        if "ñ" in lowered:
            # The weaker distinction: año and ano share the folded stem, only año has this one.
            exact = (f"={fold_except_enye(lowered)}",)
        if self._language is None or any(map(str.isdigit, folded)):
            stem = folded
        else:
            stem = fold(_stemmer(self._language).stemWord(folded)) or folded
        return _numbered(part, folded, stem, exact, common=folded in self._stop_words)

    def _compound_forms(self, token: str, parts: Sequence[str]) -> tuple[str, ...]:
        """e-mail also as the word email; error codes, versions and host names also whole."""
        folded = fold(token[:MAX_WORD_CHARACTERS])
        if all(part.isalpha() for part in parts) and "-" in token:
            return (self._word("".join(parts)).stem,)
        return (f"={folded}",)

    @staticmethod
    def _with_exact(word: Word, exact: tuple[str, ...]) -> Word:
        forms = word.exact + exact
        return _numbered(word.surface, word.folded, word.stem, forms, common=word.common)


def _numbered(
    surface: str, folded: str, stem: str, exact: tuple[str, ...], *, common: bool
) -> Word:
    keys = tuple(word_key(form) for form in exact)
    return Word(surface, folded, stem, exact, common, word_key(stem), keys)


def fold_except_enye(lowered: str) -> str:
    """Accents folded, ñ kept."""
    return "ñ".join(fold(part) for part in lowered.split("ñ"))


@cache
def analyser(language: str | None) -> Analyser:
    """The shared analyser of a language."""
    return Analyser(language)
