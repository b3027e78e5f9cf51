"""Which articles of a segment count, for everybody or for some readers, and what that changes.

Frequencies of features are those of the texts that count: what a reader may not see has no
influence on what they are answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.counting import Flags, Ints
from search.segment import Frequencies, Segment


@dataclass(frozen=True)
class Live:
    """A segment, and which of its articles do not count.

    How many texts hold a feature is the sum of `told` (None: of all texts of the segment) without
    `gone`. `dead_tickets` belong to articles that do not count; the counts are of those that are left.
    """

    segment: Segment
    dead: Flags
    told: Sequence[Frequencies] | None
    gone: Sequence[Frequencies]
    dead_tickets: Flags
    article_count: int
    ticket_count: int

    def frequency(self, at: Ints, here: Flags) -> Ints:
        """In how many texts the features numbered `at` stand; 0 where they are not `here`."""
        if self.told is None:
            found = self.segment.df[at].astype(np.int64)
        else:
            found = np.zeros(len(at), dtype=np.int64)
            for each in self.told:
                found += each.of(at)
        for each in self.gone:
            found -= each.of(at)
        return np.where(here, found, 0)

    def frequencies(self) -> Ints:
        """The same of all features."""
        every = np.arange(len(self.segment.keys))
        return self.frequency(every, np.ones(len(every), dtype=bool))

    def seen_by(self, audiences: frozenset[str]) -> "Live":
        """What of it counts for readers of some audiences.

        What the articles of an audience tell is added up once for each segment; then this costs
        what was replaced.
        """
        articles = self.segment.articles
        every = range(len(articles.audience_labels))
        seen = [at for at in every if articles.audience_labels[at] in audiences]
        hidden = [at for at in every if at not in seen]
        if not hidden:
            return self
        away = np.isin(articles.audiences, hidden)
        gone = [self.segment.frequencies(np.flatnonzero(self.dead & ~away))]
        told = None
        if len(seen) <= len(hidden):
            told = [self.segment.audience_frequencies(at) for at in seen]
        else:
            gone += [self.segment.audience_frequencies(at) for at in hidden]
        return _without(self.segment, self.dead | away, told, gone)


def live(segment: Segment, replaced: Ints) -> Live:
    """A segment without some of its articles."""
    dead = np.zeros(segment.article_count, dtype=bool)
    dead[replaced] = True
    return _without(segment, dead, None, [segment.frequencies(np.sort(replaced))])


def _without(
    segment: Segment,
    dead: Flags,
    told: Sequence[Frequencies] | None,
    gone: Sequence[Frequencies],
) -> Live:
    dead_tickets = np.repeat(dead, np.diff(segment.articles.ticket_starts))
    counts = (len(each) - int(np.count_nonzero(each)) for each in (dead, dead_tickets))
    return Live(segment, dead, told, gone, dead_tickets, *counts)
