"""Learning a desk's own way of ranking from its resolved tickets, off-request.

Tickets are judged in folds: those of a fold by an index that learned from the other folds alone.
Each is asked whole and, as a customer begins it, by its opening alone. On these held-out judgements
the weights of the rank are fitted (a listwise softmax regression, not negative, drawn towards the
default recipe), the gate is set so that 95 % of the desk's tickets pass
it, and the confidence is made the chance that an article is right (a logistic regression on ranks
held out as well). The same tickets give the same model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from search.desk_model import DeskModel
from search.documents import CustomerWords, Document
from search.ear import Ear, RememberingEar
from search.keys import feature_key
from search.linear_model import classes_of, train_linear_model
from search.meaning_model import train_meaning_model
from search.recipe import (
    DEFAULT_RECIPE,
    GATED,
    RANKED,
    Array,
    Certainty,
    Recipe,
    damped,
    gate_columns,
    rank_columns,
)
from search.suggestions import Draft, SuggestionIndex

MIN_TICKETS: Final = 150
"""With fewer tickets that an article solved, the default recipe serves better."""
MAX_TICKETS: Final = 20_000
"""Of more, the newest are learned from."""
_MAX_JUDGED: Final = 3_000
FEWEST_NEW_TICKETS: Final = 25
"""Training again waits for so many other tickets, or for a share of those there were."""
_NEW_SHARE: Final = 0.05
_FOLDS: Final = 5
_COVERAGE: Final = 0.95
_MIN_OUTSIDE: Final = 30
# What a subject line counts beside the whole ticket.
_OPENING_SHARE: Final = 1 / 3
# So many articles of each ranking teach how sure one may be.
_TOLD: Final = 3
_DRAWN: Final = 0.15  # strength of the pull towards the default recipe, over the number of tickets
_GATE: Final = ("energy", "clearness", "manner", "margin")
_HEARING_GATE: Final = ("energy", "meaning_density")


@dataclass(frozen=True)
class Solved:
    """One resolved ticket, and all the articles that solved it (none: no article did)."""

    id: str
    text: str
    locale: str
    articles: frozenset[str]

    def opening(self) -> "Solved | None":
        """The subject line, which the customer writes first; None where there is nothing else."""
        first, _, rest = self.text.partition("\n")
        return replace(self, text=first) if first.strip() and rest.strip() else None


def is_worth_training(tickets: int, trained_on: int) -> bool:
    """Whether a desk with so many tickets has enough that its model does not know."""
    if tickets < MIN_TICKETS:
        return False
    return abs(min(tickets, MAX_TICKETS) - trained_on) >= max(
        FEWEST_NEW_TICKETS, _NEW_SHARE * trained_on
    )


def solved_tickets(words: Iterable[CustomerWords]) -> list[Solved]:
    """Tickets with the same text as one, sorted by id; the newest `MAX_TICKETS`."""
    articles: dict[tuple[str, str], set[str]] = {}
    ids: dict[tuple[str, str], str] = {}
    for each in words:
        key = (each.text, each.locale)
        articles.setdefault(key, set()).add(each.document_id)
        ids[key] = max(ids.get(key, ""), each.id)
    found = [
        Solved(ids[key], key[0], key[1], frozenset(each for each in own if each))
        for key, own in articles.items()
    ]
    found.sort(key=lambda each: (len(each.id), each.id, each.text))
    return found[-MAX_TICKETS:]


def hold_out(
    documents: Sequence[Document],
    tickets: Sequence[Solved],
    *,
    folds: int = _FOLDS,
    per_article: int | None = None,
    linear: bool = True,
    most: int = _MAX_JUDGED,
    ear: Ear | None = None,
) -> list["Held"]:
    """Judge tickets, and their subject lines, by indexes that learned from the others.

    `per_article` is how many tickets each article may learn from (0: none at all), `most` how
    many tickets are judged.
    """
    fold_of = np.array([feature_key(each.text) % folds for each in tickets], dtype=np.int64)
    audiences = frozenset(document.audience for document in documents)
    held: list[Held] = []
    for fold in range(folds):
        rest = [each for each, own in zip(tickets, fold_of, strict=True) if own != fold]
        asked = [each for each, own in zip(tickets, fold_of, strict=True) if own == fold]
        index = SuggestionIndex.build(documents, _words(rest, per_article), version=1, ear=ear)
        if linear:
            index = _with_linear_models(index)
        # A sample by chance: the newest may all be about one thing.
        asked.sort(key=lambda each: feature_key(f"{each.text} {each.id}"))
        for each in asked[: max(most // folds, 1)]:
            held.append(look(index, each, audiences))
            if (opening := each.opening()) is not None:
                held.append(replace(look(index, opening, audiences), is_opening=True))
    return [each for each in held if len(each.right)]


@dataclass(frozen=True)
class Held:
    """How an index that had not learned from a ticket saw it.

    `columns` are the rank's signals of each article in question, `right` which of them solved it,
    `signals` what speaks for each, whatever the rank's weights are.
    """

    columns: Array
    standings: Array
    right: npt.NDArray[np.bool_]
    signals: Array
    known: float
    brevity: float
    is_opening: bool = False

    @property
    def weight(self) -> float:
        """How much it counts in what is learned."""
        return _OPENING_SHARE if self.is_opening else 1.0

    def scores(self, recipe: Recipe) -> Array:
        """What a recipe makes of each article in question."""
        scores: Array = self.columns @ recipe.rank_weights_at(self.brevity) + self.standings
        return scores

    def gates(self, scores: Array) -> Array:
        """The gate's signals, in the order of `GATED`, when the articles have these scores."""
        return gate_columns(scores, self.columns, self.signals, self.known)


