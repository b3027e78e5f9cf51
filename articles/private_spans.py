"""Finding what a person would not want to read about themselves in a public article.

The search is generous: a false mark costs an editor one click, a missed one may cost a customer
a great deal. Still it is a search by form, not a promise; a person reviews every draft.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OPEN: Final = "⟦"
CLOSE: Final = "⟧"
"""The marks that stand around private words in a draft until somebody removes them."""


class PrivateKind(StrEnum):
    EMAIL = "email"
    URL = "url"
    IBAN = "iban"
    CARD = "card"
    PHONE = "phone"
    NUMBER = "number"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class PrivateSpan:
    """Characters `start` to `end` (exclusive) of the text searched."""

    start: int
    end: int
    kind: PrivateKind
    text: str


_EMAIL: Final = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_URL: Final = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'⟦⟧)\]]{1,2000}", re.IGNORECASE)
# An address names somebody when it carries a query, a sign-in, or a long random part.
_URL_TOKEN: Final = re.compile(
    r"\?[^#]*=|#.*=|//[^/]*@|(?<![A-Za-z0-9_-])(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{16,}|[0-9a-f]{16,}"
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{2,4}){3,8}\b")
_DIGITS: Final = re.compile(
    r"(?<![\w.,-])(?:\(?\+|00)?\(?\d(?:[ \t]?[-./()]?[ \t]?\d){5,24}(?![\w])"
)
# Spanish identity numbers: 12345678Z, X1234567L.
_IDENTITY: Final = re.compile(r"\b(?:\d{8}|[XYZxyz]\d{7})[- ]?[A-HJ-NP-TV-Za-hj-np-tv-z]\b")
_CODE: Final = re.compile(r"(?<![\w.-])[\w-]{8,64}(?![\w-])")
_DATE: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})")
# 0x80070057 is what others will search for.
_ERROR_CODE: Final = re.compile(r"0[xX][0-9a-fA-F]{1,8}")
_VERSION: Final = re.compile(r"\d{1,4}(?:\.\d{1,4}){1,4}")
# «Me llamo Ana Ruiz», "my name is Sam Lee".
_INTRODUCTION: Final = re.compile(
    r"(?i:\b(?:me llamo|mi nombre es|soy el señor|soy la señora|my name is|this is (?:mr|mrs|ms)\.?))"
    r"\s+([^\W\d_][\w'’-]*"
    r"(?:(?:\s+(?:de|del|la|las|los|van|von|y)){0,2}\s+[A-ZÁÉÍÓÚÜÑ][\w'’-]*){0,4})"
)
_TITLED: Final = re.compile(
    r"\b(?:Sra?|Srta|Dr|Dra|Don|Doña|Mr|Mrs|Ms|Miss)\.?\s+"
    r"([A-ZÁÉÍÓÚÜÑ][\w'’-]+(?:\s+[A-ZÁÉÍÓÚÜÑ][\w'’-]+){0,3})"
)
_SHORTEST_NAME: Final = 3
_CARD_DIGITS: Final = range(13, 20)
_PHONE_DIGITS: Final = range(9, 16)
_LONG_NUMBER: Final = 6
# Words that stand in names and in every other text.
_NOT_NAMES: Final = frozenset(
    {"del", "las", "los", "the", "and", "van", "von", "san", "der", "den", "support", "soporte"}
)


def find_private(text: str, known_names: Sequence[str] = ()) -> tuple[PrivateSpan, ...]:
    """Return the private spans of `text`, in order and without overlaps.

    `known_names` are people and organisations of the ticket; their whole names and each word of
    them are looked for, whatever the capitals. What is already marked is found again inside its
    marks. Where two kinds overlap, the one that begins first and reaches further is kept.
    """
    found = [
        *_matches(_EMAIL, text, PrivateKind.EMAIL),
        *(span for span in _matches(_URL, text, PrivateKind.URL) if _URL_TOKEN.search(span.text)),
        *(span for span in _matches(_IBAN, text, PrivateKind.IBAN) if _digits(span.text) >= 10),  # noqa: PLR2004 - the shortest IBANs have more
        *_numbers(text),
        *_matches(_IDENTITY, text, PrivateKind.NUMBER),
        *(span for span in _matches(_CODE, text, PrivateKind.NUMBER) if _is_code(span)),
        *_names(text, known_names),
    ]
    found.sort(key=lambda span: (span.start, -span.end))
    kept: list[PrivateSpan] = []
    for span in found:
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif span.end > kept[-1].end:
            first = kept.pop()
            whole = text[first.start : span.end]
            kept.append(PrivateSpan(first.start, span.end, first.kind, whole))
    return tuple(kept)


def mark_private(text: str, known_names: Sequence[str] = ()) -> str:
    """Return `text` with each private span between `⟦` and `⟧`; marks are never doubled."""
    bare = text.replace(OPEN, "").replace(CLOSE, "")
    pieces: list[str] = []
    position = 0
    for span in find_private(bare, known_names):
        pieces += [bare[position : span.start], OPEN, span.text, CLOSE]
        position = span.end
    return "".join([*pieces, bare[position:]])


def has_private_marks(text: str) -> bool:
    """Whether marks are left in `text`, so that it cannot go to review yet."""
    return OPEN in text or CLOSE in text


def marked_spans(text: str) -> tuple[PrivateSpan, ...]:
    """Return what stands between marks in `text`; the positions include the marks."""
    return tuple(
        PrivateSpan(match.start(), match.end(), _kind_of(match.group(1)), match.group(1))
        for match in re.finditer(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}", text)
    )


def _kind_of(text: str) -> PrivateKind:
    spans = find_private(text)
    return spans[0].kind if spans else PrivateKind.NAME


def _matches(pattern: re.Pattern[str], text: str, kind: PrivateKind) -> list[PrivateSpan]:
    return [
        PrivateSpan(match.start(), match.end(), kind, match.group())
        for match in pattern.finditer(text)
    ]


def _is_code(span: PrivateSpan) -> bool:
    if _DATE.fullmatch(span.text) or _ERROR_CODE.fullmatch(span.text):
        return False
    return _digits(span.text) >= _LONG_NUMBER


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _numbers(text: str) -> list[PrivateSpan]:
    spans: list[PrivateSpan] = []
    for match in _DIGITS.finditer(text):
        number = match.group()
        count = _digits(number)
        version = count < min(_PHONE_DIGITS) and _VERSION.fullmatch(number.strip())
        if version or _DATE.fullmatch(number.strip()):
            continue
        kind = PrivateKind.NUMBER
        if count in _CARD_DIGITS and not number.startswith(("+", "00", "(+")):
            kind = PrivateKind.CARD
        elif count in _PHONE_DIGITS:
            kind = PrivateKind.PHONE
        elif count < _LONG_NUMBER:
            continue
        spans.append(PrivateSpan(match.start(), match.end(), kind, number))
    return spans


def _names(text: str, known_names: Sequence[str]) -> list[PrivateSpan]:
    spans = [
        PrivateSpan(match.start(1), match.end(1), PrivateKind.NAME, match.group(1))
        for pattern in (_INTRODUCTION, _TITLED)
        for match in pattern.finditer(text)
    ]
    words: set[str] = set()
    for name in known_names:
        whole = " ".join(name.split())
        parts = [part.strip(".,") for part in whole.split()]
        words.update(part for part in parts if len(part) >= _SHORTEST_NAME)
        if len(whole) >= _SHORTEST_NAME:
            words.add(whole)
    names = sorted({word for word in words if word.casefold() not in _NOT_NAMES}, key=_long_first)
    if names:
        one = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names)
        # Names that stand side by side are one span.
        run = re.compile(rf"(?<!\w)(?:{one})(?:[ \t]+(?:{one}))*(?!\w)", re.IGNORECASE)
        spans += _matches(run, text, PrivateKind.NAME)
    return spans


def _long_first(name: str) -> tuple[int, str]:
    return (-len(name), name)
