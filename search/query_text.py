"""What a reader typed into the search box, taken apart. Nothing typed there can fail."""

import re
from dataclasses import dataclass
from typing import Final

from search.analysis import MAX_WORD_CHARACTERS, clean

MAX_QUERY_CHARACTERS: Final = 300
MAX_QUERY_WORDS: Final = 16
MAX_PREFIXES: Final = 3
_MIN_PREFIX_CHARACTERS: Final = 2
_QUOTES: Final = re.compile("[“”„«»″]")
_PHRASE: Final = re.compile(r'"([^"]*)"')
_WORD: Final = re.compile(r"[^\W_]+(?:['’.\-_/:@+#][^\W_]+)*\*?")


@dataclass(frozen=True, slots=True)
class QueryText:
    """Plain words, phrases and prefixes; `was_cut` when something typed was left out."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]
    prefixes: tuple[str, ...]
    was_cut: bool

    @property
    def is_empty(self) -> bool:
        return not (self.words or self.phrases or self.prefixes)

    @property
    def text(self) -> str:
        """Everything asked for, as plain text."""
        return " ".join((*self.phrases, *self.words, *self.prefixes))

    def without_demands(self) -> "QueryText":
        """The same words, of which none has to stand beside another: a simpler query."""
        words = [*(word for phrase in self.phrases for word in phrase.split()), *self.words]
        plain = tuple(dict.fromkeys([*words, *self.prefixes]))
        return QueryText(plain, (), (), self.was_cut)


def parse_query(typed: str) -> QueryText:
    """Take a query apart: "phrases", prefix*es and words, up to the caps above.

    An unbalanced quote is ignored. Words beyond the caps are left out and told by `was_cut`.
    """
    was_cut = len(typed) > MAX_QUERY_CHARACTERS
    text = _QUOTES.sub('"', clean(typed, MAX_QUERY_CHARACTERS))
    phrases: list[str] = []
    budget = MAX_QUERY_WORDS

    def take_phrase(match: re.Match[str]) -> str:
        nonlocal budget
        found = _WORD.findall(match.group(1).replace("*", " "))
        if not found or budget <= 0:
            return " "
        phrases.append(" ".join(_short(word) for word in found[:budget]))
        budget -= min(budget, len(found))
        return " "

    rest = _PHRASE.sub(take_phrase, text)
    words: list[str] = []
    prefixes: list[str] = []
    for token in dict.fromkeys(_WORD.findall(rest)):
        if budget <= 0:
            was_cut = True
            break
        stripped = token.rstrip("*")
        short = _short(stripped)
        was_cut |= short != stripped
        if not token.endswith("*"):
            words.append(short)
        elif len(stripped) >= _MIN_PREFIX_CHARACTERS and len(prefixes) < MAX_PREFIXES:
            prefixes.append(short)
        else:
            was_cut = True
            words.append(short)
        budget -= 1
    return QueryText(tuple(words), tuple(phrases), tuple(prefixes), was_cut)


def _short(word: str) -> str:
    return word[:MAX_WORD_CHARACTERS]
