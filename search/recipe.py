"""The numbers of the ranker, chosen by cross-validation on training tickets (docs/relevance.md).

The rank is a listwise log-linear model: the weighted sum of the signals is the log of an article's
odds against the other articles. The gate is another sum, of evidence alone: popularity has no say,
and the length of the draft has none either, because cosines are taken with the unknown words of the
draft in its length.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_RANK: Final = MappingProxyType(
    {
        "title": 5.7,
        "spelling": 8.9,
        "text": 15.3,
        "passage": 15.8,
        "centroid": 4.7,
        "manner": 9.0,
        "nearest": 5.6,
        "votes": 1.6,
        "popularity": 0.78,
    }
)
_GATE: Final = MappingProxyType(
    {
        "spelling": 8.0,
        "text": 22.5,
        "passage": 15.0,
        "centroid": 4.7,
        "manner": 15.6,
        "nearest": 13.5,
        "votes": 2.25,
    }
)
# The gate's signals that are the same for all articles of a language.
_DRAFT: Final = MappingProxyType({"domain": 12.0, "known": 5.0})
# How much of a signal is taken back as an article learns from tickets: its own words matter less.
_RANK_FADE: Final = MappingProxyType({"title": 0.7, "spelling": 1.0})
_GATE_FADE: Final = MappingProxyType({"spelling": 1.0, "text": 0.9, "passage": 0.9})


@dataclass(frozen=True, slots=True)
class Recipe:
    """Weights of signals in the rank and in the gate, and the scale of the confidence.

    `common_weight` is what a stop word counts beside another word. An article with n resolved
    tickets is learned by n / (n + `learned_at`). What the draft as a whole is about speaks for an
    article in full only from `own_evidence` on, and not at all where nothing else does. The gate's middle, where the confidence is one
    half, rises by `learned_bar` as a desk's articles go from none learned to all: a desk that has
    seen many tickets expects a draft to resemble them. After the first, an article is shown while
    its score, or the odds of its confidence, is at least `tail_share` of the first one's.
    """

    common_weight: float = 0.3
    nearest_words: float = 0.5
    votes: int = 20
    learned_at: float = 3.0
    rank_weights: Mapping[str, float] = field(default_factory=lambda: dict(_RANK))
    rank_fade: Mapping[str, float] = field(default_factory=lambda: dict(_RANK_FADE))
    gate_weights: Mapping[str, float] = field(default_factory=lambda: dict(_GATE))
    gate_fade: Mapping[str, float] = field(default_factory=lambda: dict(_GATE_FADE))
    draft_weights: Mapping[str, float] = field(default_factory=lambda: dict(_DRAFT))
    own_evidence: float = 4.0
    gate_slope: float = 0.184
    gate_middle: float = 13.7
    learned_bar: float = 8.0
    tail_share: float = 0.5

    def rank(self, signals: Mapping[str, Array], ticket_counts: Array) -> Array:
        """The score that orders articles: the log of their odds, up to a constant of the draft."""
        evidence = self._sum(signals, self.rank_weights, self.rank_fade, ticket_counts)
        return evidence + self.rank_weights["popularity"] * np.log1p(ticket_counts)

    def confidence(self, signals: Mapping[str, Array], ticket_counts: Array) -> Array:
        """How sure each article is, in [0, 1]: a logistic curve over the nearness of evidence."""
        own = self._sum(signals, self.gate_weights, self.gate_fade, ticket_counts)
        draft = self._sum(signals, self.draft_weights, {}, ticket_counts)
        nearness = own + draft * np.minimum(own / self.own_evidence, 1.0)
        learned = self._learned(ticket_counts)
        middle = self.gate_middle + self.learned_bar * (learned.mean() if len(learned) else 0.0)
        return 1.0 / (1.0 + np.exp(-self.gate_slope * (nearness - middle)))

    def goes_on(self, scores: Array, confidence: Array) -> npt.NDArray[np.bool_]:
        """Which articles of a ranking, best first, are good enough beside the first to be shown.

        Two measures, for each fails somewhere: confidence differs between articles with tickets
        and without, and scores are near each other where one word decides.
        """
        # Multiplied out, for the odds of a certainty have no bound.
        odds = confidence * (1.0 - confidence[:1]), (1.0 - confidence) * confidence[:1]
        near = odds[0] >= self.tail_share * odds[1]
        near |= scores >= self.tail_share * scores[:1]
        near[:1] = True
        return near

    def _learned(self, ticket_counts: Array) -> Array:
        return ticket_counts / (ticket_counts + self.learned_at)

    def _sum(
        self,
        signals: Mapping[str, Array],
        weights: Mapping[str, float],
        fade: Mapping[str, float],
        ticket_counts: Array,
    ) -> Array:
        learned = self._learned(ticket_counts)
        total = np.zeros(len(ticket_counts))
        for name, values in signals.items():
            if name in weights:
                total += weights[name] * values * (1.0 - fade.get(name, 0.0) * learned)
        return total


DEFAULT_RECIPE: Final = Recipe()

# The least confidence that is shown when nobody has chosen one.
DEFAULT_THRESHOLD: Final = 0.32
