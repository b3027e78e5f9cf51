"""How signals become an order, a decision to speak, and a confidence.

The rank is a listwise log-linear model: the weighted sum of an article's signals is the log of its
odds against the other articles. The gate is apart from it: how much speaks for any article at all
(the log of the summed odds, known as the energy of Liu et al. 2020), how clearly one stands out
(the negative entropy), and how near the draft is to what the best one's customers wrote. The
confidence is a logistic curve over both: the chance that the article is right.

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

Array = npt.NDArray[np.float64]

FADING: Final = ("title", "spelling", "text", "passage")
"""What an article says itself counts differently while it has solved few tickets."""
RANKED: Final = (
    *SIGNALS, "linear", *(f"{name}_unlearned" for name in FADING), "popularity",
    *MEANT, "meaning_unlearned", "meaning_linear",
)  # fmt: skip
GATED: Final = (
    "energy", "clearness", "manner", "nearest", "text", "passage", "spelling",
    "meaning", "meaning_nearest", "meaning_votes", "meaning_density", "known",
)  # fmt: skip
# An article that solved n tickets is learned by n / (n + 3).
_LEARNED_AT: Final = 3.0

# Where columns are taken from and put.
_PLACES: Final = [RANKED.index(name) for name in EVIDENCE]
_FADING_SIGNALS: Final = [EVIDENCE.index(name) for name in (*FADING, "meaning")]
_FADING_PLACES: Final = [RANKED.index(f"{name}_unlearned") for name in (*FADING, "meaning")]
_MARGIN_PLACES: Final = [RANKED.index("linear"), RANKED.index("meaning_linear")]
_POPULARITY_PLACE: Final = RANKED.index("popularity")
_GATED_SIGNALS: Final = [EVIDENCE.index(name) for name in GATED[2:-2]]
_VOTES_SIGNAL: Final = EVIDENCE.index("meaning_votes")

_RANK: Final = MappingProxyType(
    {
        "title": 1.39,
        "spelling": 0.42,
        "text": 21.96,
        "passage": 7.63,
        "centroid": 1.48,
        "manner": 8.37,
        "nearest": 7.28,
        "votes": 2.27,
        "title_unlearned": 6.43,
        "spelling_unlearned": 9.77,
        "text_unlearned": 18.22,
        "passage_unlearned": 7.59,
        "popularity": 1.1,
    }
)
_GATE: Final = MappingProxyType(
    {
        "energy": 0.06,
        "clearness": 0.18,
        "nearest": 0.59,
        "text": 11.44,
        "spelling": 4.5,
        "known": 0.73,
    }
)


@dataclass(frozen=True)
class Recipe:
    """Weights of the rank (by the names of `RANKED`) and of the gate (by those of `GATED`).

    `gate_bias` is added to the gate, which speaks from 0 on. `certainty` are the bias and the
    weights of an article's log-odds and of the gate in the confidence. After the first, an article
    is shown while its share of the odds is at least `tail_share` of the first one's.
    """

    rank: Mapping[str, float] = field(default_factory=lambda: dict(_RANK))
    gate: Mapping[str, float] = field(default_factory=lambda: dict(_GATE))
    gate_bias: float = -0.9
    certainty: tuple[float, float, float] = (-0.76, 0.682, 0.207)
    tail_share: float = 0.04

    @cached_property
    def rank_weights(self) -> Array:
        """In the order of `RANKED`."""
        return np.array([self.rank.get(name, 0.0) for name in RANKED])

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
        bias, odds, gate = value["certainty"]
        return cls(**{**value, "certainty": (float(bias), float(odds), float(gate))})


@dataclass(frozen=True)
class Judgement:
    """What a recipe makes of candidates: one entry each, and the gate of the draft.

    `scores` order articles; 0 where nothing speaks for one. `shares` of the odds sum to one.
    `confidence` is the chance that the article is right. `columns` are the rank's signals.
    """

    columns: Array
    scores: Array
    shares: Array
    confidence: Array
    gate: float


def rank_columns(candidates: Candidates, margins: Array) -> Array:
    """The rank's signals of each candidate, in the order of `RANKED`.

    `margins` are those of the linear models of words and of meanings, shape (candidates, 2), or
    zeros without one.
    """
    fresh = _LEARNED_AT / (candidates.ticket_counts + _LEARNED_AT)
    columns = np.empty((len(candidates), len(RANKED)))
    columns[:, _PLACES] = candidates.signals
    columns[:, _FADING_PLACES] = candidates.signals[:, _FADING_SIGNALS] * fresh[:, None]
    columns[:, _MARGIN_PLACES] = margins
    columns[:, _POPULARITY_PLACE] = np.log1p(candidates.ticket_counts)
    return columns


def gate_columns(scores: Array, signals: Array, known: float) -> Array:
    """The gate's signals of a draft, in the order of `GATED`.

    `signals` are those of the candidates that have these scores. The density is how near all the
    nearest tickets are in meaning, whichever article solved them.
    """
    shares = _shares(scores)
    peak = float(scores.max())
    energy = peak + float(np.log(np.exp(scores - peak).sum()))
    clearness = float(np.sum(shares * np.log(shares + 1e-12)))
    density = float(np.sqrt(np.sum(signals[:, _VOTES_SIGNAL] ** 2)))
    best = signals[int(np.argmax(scores)), _GATED_SIGNALS]
    return np.array([energy, clearness, *best.tolist(), density, known])


def judge(recipe: Recipe, candidates: Candidates, margins: Array, known: float) -> Judgement:
    """Order candidates, decide whether to speak, and say how sure each is."""
    if not len(candidates):
        nothing = np.zeros(0)
        return Judgement(np.zeros((0, len(RANKED))), nothing, nothing, nothing, float("-inf"))
    columns = rank_columns(candidates, margins)
    scores = columns @ recipe.rank_weights + candidates.standings
    gates = gate_columns(scores, candidates.signals, known)
    gate = float(gates @ recipe.gate_weights) + recipe.gate_bias
    shares = _shares(scores)
    confidence = certainty(recipe, shares, gate)
    speaks = candidates.signals.any(axis=1)
    return Judgement(
        columns=columns,
        scores=np.where(speaks, np.maximum(scores, 1e-9), 0.0),
        shares=shares,
        confidence=np.where(speaks, confidence, 0.0),
        gate=gate,
    )


def certainty(recipe: Recipe, shares: Array, gate: float | Array) -> Array:
    """The chance that an article is right, by its share of the odds and the gate of the draft."""
    bias, by_odds, by_gate = recipe.certainty
    logits = bias + by_odds * log_odds(shares) + by_gate * np.minimum(np.maximum(gate, -12.0), 12.0)
    chances: Array = 1.0 / (1.0 + np.exp(-np.minimum(np.maximum(logits, -40.0), 40.0)))
    return chances


def log_odds(shares: Array) -> Array:
    """ln(p / (1 - p)), bounded."""
    bounded = np.minimum(np.maximum(shares, 1e-6), 1.0 - 1e-6)
    odds: Array = np.log(bounded / (1.0 - bounded))
    return odds


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
    certainty=(-1.083, 0.673, 0.353),
)
"""The same for a product with an ear (`search.ear`)."""

# The least confidence that is shown when nobody has chosen one.
DEFAULT_THRESHOLD: Final = 0.05
