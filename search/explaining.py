"""The sum that an article's rank is, part by part."""

from dataclasses import dataclass

from search.recipe import GATED, RANKED, gate_columns
from search.suggestions import Draft, SuggestionIndex


@dataclass(frozen=True)
class Part:
    """One signal: its value, its weight, and what both make."""

    name: str
    value: float
    weight: float

    @property
    def points(self) -> float:
        """What the signal adds."""
        return self.value * self.weight


@dataclass(frozen=True)
class ExplainedArticle:
    """An article's score as a sum. `tickets` are the nearest earlier tickets that it solved."""

    document_id: str
    score: float
    share: float
    confidence: float
    parts: tuple[Part, ...]
    standing: float
    tickets: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Explanation:
    """How a draft is answered: the gate as a sum, which speaks from 0 on, and the articles."""

    gate: float
    gate_parts: tuple[Part, ...]
    gate_bias: float
    known: float
    articles: tuple[ExplainedArticle, ...]


def explain(
    index: SuggestionIndex, draft: Draft, *, audiences: frozenset[str], limit: int = 5
) -> Explanation:
    """Why a draft is answered as it is; the parts add up to the scores."""
    judged = index.judge(draft, audiences=audiences)
    candidates, judgement, recipe = judged.candidates, judged.judgement, index.model.recipe
    if not len(candidates):
        return Explanation(judgement.gate, (), recipe.gate_bias, judged.query.known, ())
    columns = judgement.columns
    weights = judgement.weights
    raw = columns @ weights + candidates.standings
    gates = gate_columns(raw, columns, candidates.signals, judged.query.known)
    ids = judged.document_ids()
    best = sorted(range(len(ids)), key=lambda at: (-judgement.scores[at], ids[at]))[:limit]
    return Explanation(
        gate=judgement.gate,
        gate_parts=tuple(
            Part(name, float(value), recipe.gate[name])
            for name, value in zip(GATED, gates, strict=True)
            if recipe.gate.get(name)
        ),
        gate_bias=recipe.gate_bias,
        known=judged.query.known,
        articles=tuple(
            ExplainedArticle(
                document_id=ids[at],
                score=float(judgement.scores[at]),
                share=float(judgement.shares[at]),
                confidence=float(judgement.confidence[at]),
                parts=tuple(
                    Part(name, float(value), float(weight))
                    for name, value, weight in zip(RANKED, columns[at], weights, strict=True)
                    if value * weight
                ),
                standing=float(candidates.standings[at]),
                tickets=tuple(
                    (judged.ticket_id(int(candidates.parts[at]), number), nearness)
                    for number, nearness in candidates.near.of(
                        int(candidates.parts[at]), int(candidates.rows[at])
                    )[:3]
                ),
            )
            for at in best
            if judgement.scores[at] > 0
        ),
    )
