"""Features as 64-bit numbers that every process computes alike: no vocabulary has to be shared.

The first bits tell what kind a feature is, so that those of a kind stand together wherever features
are sorted: the few short n-grams that nearly all texts have lie in a cache, and the millions of
pairs that hardly any has are out of their way. The others are a hash: a million features of a kind
share a number with a chance of one in four million. Pairs also share bits with all of the same first
word: of a word with a hundred thousand different followers two share a number with a chance of one
in 1,800, and then count as one pair.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Final, cast

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

# Multipliers of SplitMix64 (Steele, Lea and Flood 2014), which spread neighbouring numbers.
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT: Final = np.uint64(29)
# Character n-grams see the word's edges, so that a prefix differs from a middle.
_EDGE: Final = " "
_GRAM_LENGTHS: Final = (3, 4, 5)
# The first bits: n-grams by their length, words, pairs.
_KIND_BITS: Final = 3
_HASH_BITS: Final = 64 - _KIND_BITS
_GRAMS: Final = {length: np.uint64(kind << _HASH_BITS) for kind, length in enumerate(_GRAM_LENGTHS)}
_WORD: Final = len(_GRAM_LENGTHS) << _HASH_BITS
# Every kind from here on: there is one bit more for pairs.
_PAIR: Final = np.uint64(1 << 63)
_SPARED: Final = np.uint64(_KIND_BITS)
# So many bits of a pair are those of its first word.
_GROUP_BITS: Final = 20
_GROUP_SHIFT: Final = np.uint64(64 - _GROUP_BITS)
_PAIR_SHIFT: Final = np.uint64(63 - _GROUP_BITS)
_SPARED_OF_PAIRS: Final = np.uint64(1 + _GROUP_BITS)
_FIRST_CHARACTER: Final = np.uint64(0x5851F42D4C957F2D)


def feature_key(name: str) -> int:
    """A number for anything by its name."""
    return int.from_bytes(
        blake2b(name.encode("utf-8", "replace"), digest_size=8).digest(), "little"
    )


def word_key(form: str) -> int:
    """The number of a word by its stem, or by another of its forms."""
    return (feature_key(form) >> _KIND_BITS) | _WORD


def pair_keys(left: Keys, right: Keys) -> Keys:
    """The numbers of ordered pairs of words. Those with the same first word stand together."""
    group = ((left << _SPARED) >> _GROUP_SHIFT) << _PAIR_SHIFT
    return (_mixed(left, right) >> _SPARED_OF_PAIRS) | group | _PAIR


def _mixed(left: Keys, right: Keys) -> Keys:
    mixed = (left * _GOLDEN) ^ (left >> _SHIFT)
    mixed = (mixed + right) * _MIX
    return mixed ^ (mixed >> _SHIFT)


def gram_keys(words: Sequence[str]) -> tuple[Keys, Ints]:
    """The numbers of the character 3–5-grams of words, repeats kept, and the word of each."""
    lengths = np.fromiter((len(word) + 2 for word in words), np.int64, len(words))
    text = "".join(f"{_EDGE}{word}{_EDGE}" for word in words)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    word_of = np.repeat(np.arange(len(words), dtype=np.int64), lengths)
    begun = (codes + _FIRST_CHARACTER) * _GOLDEN
    keys, owners = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)]
    for length in range(2, min(max(_GRAM_LENGTHS), len(codes)) + 1):
        begun = _mixed(begun[:-1], codes[length - 1 :])
        if length in _GRAM_LENGTHS:
            first = word_of[: 1 - length]
            within = first == word_of[length - 1 :]
            keys.append((begun[within] >> _SPARED) | _GRAMS[length])
            owners.append(first[within])
    return np.concatenate(keys), np.concatenate(owners)


# What is asked is mostly said in the same words.
_MEMO_WORDS: Final = 20_000
_grams: dict[str, Keys] = {}


def grams_of(words: Sequence[str]) -> list[Keys]:
    """The numbers of the character n-grams of each word, remembered. Do not change them."""
    found = {word: _grams.get(word) for word in words}
    new = [word for word, keys in found.items() if keys is None]
    if new:
        keys, owners = gram_keys(new)
        keys = keys[np.argsort(owners, kind="stable")]
        ends = np.cumsum(np.bincount(owners, minlength=len(new))).tolist()
        parts = [keys[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]
        found.update(zip(new, parts, strict=True))
        if len(_grams) + len(new) > _MEMO_WORDS:
            _grams.clear()
        _grams.update(zip(new, parts, strict=True))
    return [cast("Keys", found[word]) for word in words]
