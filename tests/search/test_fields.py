import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import analyser
from search.counting import count_words, scaled
from search.fields import centroids, numbered, top, turned

TEXTS = st.lists(
    st.lists(
        st.sampled_from(["lock", "tyre", "map", "bill", "coin", "year", "hour", "the"]), max_size=8
    ),
    min_size=1,
    max_size=6,
)


def laid_out(texts):
    rows = scaled(count_words([analyser("en").words(" ".join(text)) for text in texts]))
    keys = np.unique(rows.keys)
    return rows, keys, numbered(rows, keys)


@given(TEXTS, st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4))
def test_by_row_and_by_feature_give_the_same_scores(texts, weights):
    _, keys, field = laid_out(texts)
    whole = turned(field, len(keys))
    wanted = np.zeros(len(keys), dtype=np.float32)
    features = np.arange(min(4, len(keys)))
    wanted[features] = weights[: len(features)]
    scores = np.zeros(len(texts), dtype=np.float32)
    whole.add_scores(features, wanted[features], scores)
    np.testing.assert_allclose(field.scores(wanted), scores, atol=1e-5)
    some = np.arange(0, len(texts), 2)
    np.testing.assert_array_equal(field.chosen(some).scores(wanted), field.scores(wanted)[some])
    dense = np.zeros((len(texts), len(keys)))
    for row in range(len(texts)):
        own = slice(field.starts[row], field.starts[row + 1])
        dense[row, field.features[own]] = field.weights[own]
    np.testing.assert_allclose(scores, dense @ wanted, atol=1e-5)


@given(TEXTS)
def test_rows_have_length_one_and_sorted_features(texts):
    rows, _, field = laid_out(texts)
    squares = np.bincount(rows.row_numbers, rows.weights.astype(float) ** 2, len(texts))
    np.testing.assert_allclose(squares[rows.lengths > 0], 1.0, rtol=1e-5)
    for row in range(len(texts)):
        own = field.features[field.starts[row] : field.starts[row + 1]]
        assert (np.diff(own) > 0).all()


@given(TEXTS, st.integers(1, 5))
def test_a_mean_keeps_the_heaviest_features(texts, best):
    _, keys, field = laid_out(texts)
    mean = centroids(field, np.array([0, len(texts), len(texts)]), len(keys), best)
    assert mean.row_count == 2
    assert len(mean.features) == min(best, len(keys))
    if len(keys):
        assert abs(float(np.sum(mean.weights**2)) - 1) < 1e-5


@given(
    st.lists(st.sampled_from([-1.0, -0.0, 0.0, 1e-40, 0.5, 1.0, 2.0, 3.5, 7.0]), max_size=300),
    st.integers(0, 20),
    # As many as are looked at in groups, too.
    st.sampled_from([1, 7, 701]),
)
def test_top_equals_a_full_sort(scores, count, times):
    array = np.array(scores * times, dtype=np.float32)
    expected = [i for i in np.lexsort((np.arange(len(array)), -array)) if array[i] > 0][:count]
    assert list(top(array, count)) == expected
