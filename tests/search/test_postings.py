import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import analyser
from search.postings import (
    document_frequency,
    lay_out,
    query_vector,
    smooth_idf,
    top,
    weigh,
)
from search.vocabulary import Vocabulary

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
    vocabulary = Vocabulary()
    rows = vocabulary.word_rows(words, 0.3)
    numbered = vocabulary.numbered([rows], [])
    lexicon = numbered.lexicon
    counted = lay_out(rows, numbered.words, lexicon.word_features)
    idf = smooth_idf(document_frequency(counted), len(words))
    field = weigh(counted, idf)
    dense = np.zeros((len(words), lexicon.word_features))
    counts = lexicon.word_counts(words, 0.3)
    dense[counts.rows, counts.features] = counts.weights * idf[counts.features]
    dense /= np.maximum(np.linalg.norm(dense, axis=1, keepdims=True), 1e-15)
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
            weight = field.weight_of(int(feature), row)
            np.testing.assert_allclose(weight, dense[row, feature], rtol=1e-5)


def test_unknown_words_make_a_draft_less_like_anything():
    words = [analyser("en").words("the lock and the key")]
    vocabulary = Vocabulary()
    lexicon = vocabulary.numbered([vocabulary.word_rows(words, 0.3)], []).lexicon
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