def look(index: SuggestionIndex, ticket: Solved, audiences: frozenset[str]) -> Held:
    """Judge a ticket."""
    judged = index.judge(Draft(ticket.text, "", ticket.locale), audiences=audiences)
    candidates = judged.candidates
    ids = judged.document_ids()
    return Held(
        columns=rank_columns(candidates, judged.margins, judged.query.brevity),
        standings=candidates.standings,
        right=np.array([each in ticket.articles for each in ids], dtype=bool),
        signals=candidates.signals,
        known=judged.query.known,
        brevity=judged.query.brevity,
    )


def train(
    documents: Sequence[Document],
    words: Iterable[CustomerWords],
    unsolved: Sequence[Solved] = (),
    ear: Ear | None = None,
) -> DeskModel | None:
    """A model of this desk; None while it has too few tickets.

    `unsolved` are tickets that no article solved: the desk's own out-of-scope, on which the gate
    and the confidence are trained when there are some.
    """
    known = {document.id for document in documents}
    told = [each for each in words if each.document_id in known]
    tickets = solved_tickets(told)
    if len(tickets) < MIN_TICKETS:
        return None
    # Every ticket is in six indexes here.
    ear = RememberingEar(ear, 2 * MAX_TICKETS) if ear else None
    everything = SuggestionIndex.build(documents, told, version=1, ear=ear)
    index = _with_linear_models(everything)
    if index.model.linear is None:
        return None
    held = hold_out(documents, tickets, ear=ear)
    start = index.model.recipe
    ranking = fit_rank([held], drawn=_DRAWN / len(_wholes(held)), towards=start)
    audiences = frozenset(document.audience for document in documents)
    outside = [look(index, each, audiences) for each in unsolved[-_MAX_JUDGED:]]
    answered = [each for each in outside if len(each.right)]
    gate = _HEARING_GATE if index.ear else _GATE
    recipe = finish(ranking, held, answered, gate=gate)
    return replace(index.model, recipe=recipe, tickets=len(tickets))


def _with_linear_models(index: SuggestionIndex) -> SuggestionIndex:
    """The same articles, told apart by what the tickets in it teach; ranked by no recipe yet."""
    segment = index.parts[0].segment
    linear = train_linear_model(segment)
    meant = train_meaning_model(segment, classes_of(segment))
    return index.with_model(replace(index.model, linear=linear, meant=meant))


def fit_rank(
    groups: Sequence[Sequence[Held]], *, drawn: float, towards: Recipe | None = DEFAULT_RECIPE
) -> Recipe:
    """The recipe whose rank makes the right articles likeliest; each group counts the same.

    `drawn` is the strength of the pull towards a recipe, or towards nothing.
    """
    from scipy.optimize import minimize

    start = np.array([towards.rank.get(name, 0.0) if towards else 0.0 for name in RANKED])
    stacks = [_padded([each for each in group if each.right.any()]) for group in groups]

    def loss(values: Array) -> tuple[float, Array]:
        weights, damping = values[:-1], values[-1]
        undamped = weights - damped(weights, 1.0)
        total, slope = 0.0, np.zeros(len(values))
        for columns, counts, brevity, right, there in stacks:
            share = damping * brevity[:, None]
            said = columns @ undamped
            scores = np.where(there, columns @ weights - share * said, -np.inf)
            odds = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares = odds / odds.sum(axis=1, keepdims=True)
            hit = shares * right
            mass = hit.sum(axis=1, keepdims=True) + 1e-12
            total -= float(counts @ np.log(mass[:, 0]))
            off = (shares - hit / mass) * counts[:, None]
            plain = np.einsum("qa,qaf->f", off, columns)
            less = np.einsum("qa,qaf->f", off * share, columns)
            slope[:-1] += plain - (less - damped(less, 1.0))
            slope[-1] -= float(np.sum(off * brevity[:, None] * said))
        away = weights - start
        slope /= len(stacks)
        slope[:-1] += 2 * drawn * away
        return total / len(stacks) + drawn * float(away @ away), slope

    found = minimize(
        loss,
        np.append(start, towards.damping if towards else 0.0),
        jac=True,
        method="L-BFGS-B",
        bounds=[*[(0.0, None)] * len(RANKED), (0.0, 1.0)],
        options={"maxiter": 300},
    )
    *weights, damping = (float(each) for each in found.x)
    rank = dict(zip(RANKED, weights, strict=True))
    return replace(towards or DEFAULT_RECIPE, rank=rank, damping=damping)


