"""Features of a kind stand together, and no two features are one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.keys import gram_keys, pair_keys, word_key

WORDS = st.lists(st.text("abcdefñ1", min_size=1, max_size=12), min_size=2, unique=True)


def pairs(words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """The keys of all pairs of these words, and of the first word of each."""
    keys = np.array([word_key(word) for word in words], np.uint64)
    first, second = np.repeat(keys, len(keys)), np.tile(keys, len(keys))
    return pair_keys(first, second), first


def beginnings(keys: np.ndarray) -> list[int]:
    """The first twenty bits after that which marks pairs."""
    found: list[int] = ((keys << np.uint64(1)) >> np.uint64(44)).tolist()
    return found


@given(WORDS)
def test_grams_come_before_words_and_words_before_pairs(words):
    found, _ = pairs(words)
    keys = np.array([word_key(word) for word in words], np.uint64)
    assert gram_keys(words)[0].max() < keys.min()
    assert keys.max() < found.min()


@given(st.text("abñ", min_size=3, max_size=9))
def test_short_grams_come_before_long_ones(word):
    text = f" {word} "
    keys = np.sort(np.unique(gram_keys([word])[0]))
    counts = [len({text[at : at + n] for at in range(len(text) - n + 1)}) for n in (3, 4, 5)]
    assert len(keys) == sum(counts)
    ends = np.cumsum(counts)
    # The first bits tell the lengths apart.
    kinds = (keys >> np.uint64(61)).tolist()
    assert kinds == [0] * ends[0] + [1] * counts[1] + [2] * counts[2]


@given(WORDS)
def test_pairs_with_the_same_first_word_stand_together(words):
    found, first = pairs(words)
    # The first bits are those of the first word.
    groups = {key: set(beginnings(found[first == key])) for key in first.tolist()}
    assert all(len(own) == 1 for own in groups.values())
    assert len(set(found.tolist())) == len(words) ** 2


def test_first_words_are_told_apart():
    [lock, bike] = [np.array([word_key(word)], np.uint64) for word in ("lock", "bike")]
    assert beginnings(pair_keys(lock, bike)) != beginnings(pair_keys(bike, lock))


def test_a_pair_has_an_order():
    one, other = (np.array([word_key(word)], np.uint64) for word in ("lock", "bike"))
    assert pair_keys(one, other) != pair_keys(other, one)
