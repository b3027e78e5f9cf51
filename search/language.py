"""Which of the two languages a text is written in."""

import re
import unicodedata
from functools import cache
from typing import Final, Literal, Protocol, cast

from search.stop_words import STOP_WORDS

Language = Literal["es", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("es", "en")

# Enough to be sure, little enough that a pasted log costs nothing.
_SAMPLE_CHARACTERS: Final = 2_000
_WORD: Final = re.compile(r"[^\W\d_]+")
# Letters and signs that only Spanish writes.
_SPANISH_SIGNS: Final = re.compile(r"[ñ¿¡]|[a-záéíóú]ción\b", re.IGNORECASE)
# Each function word of one language weighs like this many nats of the character model.
_FUNCTION_WORD_NATS: Final = 4.0
_HINT_NATS: Final = 3.0
_CLEAR_VOTES: Final = 8
# Below this difference nothing is said: the text does not tell.
_UNDECIDED_NATS: Final = 2.5

# Function words that exist in the other language too ("no", "a", "me") tell nothing.
_TELLING: Final[dict[Language, frozenset[str]]] = {
    "es": STOP_WORDS["es"] - STOP_WORDS["en"],
    "en": STOP_WORDS["en"] - STOP_WORDS["es"],
}


class _Identifier(Protocol):
    def rank(self, text: str) -> list[tuple[str, float]]: ...


@cache
def _identifier() -> _Identifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
    identifier.set_languages(list(LANGUAGES))
    return cast("_Identifier", identifier)


def as_language(locale: str | None) -> Language | None:
    """The language of a locale such as "es", "es_MX" or "en-GB"; None for any other."""
    if not locale:
        return None
    match locale.replace("_", "-").split("-", maxsplit=1)[0].lower():
        case "es":
            return "es"
        case "en":
            return "en"
        case _:
            return None


def prepare_detection() -> None:
    """Load the model of `detect`, which otherwise happens when it is first called (0.8 s)."""
    _identifier()


def detect(text: str, hint: str | None = None) -> Language | None:
    """Tell Spanish from English.

    A character model (py3langid, restricted to the two languages) and the function words vote.
    `hint`, the reader's locale, decides only what the text leaves open. None: no letters at all
    and no hint, or a text that could be either.
    """
    sample = unicodedata.normalize("NFC", text[:_SAMPLE_CHARACTERS])
    hinted = as_language(hint)
    words = [word.lower() for word in _WORD.findall(sample)]
    if not words:
        return hinted
    folded = [_fold(word) for word in words]
    votes = sum(word in _TELLING["es"] for word in folded) + len(_SPANISH_SIGNS.findall(sample))
    votes -= sum(word in _TELLING["en"] for word in folded)
    if abs(votes) >= _CLEAR_VOTES:
        # The model would not change this, and takes longer than all the rest.
        return "es" if votes > 0 else "en"
    scores = dict(_identifier().rank(" ".join(words)))
    spanish = float(scores["es"]) - float(scores["en"]) + _FUNCTION_WORD_NATS * votes
    if hinted is not None:
        spanish += _HINT_NATS if hinted == "es" else -_HINT_NATS
    if abs(spanish) < _UNDECIDED_NATS:
        return hinted
    return "es" if spanish > 0 else "en"


def _fold(word: str) -> str:
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
