from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.groups import distinct, ranges, taken, tally

SIZES = st.lists(st.integers(0, 4), min_size=1, max_size=30)


@given(SIZES, st.data())
def test_what_is_taken_are_the_values_of_each_group_in_order(sizes, data):
    starts = np.cumsum([0, *sizes])
    values = np.arange(100, 100 + starts[-1])
    groups = data.draw(st.lists(st.integers(0, len(sizes) - 1), max_size=40))
    expected = [value for group in groups for value in values[starts[group] : starts[group + 1]]]
    chosen = np.array(groups, dtype=np.int64)
    assert taken(values, starts, chosen).tolist() == expected
    assert values[ranges(starts, chosen)].tolist() == expected


def test_many_groups_in_disorder_are_taken_as_well():
    starts = np.arange(0, 20_001, 2)
    values = np.arange(20_000)
    groups = np.arange(0, 10_000)[::-1].copy()
    assert taken(values, starts, groups).tolist() == values[ranges(starts, groups)].tolist()


@given(st.lists(st.integers(0, 9)))
def test_distinct_numbers_are_in_order(numbers):
    assert distinct(np.array(numbers, dtype=np.uint64)).tolist() == sorted(set(numbers))


@given(st.lists(st.integers(0, 9)), st.sampled_from([10, 10_000]))
def test_numbers_are_tallied_whether_they_are_few_or_many(numbers, size):
    distinct_ones, counts = tally(np.array(numbers, dtype=np.int32), size)
    expected = Counter(numbers)
    assert distinct_ones.tolist() == sorted(expected)
    assert counts.tolist() == [expected[each] for each in sorted(expected)]
