"""Print the numbers of the default recipe, learned from the training tickets of labelled sets.

script/bench fit_recipe DIR [DIR …]: each DIR is a labelled set with resolved tickets. Every set is
judged in folds as a desk without tickets, with five an article, and with all of them, without a
linear model: the recipe is for desks that have none. Texts that must meet silence are tickets of
the other sets, tickets whose own article was taken away, and the drafts about something else in
the half of tests/relevance by which is chosen. Queries of the sets are not looked at.
With --ear the recipe is the one for a product that has the semantic ear (search/ear.py); then the
same half is also asked of the articles in the other language alone.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from app.commands.search import sections_of_markdown
from bench.across_languages import LANGUAGES, versions
from search.documents import Document
from search.ear import Ear, RememberingEar, installed_ear
from search.keys import feature_key
from search.labelled_set import LabelledSet, read_labelled_set
from search.recipe import GATED, Array, Recipe
from search.suggestions import SuggestionIndex
from search.training import Held, Solved, fit_certainty, fit_rank, hold_out, look, solved_tickets
from tests.relevance.shipped import labelled_queries, shipped_documents

REGIMES = (0, 5, None)
JUDGED = 900
OTHERS = 60
DRAWN = 1e-5


def main() -> None:
    """Judge, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, nargs="+")
    parser.add_argument("--ear", action="store_true", help="with the installed semantic ear")
    parser.add_argument("--most", type=int, default=JUDGED, help="tickets judged of each set")
    given = parser.parse_args()
    directories, ear = given.directory, installed_ear() if given.ear else None
    if given.ear and ear is None:
        parser.error("there is no ear: pip install -r requirements-semantic.txt")
    ear = RememberingEar(ear, most=200_000) if ear else None
    sets = [read_labelled_set(each, sections_of=sections_of_markdown) for each in directories]
    told = [solved_tickets(each.tickets) for each in sets]
    inside = [
        [
            each
            for each in hold_out(
                own.documents, tickets, per_article=regime, linear=False, most=given.most, ear=ear
            )
            if not each.is_opening
        ]
        for own, tickets in zip(sets, told, strict=True)
        for regime in REGIMES
    ]
    documents, asked = shipped()
    judged = [judge(documents, asked, ear)]
    if ear is not None:
        judged += [judge(*each, ear) for each in across_languages(documents, asked)]
    own_inside = [[each for each in group if each.right.any()] for group in judged]
    own_outside = [each for each in judged[0] if not each.right.any()]
    recipe = fit_rank([*inside, *own_inside], drawn=DRAWN, towards=None)
    # A desk with all these tickets has a gate of its own.
    few = [group for at, group in enumerate(inside) if REGIMES[at % len(REGIMES)] is not None]
    outside = [
        list(strangers(number, sets, told, regime, ear))
        for number in range(len(sets))
        for regime in REGIMES
        if regime is not None
    ]
    gate, bias = fit_gate([*few, *own_inside], [*outside, own_outside], recipe)
    recipe = replace(recipe, gate=gate, gate_bias=bias)
    everything = [each for group in (*few, *own_inside, *outside, own_outside) for each in group]
    recipe = replace(recipe, certainty=fit_certainty(recipe, everything))
    print("rank", {name: round(value, 2) for name, value in recipe.rank.items() if value > 0.005})
    print("damping", round(recipe.damping, 3))
    print("gate", {name: round(value, 3) for name, value in recipe.gate.items() if value > 0.0005})
    print("gate_bias", round(recipe.gate_bias, 2))
    certainty = asdict(recipe.certainty)
    print("certainty", {name: round(value, 3) for name, value in certainty.items()})


def shipped() -> tuple[Sequence[Document], list[Solved]]:
    """The help centre that ships, and the half of its labelled queries by which is chosen."""
    asked = [
        Solved("", each.text, each.locale or "", each.articles)
        for each in labelled_queries()
        if each.split == "dev"
    ]
    return shipped_documents(), asked


