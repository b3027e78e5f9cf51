"""Two rankings made one."""

from collections.abc import Hashable, Mapping
from typing import Final, TypeVar

from search.suggestions import Ranked

# Chosen on training tickets' subjects: the ranker knows customers' words, the engine the exact ones.
RANKER_SHARE: Final = 0.95
# What only the ranker found is listed when it is likely enough beside the ranker's best article.
TAIL_SHARE: Final = 0.05

Key = TypeVar("Key", bound=Hashable)


def fuse(
    matched: Mapping[Key, float], liked: Mapping[Key, float], share: float = RANKER_SHARE
) -> list[tuple[Key, float]]:
    """Keys with a score in [0, 1], best first, ties by key.

    Scores of each ranking are divided by its best one, which keeps their distances (reciprocal
    ranks would throw them away), and summed; `share` is the weight of `liked`. Where one ranking
    is empty the other stands alone.
    """
    if not liked:
        share = 0.0
    elif not matched:
        share = 1.0
    for_match = (1.0 - share) / (max(matched.values(), default=0.0) or 1.0)
    for_liking = share / (max(liked.values(), default=0.0) or 1.0)
    rows = [(-for_match * score, key) for key, score in matched.items() if key not in liked]
    rows += [
        (-for_liking * score - for_match * matched.get(key, 0.0), key)
        for key, score in liked.items()
    ]
    rows.sort()
    return [(key, -score) for score, key in rows]


def worth_showing(liked: Mapping[Key, Ranked], tail_share: float = TAIL_SHARE) -> set[Key]:
    """The articles of the ranker's that are listed whether or not a word of them matches.

    A list is read from its top: what stands far below the best costs the reader nothing, so the
    bar is relative. Whether there is anything to list at all is not this function's question.
    """
    best = max((ranked.confidence for ranked in liked.values()), default=0.0)
    return {
        key
        for key, ranked in liked.items()
        if ranked.confidence > 0 and ranked.confidence >= tail_share * best
    }
