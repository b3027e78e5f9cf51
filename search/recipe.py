"""How signals become an order, a decision to speak, and a confidence.

The rank is a listwise log-linear model: the weighted sum of an article's signals is the log of its
odds against the other articles. The gate is apart from it: how much speaks for any article at all
(the log of the summed odds, known as the energy of Liu et al. 2020), how clearly one stands out
(the negative entropy), how near the draft is to what the best one's customers wrote, and how far on
its side of the border the linear model of a trained desk sees it. The confidence is a logistic
curve over both: the chance that the article is right.

What a draft of few words says is less sure than what a long one does: its evidence counts less, and
what is usual more.

A desk with enough tickets has a recipe of its own, learned from them (`search.training`); the one
here serves all others. Its numbers are printed by `script/bench fit_recipe`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from search.evidence import EVIDENCE, SIGNALS, Candidates
from search.hearing import MEANT
from search.query import Query

Array = npt.NDArray[np.float64]

FADING: Final = ("title", "spelling", "text", "passage")
"""What an article says itself counts differently while it has solved few tickets."""
RANKED: Final = (
    *SIGNALS, "linear", *(f"{name}_unlearned" for name in FADING), "popularity", "popularity_brief",
    *MEANT, "meaning_unlearned", "meaning_linear",
)  # fmt: skip
GATED: Final = (
    "energy", "clearness", "manner", "nearest", "text", "passage", "spelling",
    "meaning", "meaning_nearest", "meaning_votes", "meaning_density", "margin", "known",
)  # fmt: skip
# An article that solved n tickets is learned by n / (n + 3).
_LEARNED_AT: Final = 3.0

# Where columns are taken from and put.
_PLACES: Final = [RANKED.index(name) for name in EVIDENCE]
_FADING_SIGNALS: Final = [EVIDENCE.index(name) for name in (*FADING, "meaning")]
_FADING_PLACES: Final = [RANKED.index(f"{name}_unlearned") for name in (*FADING, "meaning")]
_MARGIN_PLACES: Final = [RANKED.index("linear"), RANKED.index("meaning_linear")]
_POPULARITY_PLACES: Final = [RANKED.index("popularity"), RANKED.index("popularity_brief")]
_GATED_SIGNALS: Final = [EVIDENCE.index(name) for name in GATED[2:-3]]
_VOTES_SIGNAL: Final = EVIDENCE.index("meaning_votes")

_RANK: Final = MappingProxyType(
    {
        "title": 1.47,
        "spelling": 0.44,
        "text": 21.59,
        "passage": 7.73,
        "centroid": 1.67,
        "manner": 8.81,
        "nearest": 7.71,
        "votes": 2.32,
        "title_unlearned": 6.8,
        "spelling_unlearned": 10.19,
        "text_unlearned": 18.28,
        "passage_unlearned": 8.42,
        "popularity": 1.05,
        "popularity_brief": 0.48,
    }
)
_GATE: Final = MappingProxyType(
    {
        "energy": 0.055,
        "clearness": 0.187,
        "nearest": 0.447,
        "text": 11.294,
        "spelling": 4.458,
        "known": 0.78,
    }
)


@dataclass(frozen=True)
class Certainty:
    """The chance that an article is right: beta calibration (Kull, Silva Filho and Flach 2017).

    The logit is `bias` + `share` · ln p - `rest` · ln(1 - p) for an article with the share p of the
    odds, + `gate` · the gate + `brevity` · the draft's. `share` and `rest` are not negative.
    """

    bias: float
    share: float
    rest: float
    gate: float
    brevity: float

    @staticmethod
    def columns(shares: Array, gate: float, brevity: float) -> Array:
        """What is weighed, shape (articles, 4), in the order of the fields after `bias`."""
        bounded = np.minimum(np.maximum(shares, 1e-6), 1.0 - 1e-6)
        columns = np.empty((len(shares), 4))
        columns[:, 0] = np.log(bounded)
        columns[:, 1] = -np.log1p(-bounded)
        columns[:, 2] = min(max(gate, -12.0), 12.0)
        columns[:, 3] = brevity
        return columns

    def chances(self, shares: Array, gate: float, brevity: float) -> Array:
        """The chance of each article to be right, in (0, 1)."""
        weights = np.array([self.share, self.rest, self.gate, self.brevity])
        logits = self.bias + self.columns(shares, gate, brevity) @ weights
        chances: Array = 1.0 / (1.0 + np.exp(-np.minimum(np.maximum(logits, -40.0), 40.0)))
        return chances


@dataclass(frozen=True)
class Recipe:
    """Weights of the rank (by the names of `RANKED`) and of the gate (by those of `GATED`).

    `damping`, in [0, 1], is the share by which everything but popularity counts less in a draft as
    brief as can be. `gate_bias` is added to the gate, which speaks from 0 on. After the first, an
    article is shown while its share of the odds is at least `tail_share` of the first one's.
    """

    rank: Mapping[str, float] = field(default_factory=lambda: dict(_RANK))
    gate: Mapping[str, float] = field(default_factory=lambda: dict(_GATE))
    gate_bias: float = -0.8
    certainty: Certainty = Certainty(-0.332, 0.823, 0.426, 0.218, -0.06)
    tail_share: float = 0.04
    damping: float = 0.183

    @cached_property
    def rank_weights(self) -> Array:
        """In the order of `RANKED`, for a draft without end."""
        return np.array([self.rank.get(name, 0.0) for name in RANKED])

    def rank_weights_at(self, brevity: float) -> Array:
        """The same for a draft that is so brief (`Query.brevity`)."""
        return damped(self.rank_weights, self.damping * brevity)

    @cached_property
    def gate_weights(self) -> Array:
        """In the order of `GATED`."""
        return np.array([self.gate.get(name, 0.0) for name in GATED])

    def as_dict(self) -> dict[str, Any]:
        """The numbers as JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Recipe":
        """What `as_dict` gave. Raises KeyError or TypeError for anything else."""
        return cls(**{**value, "certainty": Certainty(**value["certainty"])})