def judge(documents: Sequence[Document], asked: Sequence[Solved], ear: Ear | None) -> list[Held]:
    """What an index of these documents makes of drafts; those without an answer among them too."""
    index = SuggestionIndex.build(documents, version=1, ear=ear)
    seen = [look(index, each, frozenset({"public"})) for each in asked]
    return [each for each in seen if len(each.right)]


def across_languages(
    documents: Sequence[Document], asked: Sequence[Solved]
) -> Iterator[tuple[list[Document], list[Solved]]]:
    """The articles in one language, and the drafts in the other one that they answer."""
    others = versions()
    for language, other in LANGUAGES.items():
        kept = [each for each in documents if each.locale == other]
        own = [each for each in asked if each.locale == language]
        answers = [frozenset(others[a] for a in each.articles if a in others) for each in own]
        pairs = zip(own, answers, strict=True)
        yield kept, [replace(each, articles=new) for each, new in pairs if new]


def strangers(
    number: int,
    sets: Sequence[LabelledSet],
    told: Sequence[Sequence[Solved]],
    regime: int | None,
    ear: Ear | None = None,
) -> Iterator[Held]:
    """Texts that a set's articles do not answer."""
    own, tickets = sets[number], told[number]
    gone = {each.id for each in own.documents if feature_key(each.id) % 4 == 0}
    left = [each for each in own.documents if each.id not in gone]
    words = [each for each in own.tickets if each.document_id not in gone]
    if regime is not None:
        taken: dict[str, int] = {}
        some = []
        for each in words:
            taken[each.document_id] = taken.get(each.document_id, 0) + 1
            if taken[each.document_id] <= regime:
                some.append(each)
        words = some
    index = SuggestionIndex.build(left, words, version=1, ear=ear)
    asked = by_chance([each for each in tickets if each.articles <= gone], 2 * OTHERS)
    for other, theirs in enumerate(told):
        if other != number:
            asked += by_chance(theirs, OTHERS)
    for each in asked:
        held = look(index, each, frozenset({"public"}))
        if len(held.right):
            yield replace(held, right=np.zeros(len(held.right), dtype=bool))


def by_chance(tickets: Sequence[Solved], count: int) -> list[Solved]:
    return sorted(tickets, key=lambda each: feature_key(each.text))[:count]


def fit_gate(
    inside: Sequence[Sequence[Held]], outside: Sequence[Sequence[Held]], recipe: Recipe
) -> tuple[dict[str, float], float]:
    """A logistic regression, not negative, in which each group and each side counts the same."""
    rows, told, counts = [], [], []
    for groups, side in ((inside, 1.0), (outside, 0.0)):
        for group in groups:
            rows += [each.gates(each.scores(recipe)) for each in group]
            told += [side] * len(group)
            counts += [1.0 / (len(group) * len(groups))] * len(group)
    inputs, wanted = np.array(rows), np.array(told)
    share = np.array(counts) / np.mean(counts)
    spread = np.maximum(inputs.std(axis=0), 1e-6)

    def loss(values: Array) -> tuple[float, Array]:
        chance = 1.0 / (1.0 + np.exp(-(inputs / spread @ values[:-1] + values[-1])))
        wrong = share * (chance - wanted)
        told_apart = wanted * np.log(chance + 1e-12) + (1 - wanted) * np.log(1 - chance + 1e-12)
        slope = np.append(inputs.T @ wrong / spread + 2e-3 * len(wanted) * values[:-1], wrong.sum())
        total = -float(share @ told_apart) + 1e-3 * len(wanted) * float(values[:-1] @ values[:-1])
        return total / len(wanted), slope / len(wanted)

    bounds = [(0.0, None)] * len(GATED) + [(None, None)]
    found = minimize(loss, np.zeros(len(GATED) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    gate = dict(zip(GATED, (float(each) for each in found[:-1] / spread), strict=True))
    return gate, float(found[-1])


if __name__ == "__main__":
    main()
