"""Stop words as features: by what their weight has to be multiplied to be that of other words."""

from functools import cache

import numpy as np

from search.analysis import analyser
from search.counting import COMMON_WEIGHT, Floats
from search.keys import Keys, pair_keys
from search.stop_words import STOP_WORDS


def undampened(keys: Keys) -> Floats:
    """For each feature 1, and for a stop word, or a pair of two, what makes its weight a whole one."""
    common = _common_keys()
    at = np.searchsorted(common, keys)
    at[at == len(common)] = 0
    return np.where(common[at] == keys, 1.0 / COMMON_WEIGHT, 1.0).astype(np.float32)


@cache
def _common_keys() -> Keys:
    found = []
    for language in STOP_WORDS:
        words = analyser(language).words(" ".join(sorted(STOP_WORDS[language])))
        single = np.array(sorted({word.key for word in words if word.common}), np.uint64)
        found += [single, pair_keys(np.repeat(single, len(single)), np.tile(single, len(single)))]
    return np.unique(np.concatenate(found))
