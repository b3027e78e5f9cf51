"""The numbers of the ranker, chosen by cross-validation on training tickets (docs/relevance.md)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Recipe:
    """Weights of the signals in the rank and in the gate, and the gate's scale."""

    common_weight: float = 0.3
    nearest_words: float = 0.5
    title: float = 0.5
    spelling: float = 0.3
    text: float = 0.5
    passage: float = 0.3
    centroid: float = 1.0
    manner: float = 0.5
    nearest: float = 0.5
    gate_slope: float = 10.0
    gate_middle: float = 0.3

    def rank(self, signals: "dict[str, npt.NDArray[np.float64]]") -> npt.NDArray[np.float64]:
        """The weighted sum of the signals, one score per article."""
        return sum(  # type: ignore[return-value]
            getattr(self, name) * values for name, values in signals.items()
        )

    def gate(self, signals: "dict[str, npt.NDArray[np.float64]]") -> npt.NDArray[np.float64]:
        """How near the nearest evidence is, one value per article, whatever ranks first."""
        return np.maximum.reduce(
            [
                signals["title"],
                signals["passage"],
                signals["centroid"],
                signals["nearest"],
            ]
        )

    def confidence(self, gate: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """A probability in [0, 1], growing with the gate."""
        return 1.0 / (1.0 + np.exp(-self.gate_slope * (gate - self.gate_middle)))


DEFAULT_RECIPE: Final = Recipe()
DEFAULT_THRESHOLD: Final = 0.5
