"""The numbers of the ranker, chosen by cross-validation on training tickets (docs/relevance.md).

The rank is a listwise log-linear model: the weighted sum of the signals is the log of an article's
odds against the other articles. The gate is another sum, of evidence alone: popularity has no say,
and the length of the draft is taken out.
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
# How much of a signal is taken back as an article learns from tickets: its title matters less.
_FADE: Final = MappingProxyType({"title": 0.7, "spelling": 1.0})


@dataclass(frozen=True, slots=True)
class Recipe:
    """Weights of signals in the rank and in the gate, and the scale of the confidence.

    `common_weight` is what a stop word counts beside another word. An article with n resolved
    tickets is learned by n / (n + `learned_at`). `gate_length` is the power of the number of words
    by which the gate makes up for the cosines of long drafts being low.
    """

    common_weight: float = 0.3
    nearest_words: float = 0.5
    votes: int = 20
    learned_at: float = 3.0
    rank_weights: Mapping[str, float] = field(default_factory=lambda: dict(_RANK))
    fade: Mapping[str, float] = field(default_factory=lambda: dict(_FADE))
    gate_length: float = 0.2
    gate_slope: float = 0.30
    gate_middle: float = 12.0

    def weighted(self, signals: Mapping[str, Array], ticket_counts: Array) -> dict[str, Array]:
        """What each signal adds to the rank of each article: the terms of its sum."""
        learned = ticket_counts / (ticket_counts + self.learned_at)
        parts = {
            name: self.rank_weights[name] * values * (1.0 - self.fade.get(name, 0.0) * learned)
            for name, values in signals.items()
        }
        parts["popularity"] = self.rank_weights["popularity"] * np.log1p(ticket_counts)
        return parts

    def confidence(self, evidence: Array, word_count: int) -> Array:
        """How sure an article is, in [0, 1]; grows with `evidence`, the rank's sum without
        popularity, for a draft of `word_count` words.
        """
        gate = evidence * (1.0 + word_count) ** self.gate_length
        return 1.0 / (1.0 + np.exp(-self.gate_slope * (gate - self.gate_middle)))


DEFAULT_RECIPE: Final = Recipe()

# The least confidence that is shown when nobody has chosen one.
DEFAULT_THRESHOLD: Final = 0.5
