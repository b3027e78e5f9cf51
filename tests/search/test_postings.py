import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import analyser
from search.lexicon import learn_lexicon
from search.postings import (
    document_frequency,
    postings,
    query_vector,
    smooth_idf,
    top,
    weigh,
)

TEXTS = st.lists(
    st.lists(
        st.sampled_from(["lock", "tyre", "map", "bill", "coin", "year", "hour", "key"]), max_size=8
    ),
    min_size=1,
    max_size=6,
)


@given(TEXTS, st.lists(st.sampled_from(["lock", "tyre", "map", "bill", "unknown"]), max_size=6))
def test_scores_are_the_cosines_of_the_vectors(texts, draft):
    words = [analyser("en").words(" ".join(text)) for text in texts]
    lexicon = learn_lexicon(words, words)
    counts = lexicon.word_counts(words, 0.3)
    idf = smooth_idf(document_frequency(counts, lexicon.word_features), len(words))
    weighed = weigh(counts, idf, len(words))
    dense = np.zeros((len(words), lexicon.word_features))
    dense[weighed.rows, weighed.features] = weighed.weights
    field = postings(weighed, lexicon.word_features, len(words))
    query = query_vector(
        lexicon.word_counts([analyser("en").words(" ".join(draft))], 0.3), idf, 3.0
    )
    expected = np.zeros(lexicon.word_features)
    expected[query.features] = query.weights
    scores = np.zeros(len(words))
    field.add_scores(query.features, query.weights, scores)
    np.testing.assert_allclose(scores, dense @ expected, atol=1e-5)
    assert (scores <= 1 + 1e-5).all()
    for row in range(len(words)):
        for feature in query.features:
            np.testing.assert_allclose(field.weight_of(int(feature), row), dense[row, feature])


def test_unknown_words_make_a_draft_less_like_anything():
    words = [analyser("en").words("the lock and the key")]
    lexicon = learn_lexicon(words, words)
    idf = np.ones(lexicon.word_features, dtype=np.float32)

    def known(text: str) -> float:
        counts = lexicon.word_counts([analyser("en").words(text)], 0.3)
        return float((query_vector(counts, idf, 2.0).weights ** 2).sum())

    assert known("lock key") > known("lock key zebra") > known("lock key zebra moon river")


@given(st.lists(st.floats(0, 100), max_size=300), st.integers(0, 20))
def test_top_equals_a_full_sort(scores, count):
    array = np.array(scores, dtype=np.float64)
    expected = [i for i in np.lexsort((np.arange(len(array)), -array)) if array[i] > 0][:count]
    assert list(top(array, count)) == expected