@dataclass(frozen=True)
class Judgement:
    """What a recipe makes of candidates: one entry each, and the gate of the draft.

    `scores` order articles; 0 where nothing speaks for one. `shares` of the odds sum to one.
    `confidence` is the chance that the article is right. `columns` are the rank's signals,
    `weights` those that they had here.
    """

    columns: Array
    weights: Array
    scores: Array
    shares: Array
    confidence: Array
    gate: float


def damped(weights: Array, share: float) -> Array:
    """Weights of the rank with all but those of popularity less by a share in [0, 1]."""
    less = weights * (1.0 - share)
    less[_POPULARITY_PLACES] = weights[_POPULARITY_PLACES]
    return less


def rank_columns(candidates: Candidates, margins: Array, brevity: float) -> Array:
    """The rank's signals of each candidate, in the order of `RANKED`.

    The less a draft says (`Query.brevity`), the more what is usual may count. `margins` are those of the linear models of words and of meanings, shape (candidates, 2), or
    zeros without one.
    """
    fresh = _LEARNED_AT / (candidates.ticket_counts + _LEARNED_AT)
    columns = np.empty((len(candidates), len(RANKED)))
    columns[:, _PLACES] = candidates.signals
    columns[:, _FADING_PLACES] = candidates.signals[:, _FADING_SIGNALS] * fresh[:, None]
    columns[:, _MARGIN_PLACES] = margins
    popularity = np.log1p(candidates.ticket_counts)
    columns[:, _POPULARITY_PLACES[0]] = popularity
    columns[:, _POPULARITY_PLACES[1]] = popularity * brevity
    return columns


def gate_columns(scores: Array, columns: Array, signals: Array, known: float) -> Array:
    """The gate's signals of a draft, in the order of `GATED`.

    `columns` (the rank's) and `signals` are those of the candidates that have these scores. The
    margin is the greatest of the linear model of words. The density is how near all the nearest
    tickets are in meaning, whichever article solved them.
    """
    shares = _shares(scores)
    peak = float(scores.max())
    energy = peak + float(np.log(np.exp(scores - peak).sum()))
    clearness = float(np.sum(shares * np.log(shares + 1e-12)))
    density = float(np.sqrt(np.sum(signals[:, _VOTES_SIGNAL] ** 2)))
    margin = float(columns[:, _MARGIN_PLACES[0]].max())
    best = signals[int(np.argmax(scores)), _GATED_SIGNALS]
    return np.array([energy, clearness, *best.tolist(), density, margin, known])


def judge(recipe: Recipe, query: Query, candidates: Candidates, margins: Array) -> Judgement:
    """Order candidates, decide whether to speak, and say how sure each is."""
    weights = recipe.rank_weights_at(query.brevity)
    if not len(candidates):
        nothing = np.zeros(0)
        columns = np.zeros((0, len(RANKED)))
        return Judgement(columns, weights, nothing, nothing, nothing, float("-inf"))
    columns = rank_columns(candidates, margins, query.brevity)
    scores = columns @ weights + candidates.standings
    gates = gate_columns(scores, columns, candidates.signals, query.known)
    gate = float(gates @ recipe.gate_weights) + recipe.gate_bias
    shares = _shares(scores)
    confidence = recipe.certainty.chances(shares, gate, query.brevity)
    speaks = candidates.signals.any(axis=1)
    return Judgement(
        columns=columns,
        weights=weights,
        scores=np.where(speaks, np.maximum(scores, 1e-9), 0.0),
        shares=shares,
        confidence=np.where(speaks, confidence, 0.0),
        gate=gate,
    )


def _shares(scores: Array) -> Array:
    odds = np.exp(scores - scores.max())
    shares: Array = odds / odds.sum()
    return shares


DEFAULT_RECIPE: Final = Recipe()

# Printed by `script/bench fit_recipe --ear --most 300`, but the bias: docs/relevance.md tells.
HEARING_RECIPE: Final = Recipe(
    rank={
        "spelling": 1.01,
        "text": 21.98,
        "passage": 3.81,
        "manner": 3.18,
        "nearest": 4.2,
        "votes": 1.65,
        "spelling_unlearned": 1.83,
        "text_unlearned": 13.15,
        "passage_unlearned": 3.88,
        "popularity": 1.66,
        "meaning": 2.64,
        "meaning_centroid": 6.55,
        "meaning_nearest": 0.25,
        "meaning_votes": 0.59,
        "meaning_unlearned": 11.58,
    },
    gate={"clearness": 0.316, "passage": 1.324, "meaning": 2.835},
    gate_bias=-0.1,
    certainty=Certainty(-1.083, 0.673, 0.673, 0.353, 0.0),
)
"""The same for a product with an ear (`search.ear`)."""

# The least confidence that is shown when nobody has chosen one.
DEFAULT_THRESHOLD: Final = 0.05
