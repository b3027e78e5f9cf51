"""What a desk has answered so far, and how it is split to see what was learned from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from search.documents import CustomerWords

ASKED_SHARE: Final = 0.3
MOST_ASKED: Final = 1_000


@dataclass(frozen=True, slots=True)
class PastTicket:
    """A text that a customer wrote, and the articles that solved it (none: no article did).

    `audiences` are the labels of the documents that this customer could find. A ticket from which
    an article was written teaches, and is not asked (`is_asked`): the article has its words.
    """

    id: str
    text: str
    locale: str
    articles: frozenset[str]
    audiences: frozenset[str]
    written_at: datetime
    is_asked: bool = True


@dataclass(frozen=True, slots=True)
class SplitHistory:
    """A history cut in two by time: what teaches was written before all that is asked.

    `outside` are the tickets without an article. `is_capped`: more could have been asked.
    """

    taught: tuple[PastTicket, ...]
    asked: tuple[PastTicket, ...]
    outside_taught: tuple[PastTicket, ...]
    outside_asked: tuple[PastTicket, ...]
    is_capped: bool

    @property
    def since(self) -> datetime | None:
        """When the first of those asked was written."""
        return self.asked[0].written_at if self.asked else None

    def words(self) -> list[CustomerWords]:
        """What the older part teaches."""
        return [
            CustomerWords(article, ticket.text, ticket.locale, ticket.id)
            for ticket in self.taught
            for article in sorted(ticket.articles)
        ]


def split_by_time(
    tickets: Sequence[PastTicket], *, share: float = ASKED_SHARE, most: int = MOST_ASKED
) -> SplitHistory:
    """The newest `share` of the tickets with an article is asked, `most` at most; the older teach.

    A text that was written several times counts once, when it was first written. Tickets without
    an article are cut at the same moment.
    """
    ordered = _once(tickets)
    solved = [each for each in ordered if each.articles]
    outside = [each for each in ordered if not each.articles]
    able = [at for at, each in enumerate(solved) if each.is_asked]
    wanted = math.ceil(share * len(able))
    count = min(wanted, most)
    if not count:
        return SplitHistory(tuple(solved), (), tuple(outside), (), is_capped=False)
    first = able[-count]
    cut = _moment(solved[first])
    later = [each for each in outside if _moment(each) >= cut]
    return SplitHistory(
        taught=tuple(solved[:first]),
        asked=tuple(each for each in solved[first:] if each.is_asked),
        outside_taught=tuple(each for each in outside if _moment(each) < cut),
        outside_asked=tuple(later[-most:]),
        is_capped=wanted > most or len(later) > most,
    )


def _once(tickets: Sequence[PastTicket]) -> list[PastTicket]:
    """Tickets with the same text as one, in the order of time."""
    found: dict[str, PastTicket] = {}
    for ticket in sorted(tickets, key=_moment):
        known = found.get(ticket.text)
        if known is None:
            found[ticket.text] = ticket
            continue
        found[ticket.text] = PastTicket(
            known.id,
            known.text,
            known.locale,
            known.articles | ticket.articles,
            known.audiences,
            known.written_at,
            known.is_asked and ticket.is_asked,
        )
    return list(found.values())


def _moment(ticket: PastTicket) -> tuple[datetime, str]:
    return ticket.written_at, ticket.id
