"""Words and phrases that mean the same, as editors keep them: a draft's words gain the others.

Sets change what a draft asks for, never what is stored of an article: they count from the next
draft on.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from search.analysis import Analyser, Word, analyser, clean
from search.errors import SnapshotError
from search.language import Language, as_language
from search.snapshots import load_snapshot, save_snapshot

# A draft gains the words of so many sets at most: a long one would become about everything.
_MOST_SETS: Final = 20
_KIND: Final = "synonyms-1"


@dataclass(frozen=True, slots=True)
class SynonymSet:
    """Phrases of one language, of one word or more, that mean the same."""

    locale: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Another way of saying what a draft says: its words, for the draft's own `instead`."""

    words: tuple[Word, ...]
    instead: Word

    def as_typed(self) -> list[Word]:
        """The words as features of what the customer typed: that is what is shown as a reason."""
        return [replace(word, surface=self.instead.surface) for word in self.words]


@dataclass(frozen=True)
class Synonyms:
    """All sets of a help centre."""

    sets: tuple[SynonymSet, ...] = ()
    _found: dict[Language | None, "_Phrases"] = field(default_factory=dict, compare=False)

    def of(self, words: Sequence[Word], language: Language | None) -> list[Alike]:
        """The other ways of saying what these words of a draft say.

        `language` is that by which the draft was analysed; None looks into the sets of both.
        """
        if not self.sets:
            return []
        phrases = self._found.get(language)
        if phrases is None:
            own = [each for each in self.sets if language in (None, as_language(each.locale))]
            phrases = self._found[language] = _Phrases(own, analyser(language))
        return phrases.alike(words)

    def save(self, folder: Path, version: int) -> str:
        """Make these the current sets of a folder, atomically; returns their name there."""
        values = {"sets": [[each.locale, *each.phrases] for each in self.sets]}
        place = save_snapshot(folder, kind=_KIND, version=version, arrays={}, values=values)
        return place.name

    @classmethod
    def load(cls, folder: Path) -> "Synonyms":
        """The current sets of a folder. Raises SnapshotError: go on without, and save them again."""
        snapshot = load_snapshot(folder, kind=_KIND)
        try:
            rows = snapshot.values["sets"]
            return cls(tuple(SynonymSet(str(row[0]), tuple(map(str, row[1:]))) for row in rows))
        except (KeyError, TypeError, IndexError) as error:
            raise SnapshotError(f"the synonyms in {folder} are incomplete ({error!r})") from error


NO_SYNONYMS: Final = Synonyms()


class _Phrases:
    """The phrases of some sets by the stems that they begin with."""

    def __init__(self, sets: Iterable[SynonymSet], draft: Analyser) -> None:
        self._sets: list[list[tuple[Word, ...]]] = []
        self._by_first: dict[int, list[tuple[tuple[int, ...], int]]] = {}
        for each in sets:
            language = as_language(each.locale)
            number = len(self._sets)
            self._sets.append(
                [tuple(analyser(language).words(clean(phrase))) for phrase in each.phrases]
            )
            for phrase in each.phrases:
                keys = tuple(word.key for word in draft.words(clean(phrase)))
                if keys:
                    self._by_first.setdefault(keys[0], []).append((keys, number))

    def alike(self, words: Sequence[Word]) -> list[Alike]:
        """What the other phrases of each set say that has one among these words."""
        keys = self._keys(words)
        said: dict[int, tuple[Word, set[tuple[int, ...]]]] = {}
        for at, key in enumerate(keys):
            for phrase, number in self._by_first.get(key, ()):
                if keys[at : at + len(phrase)] == phrase:
                    telling = [word for word in words[at : at + len(phrase)] if not word.common]
                    known = said.setdefault(number, ((telling or words[at:])[0], set()))
                    known[1].add(tuple(phrase))
        return [
            Alike(phrase, instead)
            for number, (instead, own) in list(said.items())[:_MOST_SETS]
            for phrase in self._sets[number]
            if phrase and self._keys(phrase) not in own
        ]

    @staticmethod
    def _keys(words: Sequence[Word]) -> tuple[int, ...]:
        return tuple(word.key for word in words)
