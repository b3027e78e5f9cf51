"""An invented help centre of any size, the same at every run, and what its customers ask.

Words follow a Zipf–Mandelbrot distribution, p(r) ∝ 1 / (r + q)^s, in each language. Each article is
about one topic: a good part of its words and all its collocations are the topic's own. The first
articles are the same whatever the number of articles.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bench.words import LANGUAGES, ranked_words
from search.documents import Document, Section
from search.stop_words import STOP_WORDS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SEED: Final = 20_261
ARTICLE_WORDS: Final = 300
SECTIONS: Final = 3
DRAFT_WORDS: Final = 60
SHORT_WORDS: Final = (3, 8)
TITLE_WORDS: Final = (4, 9)
SECTION_TITLE_WORDS: Final = 4

# p(1) is 5 % among 100,000 words, and the function words together are nearly half of a text.
_SHIFT: Final = 2.0
_EXPONENT: Final = 1.1
_SPANISH_TENTHS: Final = (2, 5, 8)
_CHUNK: Final = 1_000
_TOPICS: Final = 500
_TOPIC_WORDS: Final = 300
_TOPIC_SHIFT: Final = 1.0
_TOPIC_SHARE: Final = 0.6
# A topic's words are of these ranks among the content words, evenly by their logarithm.
_TOPIC_RANKS: Final = (10, 10_000)
_COLLOCATIONS: Final = 40
_COLLOCATION_SHARE: Final = 0.03
_MISSPELT_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of every engine. The texts for warming up are asked first and not measured."""

    short: Sequence[str]
    drafts: Sequence[str]
    warm_up: Sequence[str]


