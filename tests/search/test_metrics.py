import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.metrics import (
    auroc,
    expected_calibration_error,
    false_suggestion_rate,
    ndcg_at,
    percentile,
    recall_at,
    reciprocal_rank,
    threshold_for_coverage,
)

IDS = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, max_size=16)
SCORES = st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=40)


def test_recall_counts_a_query_once():
    assert recall_at(["x", "a", "b"], {"a", "b"}, 1) == 0
    assert recall_at(["x", "a", "b"], {"a", "b"}, 3) == 1


def test_reciprocal_rank_of_the_first_answer():
    assert reciprocal_rank(["x", "a"], {"a"}) == 0.5
    assert reciprocal_rank(["x"] * 10 + ["a"], {"a"}) == 0


def test_ndcg_of_a_worked_example():
    # One answer at rank 2 of two possible: (1 / log2 3) / (1 + 1 / log2 3).
    assert ndcg_at(["x", "a"], {"a": 1, "b": 1}) == pytest.approx(0.38685, abs=1e-5)


def test_auroc_of_worked_examples():
    assert auroc([0.9, 0.8], [0.1]) == 1
    assert auroc([0.5], [0.5]) == 0.5
    assert auroc([0.1], [0.9]) == 0
    assert auroc([], [1.0]) is None


def test_false_suggestions_at_95_keep_95_of_100():
    positives = [i / 100 for i in range(1, 101)]
    assert threshold_for_coverage(positives, 0.95) == 0.06
    assert false_suggestion_rate(positives, [0.05, 0.06, 0.5, 0.01]) == 0.5


@given(IDS, st.sets(st.sampled_from("abcdefghijklmnop"), min_size=1), st.integers(1, 16))
def test_recall_grows_with_k_and_bounds_the_reciprocal_rank(ranking, gold, k):
    assert recall_at(ranking, gold, k) <= recall_at(ranking, gold, k + 1)
    assert 0 <= reciprocal_rank(ranking, gold, k) <= recall_at(ranking, gold, k)


@given(IDS, st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(1, 3), min_size=1))
def test_ndcg_is_a_share_and_ideal_for_the_ideal_ranking(ranking, relevance):
    assert 0 <= ndcg_at(ranking, relevance) <= 1 + 1e-9
    ideal = sorted(relevance, key=lambda key: -relevance[key])
    assert ndcg_at(ideal, relevance) == pytest.approx(1)


@given(SCORES, SCORES)
def test_auroc_is_symmetric_and_blind_to_scale(positives, negatives):
    value = auroc(positives, negatives)
    assert value == pytest.approx(1 - auroc(negatives, positives))
    doubled = auroc([2 * s for s in positives], [2 * s for s in negatives])
    assert value == pytest.approx(doubled)


@given(SCORES, st.floats(0.01, 1))
def test_the_threshold_keeps_the_coverage(positives, coverage):
    bar = threshold_for_coverage(positives, coverage)
    kept = sum(score >= bar for score in positives) / len(positives)
    assert kept >= coverage - 1e-9


@given(SCORES, st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values(values, share):
    assert percentile(values, share) in values
    assert percentile([], share) == 0


def test_calibration_error_of_worked_examples():
    assert expected_calibration_error([1.0, 1.0], [True, True]) == 0
    assert expected_calibration_error([0.5, 0.5], [True, False]) == 0
    assert expected_calibration_error([0.95, 0.95], [False, False]) == pytest.approx(0.95)
    assert expected_calibration_error([], []) == 0
