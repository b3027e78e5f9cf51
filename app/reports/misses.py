"""The articles that solved tickets to which they were not suggested, the worst first."""

from collections.abc import Sequence
from typing import Final

from app.reports.figures import Miss
from search.analysis import MAX_DRAFT_CHARACTERS
from search.desk_evaluation import ANY_CONFIDENCE, Answered
from search.desk_history import SplitHistory
from search.documents import Document
from search.missing_words import DeskWords

MOST_ARTICLES: Final = 12
MOST_TICKETS: Final = 5
_MOST_TEXTS: Final = 3_000


def find_misses(
    documents: Sequence[Document],
    history: SplitHistory,
    answered: Sequence[Answered],
    *,
    threshold: float,
) -> tuple[Miss, ...]:
    """Group the tickets that were shown none of the articles that solved them by those articles."""
    least = max(threshold, ANY_CONFIDENCE)
    asked: dict[str, int] = {}
    missed: dict[str, list[Answered]] = {}
    for each in answered:
        shown = {offer.document_id for offer in each.shown(least)}
        for article in each.ticket.articles:
            asked[article] = asked.get(article, 0) + 1
            if each.ticket.articles.isdisjoint(shown):
                missed.setdefault(article, []).append(each)
    worst = sorted(missed, key=lambda article: (-len(missed[article]), int(article)))
    worst = worst[:MOST_ARTICLES]
    if not worst:
        return ()
    known = {document.id: document for document in documents}
    told = [*history.taught, *history.asked][-_MOST_TEXTS:]
    words = DeskWords((each.text[:MAX_DRAFT_CHARACTERS], each.locale) for each in told)
    return tuple(
        Miss(
            article=article,
            asked=asked[article],
            missed=len(missed[article]),
            words=tuple(
                words.missing(
                    known[article],
                    [
                        (each.ticket.text[:MAX_DRAFT_CHARACTERS], each.ticket.locale)
                        for each in missed[article]
                    ],
                )
            ),
            tickets=tuple(each.ticket.id for each in missed[article][: -MOST_TICKETS - 1 : -1]),
        )
        for article in worst
    )
