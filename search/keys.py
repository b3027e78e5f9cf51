"""Features as 64-bit numbers that every process computes alike: no vocabulary has to be shared.

A million features share a number with a chance of one in forty million.
"""

from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]

# Multipliers of SplitMix64 (Steele, Lea and Flood 2014), which spread neighbouring numbers.
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT: Final = np.uint64(29)


def feature_key(name: str) -> int:
    """The number of a feature by its name."""
    return int.from_bytes(
        blake2b(name.encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )


def pair_keys(left: Keys, right: Keys) -> Keys:
    """The numbers of ordered pairs of features."""
    mixed = (left * _GOLDEN) ^ (left >> _SHIFT)
    mixed = (mixed + right) * _MIX
    return mixed ^ (mixed >> _SHIFT)
