"""Words of two languages in the order of their frequency: function words and invented ones.

The most frequent words are function words; then the words of the trade, made of syllables, come
between the rarer ones, as "account" and "message" do in the articles of one product. Stems recur with several endings, so that
stemming joins them, and Spanish ones carry accents and ñ.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from search.stop_words import STOP_WORDS

LANGUAGES: Final = ("en", "es")
WORD_TYPES: Final = 100_000

# The most frequent words of each language, in order; the other function words follow.
_HEADS: Final = {
    "en": """the to and of a in is you it i for on that with be this not have are can if your as or
    from at when my but do will an by no so we has was""",
    "es": """de la que el en y a los no se un con por las una para me es lo su al del mi como si pero
    mas este ya o cuando esta muy sin sobre tengo hay""",
}
_ONSETS: Final = {
    "en": "b br bl c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr r s sc sh sl sp st t tr v w",
    "es": "b br c cl cr d f fl g gr h j l ll m n ñ p pl pr qu r s t tr v z ch",
}
_VOWELS: Final = {"en": "a e i o u ea oo ou ai ee", "es": "a e i o u a e o ie ue á é í ó ú"}
_CODAS: Final = {"en": "n r s t l m ck nd st p x", "es": "n r s l d"}
_ENDINGS: Final = {
    "en": ("", "s", "ed", "ing", "er", "ers", "tion", "ly", "ness", "ment", "able", "al"),
    "es": (
        "o", "a", "os", "as", "ar", "ado", "ada", "ando", "ción", "ciones", "mente", "ía", "ito",
        "eño", "eña", "dad", "able", "ó",
    ),
}  # fmt: skip
_CODE_EVERY: Final = 60
_WORD: Final = re.compile(r"[^\W\d_]{2,30}")


def ranked_words(language: str, real: Iterable[str] = ()) -> list[str]:
    """The words of a language, most frequent first.

    `real` words, most frequent first, take the places of the most frequent invented ones.
    """
    head = _HEADS[language].split()
    rest = sorted(STOP_WORDS[language] - set(head))
    random.Random(f"function {language}").shuffle(rest)
    content = (
        word for word in chain(real, _invented(language)) if word not in STOP_WORDS[language]
    )
    words = dict.fromkeys(head)
    for function in rest:
        words[function] = None
        words[next(content)] = None
    while len(words) < WORD_TYPES:
        words[next(content)] = None
    return list(words)


def real_words(directory: Path) -> dict[str, list[str]]:
    """The words of the labelled sets in the folders of `directory`, by language and frequency."""
    counts: dict[str, Counter[str]] = {language: Counter() for language in LANGUAGES}
    files = sorted([*directory.glob("*/corpus.jsonl"), *directory.glob("*/queries.jsonl")])
    if not files:
        raise SystemExit(f"{directory} has no folder with a corpus.jsonl")
    for path in files:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                if (found := counts.get(row.get("lang", "en"))) is not None:
                    text = " ".join(str(row.get(part, "")) for part in ("title", "body", "text"))
                    found.update(_WORD.findall(text.lower()))
    return {
        language: [word for word, _ in found.most_common()] for language, found in counts.items()
    }


def _invented(language: str) -> Iterator[str]:
    """Without end; the later a word comes, the longer its stem. Some are codes."""
    chance = random.Random(f"invented {language}")
    onsets, vowels, codas = (table[language].split() for table in (_ONSETS, _VOWELS, _CODAS))
    endings = _ENDINGS[language]
    stems: list[str] = []
    number = 0
    while True:
        number += 1
        if number % _CODE_EVERY == 0:
            yield f"{chance.choice(onsets[:8])}{chance.randint(100, 99_999)}"
            continue
        if stems and chance.random() < 0.6:
            stem = chance.choice(stems[-200:])
        else:
            syllables = 1 + (number > 1_000) + (number > 20_000) + (chance.random() < 0.4)
            stem = "".join(chance.choice(onsets) + chance.choice(vowels) for _ in range(syllables))
            stem += chance.choice(codas)
            stems.append(stem)
        yield stem + chance.choice(endings)