def finish(
    ranking: Recipe,
    held: Sequence[Held],
    outside: Sequence[Held] = (),
    *,
    gate: Sequence[str] = _GATE,
) -> Recipe:
    """This recipe with its gate and its confidence from held-out tickets.

    The gate is the sum of energy, clearness, nearness to customers and the linear model's margin,
    each by its spread among the desk's whole tickets; where there are enough tickets without an
    article it is trained on them.
    """
    gates = np.array([each.gates(each.scores(ranking)) for each in _wholes(held)])
    away = np.array([each.gates(each.scores(ranking)) for each in outside])
    at = [GATED.index(name) for name in gate]
    scale = 1.0 / np.maximum(gates[:, at].std(axis=0), 1e-6)
    if len(outside) >= _MIN_OUTSIDE:
        scale = _fitted(gates[:, at] * scale, away[:, at] * scale) * scale
    sums = gates[:, at] @ scale
    bar = float(np.quantile(sums, 1.0 - _COVERAGE))
    recipe = replace(
        ranking,
        gate=dict(zip(gate, (float(each) for each in scale), strict=True)),
        gate_bias=-bar,
    )
    return replace(recipe, certainty=fit_certainty(recipe, [*held, *outside]))


def fit_certainty(recipe: Recipe, held: Sequence[Held]) -> Certainty:
    """The curve by which confidence is the chance of being right.

    It is learned from the first three articles of each ranking.
    """
    columns, right, counts = [], [], []
    for each in held:
        scores = each.scores(recipe)
        gate = float(each.gates(scores) @ recipe.gate_weights) + recipe.gate_bias
        odds = np.exp(scores - scores.max())
        best = np.argsort(-scores, kind="stable")[:_TOLD]
        columns.append(Certainty.columns(odds[best] / odds.sum(), gate, each.brevity))
        right += each.right[best].tolist()
        counts += [each.weight] * len(best)
    if len(set(right)) < 2:  # noqa: PLR2004 - a curve has two sides
        return DEFAULT_RECIPE.certainty
    return _curve(np.concatenate(columns), np.array(right), np.array(counts))


def _curve(columns: Array, right: npt.NDArray[np.bool_], counts: Array) -> Certainty:
    from sklearn.linear_model import LogisticRegression

    kept = np.ones(columns.shape[1], dtype=bool)
    while True:
        curve = LogisticRegression(C=10.0, max_iter=500).fit(columns[:, kept], right, counts)
        weights = np.zeros(len(kept))
        weights[kept] = curve.coef_[0]
        # More of the odds never make an article less likely.
        if not (falling := weights[:2] < 0).any():
            share, rest, gate, brevity = weights.tolist()
            return Certainty(float(curve.intercept_[0]), share, rest, gate, brevity)
        kept[:2] &= ~falling


def _fitted(inside: Array, outside: Array) -> Array:
    """How much each signal of the gate tells tickets with an answer from those without, positive."""
    from sklearn.linear_model import LogisticRegression

    rows = np.concatenate([inside, outside])
    told = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    curve = LogisticRegression(C=1.0, max_iter=500, class_weight="balanced").fit(rows, told)
    weights: Array = np.maximum(curve.coef_[0], 0.05)
    return weights


def _wholes(held: Sequence[Held]) -> list[Held]:
    return [each for each in held if not each.is_opening]


def _padded(
    held: Sequence[Held],
) -> tuple[npt.NDArray[np.float32], Array, Array, npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Columns, shares in the sum, brevities, right ones and which exist, a plane for each ticket."""
    most = max((len(each.right) for each in held), default=1)
    columns = np.zeros((len(held), most, len(RANKED)), dtype=np.float32)
    right = np.zeros((len(held), most), dtype=np.float32)
    there = np.zeros((len(held), most), dtype=bool)
    for number, each in enumerate(held):
        size = len(each.right)
        columns[number, :size], right[number, :size] = each.columns, each.right
        there[number, :size] = True
    counts = np.array([each.weight for each in held])
    brevity = np.array([each.brevity for each in held])
    return columns, counts / counts.sum(), brevity, right, there


def _words(tickets: Sequence[Solved], per_article: int | None) -> list[CustomerWords]:
    taken: dict[str, int] = {}
    found = []
    for ticket in tickets:
        for article in sorted(ticket.articles):
            taken[article] = taken.get(article, 0) + 1
            if per_article is None or taken[article] <= per_article:
                found.append(CustomerWords(article, ticket.text, ticket.locale, ticket.id))
    return found
