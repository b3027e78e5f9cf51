"""Ask the ranker, and go on without it when it does not answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from app.deflection.rules import is_long_enough
from search.language import Language, detect
from search.suggestions import DEFAULT_THRESHOLD, Draft, Found, Suggestion

SPARE: Final = 5
"""Asked for beyond the limit, for those that were withdrawn or rejected meanwhile."""

log = structlog.get_logger()


class Ranker(Protocol):
    """What answers drafts: `search.suggestions.SuggestionIndex`."""

    @property
    def version(self) -> int:
        """Of the content that it knows."""
        ...

    def find(
        self,
        draft: Draft,
        *,
        audiences: frozenset[str],
        limit: int = 5,
        threshold: float | None = None,
    ) -> Found:
        """The articles worth showing, best first."""
        ...


@dataclass(frozen=True, slots=True)
class RankingPolicy:
    """What the installation decides: how many at most, and how sure (None: the default)."""

    limit: int = 5
    threshold: float | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ranker's answer with all that is needed to compute it again."""

    found: Found
    index_version: int
    parameters: dict[str, Any]
    first: Mapping[str, Suggestion]
    """What is shown of the articles that are shown, unless some were withdrawn meanwhile."""

    @property
    def language(self) -> str | None:
        """The draft's."""
        return self.found.language

    @property
    def is_cut(self) -> bool:
        """Whether the draft is too long for the ranker to read it whole."""
        return self.found.is_cut

    def shown(self, document_ids: Sequence[str]) -> list[Suggestion]:
        """What is shown of some of the articles found, in this order."""
        missing = {each for each in document_ids if each not in self.first}
        others = self.found.suggestions(missing) if missing else ()
        known = {**self.first, **{each.document_id: each for each in others}}
        return [known[each] for each in document_ids]


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
    version = ranker.version if ranker else 0
    if ranker is None or not is_long_enough(draft.subject, draft.body):
        return Ranked(Found(_language(draft), ()), version, parameters, {})
    try:
        found = ranker.find(
            draft, audiences=audiences, limit=policy.limit + SPARE, threshold=threshold
        )
        wanted = {each.document_id for each in found.articles[: policy.limit]}
        first = {each.document_id: each for each in found.suggestions(wanted)}
    except Exception:  # whatever is wrong with it, the form works as if there were none
        log.exception("suggestions.ranker_failed")
        return Ranked(Found(_language(draft), ()), version, parameters, {})
    return Ranked(found, version, parameters, first)


def _language(draft: Draft) -> Language | None:
    try:
        return detect(f"{draft.subject}\n{draft.body}", draft.locale)
    except Exception:  # the language is for the record; the form does not wait for it
        log.exception("suggestions.language_failed")
        return None