class Corpus:
    """Writes articles and questions. `real` holds real words by language, most frequent first."""

    def __init__(self, seed: int = SEED, real: Mapping[str, Sequence[str]] | None = None) -> None:
        self._seed = seed
        self._languages = {
            language: _Language(language, [seed, number], (real or {}).get(language, ()))
            for number, language in enumerate(LANGUAGES)
        }

    def documents(self, count: int) -> list[Document]:
        """The first `count` articles."""
        documents: list[Document] = []
        for chunk in range(-(-count // _CHUNK)):
            documents.extend(self._chunk(chunk))
        return documents[:count]

    def additional(self, count: int) -> list[Document]:
        """Articles that `documents` never gives, to be added to an index."""
        return [
            _renamed(document, f"added-{number}")
            for number, document in enumerate(self._chunk(1_000_000)[:count])
        ]

    def questions(self, short: int = 2_000, drafts: int = 500, warm_up: int = 50) -> Questions:
        """Questions in the languages of the articles."""
        chance = np.random.default_rng([self._seed, 3])
        lengths = chance.integers(SHORT_WORDS[0], SHORT_WORDS[1] + 1, short + warm_up).tolist()
        asked = list(self._asked(chance, lengths, 0.25))
        written = list(self._asked(chance, [DRAFT_WORDS] * (drafts + warm_up), 0.5))
        return Questions(asked[:short], written[:drafts], [*asked[short:], *written[drafts:]])

    def _chunk(self, chunk: int) -> list[Document]:
        chance = np.random.default_rng([self._seed, 2, chunk])
        numbers = np.arange(chunk * _CHUNK, (chunk + 1) * _CHUNK)
        spanish = np.isin(numbers % 10, _SPANISH_TENTHS)
        width = TITLE_WORDS[1] + SECTIONS * SECTION_TITLE_WORDS + ARTICLE_WORDS
        titles = chance.integers(TITLE_WORDS[0], TITLE_WORDS[1] + 1, _CHUNK)
        documents: dict[int, Document] = {}
        for language, chosen in (("en", ~spanish), ("es", spanish)):
            texts = self._languages[language].texts(chance, int(chosen.sum()), width)
            for number, title, words in zip(
                numbers[chosen].tolist(), titles[chosen].tolist(), texts, strict=True
            ):
                documents[number] = _document(number, language, title, words)
        return [documents[number] for number in numbers.tolist()]

    def _asked(
        self, chance: np.random.Generator, lengths: list[int], common: float
    ) -> Iterator[str]:
        for number, length in enumerate(lengths):
            language = LANGUAGES[number % 10 in _SPANISH_TENTHS]
            yield " ".join(self._languages[language].question(chance, length, common))


class _Language:
    """The words of one language, how frequent they are, and its topics."""

    def __init__(self, language: str, seed: list[int], real: Sequence[str]) -> None:
        words = ranked_words(language, real)
        self._words = np.array(words, dtype=object)
        self._is_function = np.array([word in STOP_WORDS[language] for word in words])
        chances = _zipf_mandelbrot(len(words), _SHIFT, _EXPONENT)
        self._cumulative = np.cumsum(chances)
        self._function = np.cumsum(chances * self._is_function)
        self._content = np.cumsum(chances * ~self._is_function)
        self._topic_chances = np.cumsum(_zipf_mandelbrot(_TOPIC_WORDS, _TOPIC_SHIFT, _EXPONENT))
        chance = np.random.default_rng(seed)
        first, last = _TOPIC_RANKS
        depths = chance.uniform(math.log(first), math.log(last), (_TOPICS, _TOPIC_WORDS))
        self._topics = np.flatnonzero(~self._is_function)[np.exp(depths).astype(np.int64)]
        pairs = chance.integers(0, _TOPIC_WORDS, (_TOPICS, _COLLOCATIONS, 2))
        self._collocations = self._topics[np.arange(_TOPICS)[:, None, None], pairs]

    def texts(self, chance: np.random.Generator, count: int, width: int) -> list[list[str]]:
        """`count` texts of `width` words, each about a topic of its own."""
        topics = np.repeat(chance.integers(0, _TOPICS, count)[:, None], width, axis=1)
        drawn = _draw(chance, self._cumulative, (count, width))
        special = ~self._is_function[drawn] & (chance.random(drawn.shape) < _TOPIC_SHARE)
        drawn[special] = self._about(chance, topics[special])
        starts = chance.random(drawn.shape) < _COLLOCATION_SHARE
        starts[:, -1] = False
        row, column = np.nonzero(starts)
        pairs = self._collocations[topics[row, column], chance.integers(0, _COLLOCATIONS, len(row))]
        drawn[row, column] = pairs[:, 0]
        drawn[row, column + 1] = pairs[:, 1]
        texts: list[list[str]] = self._words[drawn].tolist()
        return texts

    def question(self, chance: np.random.Generator, length: int, common: float) -> list[str]:
        """A share `common` of function words; the others as in an article about one topic.

        A few are misspelt.
        """
        said = chance.random(length) < common
        about = ~said & (chance.random(length) < _TOPIC_SHARE)
        drawn = np.where(
            said,
            _draw(chance, self._function, (length,)),
            _draw(chance, self._content, (length,)),
        )
        topic = np.full(int(about.sum()), chance.integers(0, _TOPICS))
        drawn[about] = self._about(chance, topic)
        words: list[str] = self._words[drawn].tolist()
        for position in np.flatnonzero(chance.random(length) < _MISSPELT_SHARE).tolist():
            words[position] = _misspelt(words[position], chance)
        return words

    def _about(self, chance: np.random.Generator, topics: Ints) -> Ints:
        words: Ints = self._topics[topics, _draw(chance, self._topic_chances, topics.shape)]
        return words


def _zipf_mandelbrot(count: int, shift: float, exponent: float) -> Floats:
    """The chances of the ranks 1 … count."""
    ranks = np.arange(1, count + 1, dtype=np.float64)
    chances: Floats = (ranks + shift) ** -exponent
    total = float(chances.sum())
    return chances / total


def _draw(chance: np.random.Generator, cumulative: Floats, shape: tuple[int, ...]) -> Ints:
    ranks: Ints = np.searchsorted(cumulative, chance.random(shape) * cumulative[-1], side="right")
    ranks[ranks == len(cumulative)] = len(cumulative) - 1
    return ranks


def _misspelt(word: str, chance: np.random.Generator) -> str:
    """The word with one letter doubled and another lost."""
    at = int(chance.integers(0, len(word)))
    return f"{word[:at]}{word[at] * 2}{word[at + 2 :]}x"


def _document(number: int, language: str, title: int, words: list[str]) -> Document:
    name = f"article-{number:07d}"
    sections = []
    share = SECTION_TITLE_WORDS + ARTICLE_WORDS // SECTIONS
    for part in range(SECTIONS):
        begin = TITLE_WORDS[1] + part * share
        head = " ".join(words[begin : begin + SECTION_TITLE_WORDS]).capitalize()
        text = " ".join(words[begin + SECTION_TITLE_WORDS : begin + share])
        sections.append(Section(f"part-{part}", head, text))
    heading = " ".join(words[:title]).capitalize()
    return Document(name, language, name, heading, "", tuple(sections), (), "", "public")


def _renamed(document: Document, name: str) -> Document:
    return Document(
        name, document.locale, name, document.title, "", document.sections, (), "", "public"
    )


def plain_text(document: Document) -> str:
    """The whole article as one text, for engines that know no fields."""
    parts = [part for section in document.sections for part in (section.title, section.text)]
    return "\n".join((document.title, document.summary, *parts))
