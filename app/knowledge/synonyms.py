"""Sets of synonyms that editors keep: how a draft says what an article says in other words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.outbox import bump_index
from app.errors import N_, InvalidError, NotFoundError
from app.knowledge.models import SynonymEntry
from articles.front_matter import LOCALES
from search.analysis import analyser, clean
from search.language import as_language
from search.synonyms import Synonyms, SynonymSet

MAX_PHRASES: Final = 20
MAX_CHARACTERS: Final = 60
MAX_WORDS: Final = 4
MAX_SETS: Final = 1_000


@dataclass(frozen=True, slots=True)
class KeptSet:
    """One set as it is kept."""

    id: int
    locale: str
    phrases: tuple[str, ...]


def kept_sets(session: Session) -> list[KeptSet]:
    """All sets, by language and first phrase."""
    rows = session.scalars(select(SynonymEntry))
    found = [KeptSet(row.id, row.locale, tuple(row.phrases)) for row in rows]
    return sorted(found, key=lambda each: (each.locale, each.phrases, each.id))


def synonyms_of(session: Session) -> Synonyms:
    """All sets as the text engine takes them."""
    return Synonyms(tuple(SynonymSet(each.locale, each.phrases) for each in kept_sets(session)))


def add_set(session: Session, *, locale: str, phrases: Sequence[str], now: datetime) -> KeptSet:
    """Keep a set; suggestions know it within a second. Raises InvalidError."""
    if locale not in LOCALES:
        raise InvalidError("locale", N_("Choose one of the languages of this help centre."))
    kept = kept_sets(session)
    if len(kept) >= MAX_SETS:
        raise InvalidError(
            "phrases", N_("There are %(count)s sets already: remove one first."), count=MAX_SETS
        )
    checked = _checked(phrases, locale)
    taken = {
        _stems(phrase, locale): phrase
        for each in kept
        if each.locale == locale
        for phrase in each.phrases
    }
    for phrase in checked:
        if _stems(phrase, locale) in taken:
            raise InvalidError(
                "phrases",
                N_("“%(phrase)s” stands in another set already: add to that one."),
                phrase=phrase,
            )
    entry = SynonymEntry(locale=locale, phrases=checked, changed_at=now)
    session.add(entry)
    bump_index(session, now=now)
    session.commit()
    return KeptSet(entry.id, locale, tuple(checked))


def remove_set(session: Session, set_id: int, *, now: datetime) -> None:
    """Forget a set. Raises NotFoundError."""
    entry = session.get(SynonymEntry, set_id)
    if entry is None:
        raise NotFoundError(f"no synonym set {set_id}")
    session.delete(entry)
    bump_index(session, now=now)
    session.commit()


def _checked(phrases: Sequence[str], locale: str) -> list[str]:
    found: dict[tuple[int, ...], str] = {}
    for phrase in phrases:
        written = " ".join(clean(phrase).split())
        if not written:
            continue
        words = len(written.split())
        if len(written) > MAX_CHARACTERS or words > MAX_WORDS:
            raise InvalidError(
                "phrases",
                N_("Shorten “%(phrase)s”: at most %(words)s words and %(count)s characters."),
                phrase=written,
                words=MAX_WORDS,
                count=MAX_CHARACTERS,
            )
        if not _stems(written, locale):
            raise InvalidError(
                "phrases", N_("“%(phrase)s” holds no letters or digits."), phrase=written
            )
        found.setdefault(_stems(written, locale), written)
    if len(found) < 2:  # noqa: PLR2004 - one thing cannot be like another
        raise InvalidError("phrases", N_("Give two phrases or more that mean the same."))
    if len(found) > MAX_PHRASES:
        raise InvalidError(
            "phrases", N_("Give at most %(count)s phrases in a set."), count=MAX_PHRASES
        )
    return list(found.values())


def _stems(phrase: str, locale: str) -> tuple[int, ...]:
    words = analyser(as_language(locale)).words(clean(phrase))
    return tuple(word.key for word in words)
