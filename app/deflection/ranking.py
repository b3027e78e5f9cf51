"""Ask the ranker, and go on without it when it does not answer."""

from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from app.deflection.rules import is_long_enough
from search.analysis import MAX_DRAFT_CHARACTERS, clean
from search.language import detect
from search.suggestions import DEFAULT_THRESHOLD, Draft, Suggestion

SPARE: Final = 5
"""Asked for beyond the limit, for those that were withdrawn or rejected meanwhile."""

log = structlog.get_logger()


class Ranker(Protocol):
    """What answers drafts: `search.suggestions.SuggestionIndex`."""

    @property
    def version(self) -> int:
        """Of the content that it knows."""
        ...

    def suggest(
        self,
        draft: Draft,
        *,
        audiences: frozenset[str],
        limit: int = 5,
        threshold: float | None = None,
        prefer_locale: str | None = None,
    ) -> tuple[Suggestion, ...]:
        """The articles worth showing, best first. `prefer_locale` is the draft's language."""
        ...


@dataclass(frozen=True, slots=True)
class RankingPolicy:
    """What the installation decides: how many at most, and how sure (None: the default)."""

    limit: int = 5
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ranker's answer with all that is needed to compute it again."""

    suggestions: tuple[Suggestion, ...]
    language: str | None
    index_version: int
    parameters: dict[str, Any]


def ask(
    ranker: Ranker | None, draft: Draft, *, audiences: frozenset[str], policy: RankingPolicy
) -> Ranked:
    """The ranker's answer. A ranker that is missing or fails gives none, and the log tells why.

    Nothing is asked about fewer than 12 characters.
    """
    threshold = DEFAULT_THRESHOLD if policy.threshold is None else policy.threshold
    parameters = {
        "limit": policy.limit,
        "threshold": threshold,
        "audiences": sorted(audiences),
    }
    language = _language(draft)
    if ranker is None or not is_long_enough(draft.subject, draft.body):
        return Ranked((), language, ranker.version if ranker else 0, parameters)
    try:
        found = ranker.suggest(
            draft,
            audiences=audiences,
            limit=policy.limit + SPARE,
            threshold=threshold,
            prefer_locale=language,
        )
    except Exception:  # whatever is wrong with it, the form works as if there were none
        log.exception("suggestions.ranker_failed")
        found = ()
    return Ranked(found, language, ranker.version, parameters)


def _language(draft: Draft) -> str | None:
    """The draft's language, of the same text that the ranker reads: it need not look again."""
    try:
        subject, body = draft.subject[:MAX_DRAFT_CHARACTERS], draft.body[:MAX_DRAFT_CHARACTERS]
        return detect(clean(f"{subject}\n{body}", MAX_DRAFT_CHARACTERS), draft.locale)
    except Exception:  # the language is for the record; the form does not wait for it
        log.exception("suggestions.language_failed")
        return None
