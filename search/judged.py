"""A draft that was judged: which articles come into question, how good each is, and which to show."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from search.counting import Ints
from search.evidence import Candidates
from search.language import Language
from search.live import Live
from search.query import Query
from search.recipe import Array, Judgement
from search.segment import LANGUAGE_LABELS


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article's place for a draft, without the gate."""

    document_id: str
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A draft's query, the articles that come into question, and what the recipe makes of them.

    `parts` are those that the reader may see. Candidates are told by their numbers.
    """

    parts: Sequence[Live]
    query: Query
    candidates: Candidates
    margins: Array
    judgement: Judgement
    _ids: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    def document_id(self, candidate: int) -> str:
        """The document that a candidate stands for."""
        found = self._ids.get(candidate)
        if found is None:
            part = self.parts[int(self.candidates.parts[candidate])]
            found = part.segment.articles.ids[int(self.candidates.rows[candidate])]
            self._ids[candidate] = found
        return found

    def document_ids(self) -> list[str]:
        """The documents of all candidates."""
        return [self.document_id(candidate) for candidate in range(len(self.candidates))]

    def ticket_id(self, part: int, number: int) -> str:
        """The id of a ticket that is near the draft."""
        return self.parts[part].segment.articles.ticket_ids[number]

    def languages(self) -> npt.NDArray[np.int16]:
        """The language of each candidate, as its number in `LANGUAGE_LABELS`."""
        found = np.zeros(len(self.candidates), dtype=np.int16)
        for number, part in enumerate(self.parts):
            own = self.candidates.parts == number
            found[own] = part.segment.articles.languages[self.candidates.rows[own]]
        return found

    def ordered(self, among: Ints, limit: int) -> Ints:
        """The best of some candidates, best first, ties by id."""
        scores = self.judgement.scores
        order = among[np.argsort(-scores[among], kind="stable")]
        if len(order) > limit:
            order = order[scores[order] >= scores[order[limit - 1]]]
        ids = {candidate: self.document_id(candidate) for candidate in order.tolist()}
        ranked = sorted(ids, key=lambda candidate: (-scores[candidate], ids[candidate]))
        return np.array(ranked[:limit], dtype=np.int64)

    def ranked(self, candidates: Ints) -> tuple[Ranked, ...]:
        """What is told of some candidates, in this order."""
        judgement = self.judgement
        return tuple(
            Ranked(
                self.document_id(candidate),
                float(judgement.scores[candidate]),
                float(judgement.confidence[candidate]),
            )
            for candidate in candidates.tolist()
        )


def worth_showing(
    judged: Judged,
    *,
    least: float,
    language: Language | None,
    exclude: frozenset[str],
    limit: int,
    tail_share: float,
    hears: bool,
) -> Ints:
    """The candidates to show, best first; none where the gate is shut.

    `least` is the least confidence, of which 0 opens the gate and shows everything. After the first,
    an article is shown while its odds are at least `tail_share` of the first one's. Those in the
    draft's language come alone if there are any, except (`hears`: meanings are compared, too) where
    one in the other language is far better.
    """
    judgement = judged.judgement
    if least > 0 and judgement.gate < 0:
        return np.zeros(0, dtype=np.int64)
    shown = (judgement.scores > 0) & (judgement.confidence >= least)
    if exclude:
        for candidate in np.flatnonzero(shown).tolist():
            shown[candidate] = judged.document_id(candidate) not in exclude
    if language is not None:
        same = shown & (judged.languages() == LANGUAGE_LABELS.index(language))
        if hears and shown.any():
            same &= judgement.shares >= tail_share * judgement.shares[shown].max()
        if same.any():
            shown = same
    best = judged.ordered(np.flatnonzero(shown), limit)
    if least > 0 and len(best):
        shares = judgement.shares[best]
        best = best[shares >= tail_share * shares[0]]
    return best
